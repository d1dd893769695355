"""The audit trail as it is read."""

from schemas.fields import Day, Facts, Identifier, Moment, Shape, Slug, Text
from schemas.page import PageQuery


class Entry(Shape):
    """Who did what to which thing, with the state before and after."""

    id = Text(20, required=True)
    at = Moment(required=True)
    actor_id = Identifier(required=True, allow_none=True)
    verb = Text(required=True)
    subject_kind = Text(required=True)
    subject_id = Text(required=True)
    before = Facts(required=True, allow_none=True)
    after = Facts(required=True, allow_none=True)


class EntryQuery(PageQuery):
    """Filters of the trail."""

    subject_kind = Slug()
    subject_id = Identifier()
    actor_id = Identifier()
    verb = Text(40)
    since = Day(metadata={"description": "The first day, in Asia/Shanghai."})
    until = Day(metadata={"description": "The last day, inclusive."})
