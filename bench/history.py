"""Years of history, written straight into the maintained rows; and what the tables take on disk.

One visit is made by a real exchange; the others are its rows again under other ids and days, so that every index,
sheet and segment has its real size.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, text

from bench.submissions import submissions
from bench.world import COUNTY, NOON, TODAY, World
from patrol.periods import month_of, week_of
from server.db import Base, UtcDateTime, db, run, transaction
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services.device_tokens import DeviceSession
from server.services.exchange import Now, exchange
from sync.prepare import prepare

#: The newest of the history lies so long ago that no phone pulls it any more.
GAP_DAYS: Final = 45
_NUMBERS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "

_HEADS: Final = "INSERT INTO stream_head (stream, seq, floor) " + _NUMBERS + "SELECT 'visit:h' || i, 131, 0 FROM n"


def store_visits(world: World, visits: int, years: int = 5) -> None:
    """Store that many more visits, spread over the mines and over `years`; sealed, their findings closed."""
    if not visits:
        return
    template = _template(world)
    with transaction():
        _days(years)
        given = {"count": visits, "template": template}
        _copy("visit", "t.id = :template", _VISIT | _owners(world), given)
        _copy("visit_sheet", "t.visit_id = :template", {"visit_id": "'h' || n.i"}, given)
        _copy("finding", "t.visit_id = :template", _FINDING | _owners(world, team=False), given)
        _copy("segment", _OF_TEMPLATE, _SEGMENT, given, without=("id",))
        db.session.execute(text(_HEADS), given)
        db.session.execute(text("DROP TABLE bench_day"))
    analyse()


def analyse() -> None:
    """Let the database learn what it holds."""
    _maintain("ANALYZE")


def compact() -> None:
    """Give back the room of rows that were written anew, so that what is left is what is kept."""
    _maintain("VACUUM FULL" if db.engine.dialect.name == "postgresql" else "VACUUM")


def _maintain(command: str) -> None:
    """Outside any transaction, past the engine's own."""
    db.session.remove()
    raw = db.engine.raw_connection()
    try:
        raw.rollback()
        if db.engine.dialect.name == "postgresql":
            raw.driver_connection.read_only = None
            raw.driver_connection.autocommit = True
        else:
            raw.driver_connection.execute("PRAGMA query_only=OFF")
        raw.driver_connection.execute(command)
    finally:
        raw.detach()
        raw.close()


_OF_TEMPLATE = "t.last_seq > 1 AND t.id = (SELECT max(id) FROM segment)"
_VISIT = {
    "id": "'h' || n.i", "local_date": "d.day", "week": "d.week", "month": "d.month", "status": "'sealed'",
    "ordinal": "1000 + n.i / 900", "submitted_at": "t.opened_at", "submission_received_at": "t.received_at",
    "round_answered": "t.round_required", "feed_seq": "0",
}  # fmt: skip
_FINDING = {
    "id": "'h' || n.i || '-' || t.id", "visit_id": "'h' || n.i", "status": "'closed'", "recorded_at": "d.noon",
    "received_at": "d.noon", "closed_at": "d.noon", "due_on": "d.day", "feed_seq": "0",
}  # fmt: skip
_SEGMENT = {"first_seq": "t.last_seq + n.i * 131 + 1", "last_seq": "t.last_seq + n.i * 131 + 131"}


def _owners(world: World, *, team: bool = True) -> dict[str, str]:
    mine = {"mine_id": f"'mine-' || (n.i % {world.mines})"}
    return mine | ({"team_id": f"'team-' || ((n.i % {world.mines}) % {world.teams})"} if team else {})


def _copy(
    table: str, which: str, changed: Mapping[str, str], given: Mapping[str, object], without: tuple[str, ...] = ()
) -> None:
    names = [column.name for column in Base.metadata.tables[table].columns if column.name not in without]
    values = ", ".join(changed.get(name, f"t.{name}") for name in names)
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) {_NUMBERS} SELECT {values} FROM {table} t, n "
        f"JOIN bench_day d ON d.i = n.i % (SELECT count(*) FROM bench_day) WHERE {which}"
    )
    db.session.execute(text(statement), given)


def _days(years: int) -> None:
    last = TODAY - timedelta(days=GAP_DAYS)
    days = [last - timedelta(days=n) for n in range(years * 365)]
    db.session.execute(
        text("CREATE TABLE bench_day (i integer PRIMARY KEY, day date, week text, month text, noon timestamptz)")
    )
    rows = [
        {"i": i, "day": day, "week": week_of(day).id, "month": month_of(day).id, "noon": NOON - (TODAY - day)}
        for i, day in enumerate(days)
    ]
    insertion = text("INSERT INTO bench_day VALUES (:i, :day, :week, :month, :noon)")
    run(insertion.bindparams(bindparam("noon", type_=UtcDateTime)), rows)


def _template(world: World) -> str:
    """Make one visit by a real exchange; returns its id."""
    phone, key = world.phones[0], current_key()
    (submission,) = submissions(world, 1, seed=99, first=300)
    session = DeviceSession(phone.device, COUNTY, f"team-{phone.team}", confirmed=True, revoked=False, first_use=False)
    exchange(prepare(submission.body), session, Now(NOON, new_receipt_id(key, NOON)), key)
    return str(db.session.scalar(text("SELECT id FROM visit")))


def bytes_used() -> int:
    """Bytes of every table with its indexes, in the database at hand."""
    if db.engine.dialect.name == "postgresql":
        sizes = (
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return int(db.session.scalar(text(sizes)) or 0)
    pages = db.session.scalar(text("SELECT page_count FROM pragma_page_count()"))
    size = db.session.scalar(text("SELECT page_size FROM pragma_page_size()"))
    return int(pages or 0) * int(size or 0)
