"""Which streams a phone's team has in scope, and their rows beyond a cursor, as the wire carries them (SPEC, part FD).

Everything a phone sees comes through here; the scope is in the SQL. Reads only.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import BindParameter, Integer, Select, String, bindparam, literal, select, text, union

from server.among import among
from server.direct import Question, ask
from server.models.contract import Contract
from server.models.county import County
from server.models.device import Notice
from server.models.feed import StreamHead as HeadRow
from server.models.finding import Finding
from server.models.mine import Mine, MineAttribute, Place
from server.models.team import Membership
from server.models.user import User
from server.models.visit import Visit, VisitSheet
from server.queries import finding_sheets
from server.queries.reach import open_on
from sync import sheets
from sync.feed import StreamHead, finding_row, visit_digest, visit_rows
from sync.sheets import Sheet
from sync.wire import Row

#: Visits older than this leave the phones unless they are still open; the county keeps them for ever.
VISIT_DAYS = 35

_encode = msgspec.json.Encoder().encode


_TEAM: BindParameter[str] = bindparam("team", type_=String)
# Written out: only so does a planner see that the index of open visits serves it.
_OPEN = text("visit.status NOT IN ('sealed', 'void')")
# A union, so that both databases look heads up by key: there are as many of them as visits were ever made.
_IN_SCOPE = union(
    select(literal("team:") + _TEAM),
    select(literal("device:") + bindparam("device", type_=String)),
    select(literal("mine:") + Contract.mine_id).where(
        Contract.team_id == _TEAM, open_on(Contract.from_date, Contract.until_date, bindparam("today"))
    ),
    select(literal("visit:") + Visit.id).where(Visit.team_id == _TEAM, Visit.local_date >= bindparam("since")),
    select(literal("visit:") + Visit.id).where(Visit.team_id == _TEAM, _OPEN),
)
_SCOPE = select(HeadRow.stream, HeadRow.seq, HeadRow.floor).where(HeadRow.stream.in_(_IN_SCOPE))


def scope(device: str, team: str, today: date) -> dict[str, StreamHead]:
    """Stream → head of all that a phone of the team may pull today."""
    return {row.stream: StreamHead(row.seq, row.floor) for row in ask(*scope_asked(device, team, today))}


def scope_asked(device: str, team: str, today: date) -> Question:
    """What `scope` asks."""
    since = today - timedelta(days=VISIT_DAYS)
    return _SCOPE, {"team": team, "today": today, "since": since, "device": device}


def rows(stream: str, after: int, limit: int, own: Collection[str] = ()) -> list[Row]:
    """At most `limit` + 1 rows of a stream beyond `after`, in seq order.

    `own`: uids of the request being answered, whose rows the phone can build itself.
    """
    kind, _, name = stream.partition(":")
    if kind == "visit":
        return visit_rows(_sheet(name), after, own)[: limit + 1]
    span = {"owner": name, "after": after, "most": limit + 1}
    found = [make(row, own) for query, make in _SOURCES[kind] for row in ask(query, span)]
    return sorted(found, key=lambda row: row.seq)[: limit + 1]


def digests(names: Collection[str], scope: Mapping[str, StreamHead]) -> dict[str, str]:
    """Visit stream → its digest, for those of `names` that are still where their heads in `scope` say."""
    ids = [name.partition(":")[2] for name in names if name.startswith("visit:")]
    if not ids:
        return {}
    found = {f"visit:{row.visit_id}": sheets.decode(row.data) for row in ask(_SHEETS, {"ids": ids})}
    return {name: visit_digest(sheet) for name, sheet in found.items() if _end(sheet) == scope[name].seq}


def _end(sheet: Sheet) -> int:
    return max((register.seq for register in sheet.registers.values()), default=0)


def _sheet(visit: str) -> Sheet:
    found = ask(_SHEET, {"owner": visit})
    return sheets.decode(found[0].data if found else b"")


_SHEETS = select(VisitSheet.visit_id, VisitSheet.data).where(among(VisitSheet.visit_id, "ids"))
_SHEET = select(VisitSheet.data).where(VisitSheet.visit_id == bindparam("owner"))


def _beyond(owner: Any, seq: Any, *columns: Any) -> Select[Any]:
    query = select(*columns, seq.label("feed_seq")).where(owner == bindparam("owner"), seq > bindparam("after"))
    return query.order_by(seq).limit(bindparam("most", type_=Integer))


def _finding(row: Any, own: Collection[str]) -> Row:
    return finding_row(row.id, finding_sheets.sheet_of(row), own)


def _fact(kind: str) -> Callable[[Any, Collection[str]], Row]:
    """Make the row `<kind>/<id>` of every other column of a record, named as it is."""

    def make(row: Any, _own: Collection[str]) -> Row:
        facts = row._asdict()
        key = "/".join(part for part in (kind, facts.pop("id", None)) if part)
        return Row(facts.pop("feed_seq"), key, Raw(_encode(facts)))

    return make


def visit_facts() -> tuple[Any, ...]:
    """What a team's phones are told of its visits."""
    return (
        Visit.id,
        Visit.mine_id.label("mine"),
        Visit.kind,
        Visit.local_date.label("date"),
        Visit.ordinal,
        Visit.edition_digest.label("edition"),
        Visit.status,
    )


