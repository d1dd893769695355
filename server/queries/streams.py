"""Which streams a phone's team has in scope, and their rows beyond a cursor, as the wire carries them (SPEC, part FD).

Everything a phone sees comes through here; the scope is in the SQL. Reads only.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from server.db import db
from server.models.contract import Contract
from server.models.device import Notice
from server.models.feed import StreamHead as HeadRow
from server.models.finding import Finding
from server.models.mine import Mine, MineAttribute, Place
from server.models.team import Membership
from server.models.user import User
from server.models.visit import Visit, VisitSheet
from server.queries.reach import open_on
from sync import sheets
from sync.feed import StreamHead, finding_row, visit_rows
from sync.wire import Row

#: Visits older than this leave the phones unless they are still open; the county keeps them for ever.
VISIT_DAYS = 35
_CLOSED = ("sealed", "void")

_encode = msgspec.json.Encoder().encode
Column = InstrumentedAttribute[Any]


def scope(device: str, team: str, today: date) -> dict[str, StreamHead]:
    """Stream → head of all that a phone of the team may pull today."""
    contracted = select(literal("mine:") + Contract.mine_id).where(
        Contract.team_id == team, open_on(Contract.from_date, Contract.until_date, today)
    )
    recent = (Visit.local_date >= today - timedelta(days=VISIT_DAYS)) | Visit.status.not_in(_CLOSED)
    visits = select(literal("visit:") + Visit.id).where(Visit.team_id == team, recent)
    own = union_all(select(literal(f"team:{team}")), select(literal(f"device:{device}")), contracted, visits)
    query = select(HeadRow.stream, HeadRow.seq, HeadRow.floor).where(HeadRow.stream.in_(own))
    return {row.stream: StreamHead(row.seq, row.floor) for row in db.session.execute(query)}


def rows(stream: str, after: int, limit: int, own: Collection[str] = ()) -> list[Row]:
    """At most `limit` + 1 rows of a stream beyond `after`, in seq order.

    `own`: uids of the request being answered, whose rows the phone can build itself.
    """
    kind, _, name = stream.partition(":")
    found = [row for source in _SOURCES[kind] for row in source(name, after, limit + 1, own)]
    return sorted(found, key=lambda row: row.seq)[: limit + 1]


def _visit(visit: str, after: int, _limit: int, own: Collection[str]) -> Iterable[Row]:
    data = db.session.scalar(select(VisitSheet.data).where(VisitSheet.visit_id == visit))
    return visit_rows(sheets.decode(data or b""), after, own)


def _findings(mine: str, after: int, limit: int, own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Finding.id, Finding.registers), Finding.mine_id == mine, Finding.feed_seq, (after, limit))
    return [finding_row(row.id, sheets.decode(row.registers), own) for row in db.session.execute(query)]


def _places(mine: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Place), Place.mine_id == mine, Place.feed_seq, (after, limit))
    for place in db.session.scalars(query):
        facts = {
            "kind": place.kind,
            "name": place.name,
            "code": place.code,
            "opened_on": place.opened_on,
            "closed_on": place.closed_on,
            "status": place.status,
        }
        yield _row(place.feed_seq, f"place/{place.id}", facts)


def _attributes(mine: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(MineAttribute), MineAttribute.mine_id == mine, MineAttribute.feed_seq, (after, limit))
    for entry in db.session.scalars(query):
        facts = {
            "name": entry.name,
            "value": entry.value,
            "from_date": entry.from_date,
            "place": entry.place_id,
            "recorded_at": entry.recorded_at,
        }
        yield _row(entry.feed_seq, f"attribute/{entry.id}", facts)


def _mine(mine: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Mine), Mine.id == mine, Mine.feed_seq, (after, limit))
    for row in db.session.scalars(query):
        facts = {"code": row.code, "name": row.name, "township": row.township, "closed_on": row.closed_on}
        yield _row(row.feed_seq, "mine", facts)


def _members(team: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    columns = select(Membership, User.name).join(User, User.id == Membership.user_id)
    query = _beyond(columns, Membership.team_id == team, Membership.feed_seq, (after, limit))
    for row, name in db.session.execute(query):
        facts = {
            "person": row.user_id,
            "name": name,
            "role": row.role,
            "specialty": row.specialty,
            "from_date": row.from_date,
            "until_date": row.until_date,
        }
        yield _row(row.feed_seq, f"member/{row.id}", facts)


def _contracts(team: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Contract), Contract.team_id == team, Contract.feed_seq, (after, limit))
    for row in db.session.scalars(query):
        facts = {"mine": row.mine_id, "from_date": row.from_date, "until_date": row.until_date}
        yield _row(row.feed_seq, f"contract/{row.id}", facts)


def _visits(team: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Visit), Visit.team_id == team, Visit.feed_seq, (after, limit))
    for row in db.session.scalars(query):
        facts = {
            "mine": row.mine_id,
            "kind": row.kind,
            "date": row.local_date,
            "ordinal": row.ordinal,
            "edition": row.edition_digest,
            "status": row.status,
        }
        yield _row(row.feed_seq, f"visit/{row.id}", facts)


def _notices(device: str, after: int, limit: int, _own: Collection[str]) -> Iterable[Row]:
    query = _beyond(select(Notice), Notice.device_id == device, Notice.feed_seq, (after, limit))
    for row in db.session.scalars(query):
        yield _row(row.feed_seq, f"notice/{row.id}", {"kind": row.kind, "body": row.body, "at": row.created_at})


def _beyond(query: Any, owner: Any, seq: Column, span: tuple[int, int]) -> Any:
    after, limit = span
    return query.where(owner, seq > after).order_by(seq).limit(limit)


def _row(seq: int, key: str, facts: dict[str, Any]) -> Row:
    return Row(seq, key, Raw(_encode(facts)))


_SOURCES = {
    "visit": (_visit,),
    "mine": (_findings, _places, _attributes, _mine),
    "team": (_members, _contracts, _visits),
    "device": (_notices,),
}
