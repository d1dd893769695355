"""Rows of the feed that the request being answered has just written, without reading them back.

Only where they are all that lies beyond the phone's cursor; everything else is read from the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
from msgspec import Raw

from server.services import visit_photos
from sync.feed import finding_row, visit_rows
from sync.known import Plan, VisitWrite
from sync.sheets import Sheet
from sync.wire import Row

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a plan wrote, by stream. `before`: where each stream stood when the plan was made."""

    before: Mapping[str, int]
    sheets: Mapping[str, Sheet]
    rows: Mapping[str, list[Row]]
    own: frozenset[str]

    def beyond(self, stream: str, after: int) -> list[Row] | None:
        """The stream's rows beyond a cursor; None where the database has to be asked."""
        sheet = self.sheets.get(stream)
        if sheet is not None:
            return visit_rows(sheet, after, self.own)
        if stream not in self.rows or after < self.before.get(stream, 0):
            return None
        return [row for row in self.rows[stream] if row.seq > after]


def rows_of(plan: Plan, before: Mapping[str, int]) -> Fresh:
    """The rows that `plan` wrote. A visit's sheet is whole, so it serves any cursor."""
    rows: dict[str, list[Row]] = {}
    told_elsewhere: set[str] = set()
    for finding in plan.findings:
        rows.setdefault(f"mine:{finding.mine}", []).append(finding_row(finding.finding, finding.content, plan.own))
    for visit in plan.visits:
        seq = plan.visit_rows.get(visit.visit)
        if seq is not None:
            rows.setdefault(f"team:{visit.identity.team}", []).append(visit_row(visit, seq))
        if visit_photos.moves(visit):
            # The counts of its photos moved too.
            told_elsewhere.add(f"team:{visit.identity.team}")
    for place in plan.places:
        # Its other columns are the database's to give.
        told_elsewhere.add(f"mine:{place.mine}")
    contents = {f"visit:{visit.visit}": visit.content for visit in plan.visits}
    ordered = {
        stream: sorted(found, key=lambda row: row.seq) for stream, found in rows.items() if stream not in told_elsewhere
    }
    return Fresh(before, contents, ordered, plan.own)


def visit_row(visit: VisitWrite, seq: int) -> Row:
    """A visit as its team's phones are told of it (see `queries.streams.visit_facts`)."""
    identity = visit.identity
    facts = {
        "mine": identity.mine,
        "kind": identity.kind,
        "date": date.fromisoformat(identity.date),
        "ordinal": identity.ordinal,
        "edition": identity.edition,
        "status": visit.status,
    }
    return Row(seq, f"visit/{visit.visit}", Raw(_encode(facts)))