#: What became of a visit's photos; its row moves when bytes arrive and when they are processed.
_PHOTO_COUNTS = (
    Visit.id,
    Visit.photos_declared.label("declared"),
    Visit.photos_arrived.label("arrived"),
    Visit.photos_processed.label("processed"),
    Visit.photos_refused.label("refused"),
)
_MEMBERS = (
    _beyond(
        Membership.team_id,
        Membership.feed_seq,
        Membership.id,
        Membership.user_id.label("person"),
        User.name,
        Membership.role,
        Membership.specialty,
        Membership.from_date,
        Membership.until_date,
    )
    .select_from(Membership)
    .join(User, User.id == Membership.user_id)
)
_PLACES = _beyond(
    Place.mine_id, Place.feed_seq, Place.id, Place.kind, Place.name, Place.code, Place.opened_on, Place.closed_on,
    Place.status,
)  # fmt: skip
_ATTRIBUTES = _beyond(
    MineAttribute.mine_id, MineAttribute.feed_seq, MineAttribute.id, MineAttribute.name, MineAttribute.value,
    MineAttribute.from_date, MineAttribute.place_id.label("place"), MineAttribute.recorded_at,
)  # fmt: skip
_MINES = (
    _beyond(
        Mine.id,
        Mine.feed_seq,
        Mine.code,
        Mine.name,
        Mine.township,
        Mine.closed_on,
        County.duty_telephone.label("county_telephone"),
    )
    .select_from(Mine)
    .join(County, County.id == Mine.county_id)
)
_CONTRACTS = _beyond(
    Contract.team_id, Contract.feed_seq, Contract.id, Contract.mine_id.label("mine"), Contract.from_date,
    Contract.until_date,
)  # fmt: skip
_NOTICES = _beyond(
    Notice.device_id, Notice.feed_seq, Notice.id, Notice.kind, Notice.body, Notice.created_at.label("at")
)
_SOURCES: dict[str, tuple[tuple[Select[Any], Callable[[Any, Collection[str]], Row]], ...]] = {
    "mine": (
        (_beyond(Finding.mine_id, Finding.feed_seq, Finding.id, *finding_sheets.COLUMNS), _finding),
        (_PLACES, _fact("place")),
        (_ATTRIBUTES, _fact("attribute")),
        (_MINES, _fact("mine")),
    ),
    "team": (
        (_MEMBERS, _fact("member")),
        (_CONTRACTS, _fact("contract")),
        (_beyond(Visit.team_id, Visit.feed_seq, *visit_facts()), _fact("visit")),
        (_beyond(Visit.team_id, Visit.photos_seq, *_PHOTO_COUNTS), _fact("photos")),
    ),
    "device": ((_NOTICES, _fact("notice")),),
}
