"""Findings: the row that lists and deadlines show, and the whole life of one."""

from schemas.fields import (
    Count,
    Day,
    Facts,
    Flag,
    Identifier,
    Listed,
    Moment,
    Nested,
    QueryFlag,
    Shape,
    Text,
)
from schemas.page import PageQuery
from schemas.visit import STATUS

ITEM = r"^[A-Za-z0-9._-]{1,64}$"


class Finding(Shape):
    """A finding as lists show it; `overdue` is derived from its deadline and today."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    mine_id = Identifier(required=True)
    visit_id = Identifier(required=True, allow_none=True)
    item_key = Text(required=True, allow_none=True)
    place_id = Text(required=True, allow_none=True)
    severity = Text(required=True)
    status = Text(required=True)
    text = Text(required=True)
    recorded_by = Identifier(required=True)
    recorded_at = Moment(required=True, metadata={"description": "By the phone's clock."})
    received_at = Moment(required=True)
    due_on = Day(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    repeat_of = Identifier(required=True, allow_none=True)
    conflicts = Count(required=True)


class FindingQuery(PageQuery):
    """Filters of the list of findings."""

    mine = Identifier()
    visit = Identifier()
    item = Text(64, ITEM)
    status = Text(32, STATUS)
    severity = Text(32, STATUS)
    open = QueryFlag()
    overdue = QueryFlag()


class Step(Shape):
    """One step of the finding's life."""

    step = Text(required=True)
    person_id = Text(required=True)
    at = Moment(required=True)
    data = Facts(required=True)


class FindingLife(Finding):
    """One finding with every field's counted value, what is disputed, and its steps in order."""

    fields_ = Facts(required=True, data_key="fields", attribute="fields")
    disputed = Listed(Text(), required=True)
    timeline = Listed(Nested(Step), longest=10_000, required=True)
    overdue = Flag(required=True)
