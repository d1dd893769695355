"""Links a new finding to the closed one that it repeats (反复出现). Links only; nothing is merged or closed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from patrol.findings import Finding as FindingValue
from patrol.findings import Severity, Status, Step
from patrol.repeats import REPEATS_WITHIN, links_of
from patrol.steps import Done
from server.among import among
from server.direct import Question, ask
from server.models.finding import Finding

_CLOSED = select(
    Finding.id, Finding.mine_id, Finding.item_key, Finding.place_id, Finding.recorded_at, Finding.closed_at
).where(
    among(Finding.mine_id, "mines"),
    among(Finding.item_key, "items"),
    Finding.status == Status.CLOSED.value,
    Finding.closed_at >= bindparam("since"),
)


def repeated(new: Sequence[FindingValue]) -> dict[str, str]:
    """New finding → the finding that it repeats, of those recorded with an item."""
    question = asked([(finding.mine, finding.item, finding.recorded_at) for finding in new])
    return {} if question is None else _links(new, [_closed(row) for row in ask(*question)])


def asked(new: Iterable[tuple[str, str | None, datetime]]) -> Question | None:
    """What `repeated` asks of findings with these mines, items and times; None where there is nothing to ask."""
    found = [(mine, item, at) for mine, item, at in new if item]
    if not found:
        return None
    # A day more than the rule counts, because it counts local days.
    since = min(at for _, _, at in found) - REPEATS_WITHIN - timedelta(days=1)
    mines, items = sorted({mine for mine, _, _ in found}), sorted({item for _, item, _ in found})
    return _CLOSED, {"mines": mines, "items": items, "since": since}


def _links(new: Iterable[FindingValue], closed: Sequence[FindingValue]) -> dict[str, str]:
    found = {finding.id: links_of(finding, closed).repeat_of for finding in new} if closed else {}
    return {finding: earlier for finding, earlier in found.items() if earlier}


def _closed(row: Any) -> FindingValue:
    """A closed finding as the rule looks at it: only what and where it was, and when it was closed."""
    return FindingValue(
        id=row.id,
        county="",
        team="",
        mine=row.mine_id,
        severity=Severity.GENERAL,
        recorded_by="",
        recorded_at=row.recorded_at,
        deadline=row.closed_at.date(),
        item=row.item_key,
        place=row.place_id,
        status=Status.CLOSED,
        history=(Done(Step.PASS_RECHECK.value, "", row.closed_at),),
    )
