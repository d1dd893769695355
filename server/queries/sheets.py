"""The registers as stored: visits with their sheets, findings with theirs, and which photos are here."""

from collections.abc import Collection

from sqlalchemy import Executable, select

from server.among import among
from server.direct import Question, ask
from server.models.finding import Finding
from server.models.photo import Photo
from server.models.visit import Visit, VisitSheet
from server.queries import finding_sheets
from sync.bodies import VisitIdentity
from sync.known import FindingKnown, VisitKnown
from sync.sheets import Sheet, decode

_VISIT_HOMES = select(Visit.id, Visit.team_id, Visit.mine_id).where(among(Visit.id, "ids"))
_FINDING_HOMES = select(Finding.id, Finding.mine_id).where(among(Finding.id, "ids"))
_VISITS = (
    select(
        Visit.id,
        Visit.team_id,
        Visit.mine_id,
        Visit.kind,
        Visit.local_date,
        Visit.ordinal,
        Visit.edition_digest,
        Visit.status,
        VisitSheet.data,
    )
    .join(VisitSheet, VisitSheet.visit_id == Visit.id)
    .where(among(Visit.id, "ids"))
)
_FINDINGS = select(Finding.id, Finding.mine_id, Finding.visit_id, *finding_sheets.COLUMNS).where(
    among(Finding.id, "ids")
)
_PHOTOS = select(Photo.digest).where(among(Photo.visit_id, "ids"), Photo.arrived_at.is_not(None))


def visit_homes(visits: Collection[str]) -> dict[str, tuple[str, str]]:
    """Visit → (team, mine); these never change, so they may be read before the lock."""
    if not visits:
        return {}
    return {row.id: (row.team_id, row.mine_id) for row in ask(*_named(_VISIT_HOMES, visits))}


def finding_homes(findings: Collection[str]) -> dict[str, str]:
    """Finding → mine; never changes either."""
    if not findings:
        return {}
    return {row.id: row.mine_id for row in ask(*_named(_FINDING_HOMES, findings))}


def homes_asked(visits: Collection[str], findings: Collection[str]) -> list[Question]:
    """What the two functions above ask."""
    asked = ((_VISIT_HOMES, visits), (_FINDING_HOMES, findings))
    return [_named(statement, ids) for statement, ids in asked if ids]


def known_asked(visits: Collection[str], findings: Collection[str], photographed: Collection[str]) -> list[Question]:
    """What `visits_known`, `findings_known` and `photos_here` ask."""
    asked = ((_VISITS, visits), (_FINDINGS, findings), (_PHOTOS, photographed))
    return [_named(statement, ids) for statement, ids in asked if ids]


def _named(statement: Executable, ids: Collection[str]) -> Question:
    return statement, {"ids": sorted(ids)}


def visits_known(visits: Collection[str]) -> dict[str, VisitKnown]:
    """The visits on record with their sheets; the caller holds their streams' locks."""
    if not visits:
        return {}
    return {
        row.id: VisitKnown(
            visit=row.id,
            identity=VisitIdentity(
                row.team_id, row.mine_id, row.kind, row.local_date.isoformat(), row.ordinal, row.edition_digest
            ),
            sheet=row.data,
            status=row.status,
        )
        for row in ask(*_named(_VISITS, visits))
    }


def findings_known(findings: Collection[str]) -> dict[str, FindingKnown]:
    """The findings on record with their sheets; the caller holds their mines' locks."""
    if not findings:
        return {}
    found = ask(*_named(_FINDINGS, findings))
    return {
        row.id: FindingKnown(row.id, row.mine_id, row.visit_id, row.registers, finding_sheets.beside_of(row))
        for row in found
    }


def finding_sheet(finding: str) -> Sheet:
    """The registers of one finding on record; the caller holds its mine's lock."""
    known = findings_known([finding])[finding]
    return decode(known.sheet, known.beside)


def photos_here(visits: Collection[str]) -> frozenset[str]:
    """Digests of the visits' photos whose bytes have arrived."""
    if not visits:
        return frozenset()
    return frozenset(row.digest for row in ask(*_named(_PHOTOS, visits)))
