"""What the office does to visits, findings and withheld operations."""

from schemas.fields import Count, Facts, Identifier, Listed, Moment, Prose, Shape, Slug, Text
from schemas.page import PageQuery
from schemas.visit import STATUS


class Sealing(Shape):
    """Where something is lacking, why the visit is approved or sealed all the same."""

    gaps_reason = Prose(400)


class Reasoned(Shape):
    """Why."""

    reason = Prose(400, required=True)


class Settled(Shape):
    """Which of the values of a pair stands: the one that this operation gave."""

    item = Identifier(required=True)
    place = Identifier(required=True)
    operation = Identifier(required=True)
    note = Prose(400)


class SettledField(Shape):
    """Which of the values of a finding's field stands."""

    field = Slug(required=True)
    operation = Identifier(required=True)


class Addenda(Shape):
    """Operations that wait beside a sealed visit and are to become part of its record, and why."""

    operations = Listed(Identifier(), longest=1000, required=True)
    reason = Prose(400, required=True)


class Sealed(Shape):
    """A sealed record; the document itself is read apart."""

    visit_id = Identifier(required=True)
    number = Count(1, required=True)
    sealed_at = Moment(required=True)
    sealed_by = Identifier(required=True)
    reason = Prose(400, required=True, allow_none=True)
    digest = Text(64, required=True)


class StepTaken(Shape):
    """A step of a finding's life, with what that step asks for."""

    step = Slug(required=True)
    values = Facts(load_default=dict)


class WithheldQuery(PageQuery):
    """Filters of the list of withheld operations."""

    verdict = Text(32, STATUS)
    visit = Identifier()


class Withheld(Shape):
    """A stored operation without effect."""

    uid = Identifier(required=True)
    chain_id = Identifier(required=True)
    seq = Count(1, required=True)
    verdict = Text(required=True)
    visit_id = Identifier(required=True, allow_none=True)
    finding_id = Identifier(required=True, allow_none=True)
    received_at = Moment(required=True)
