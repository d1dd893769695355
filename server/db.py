"""The session, the base of every table, and the only place that commits.

Outside `transaction()` a session only reads, on both databases: a write there is an error.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, DateTime, Dialect, Executable, MetaData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from server.config import Config
from server.engine import WRITER, engine_options, is_idle, it_passes, prepare_engine

log = logging.getLogger(__name__)

#: Where a session keeps answers that nobody has asked for yet (`server.direct`).
AHEAD = "qianshao_ahead"

_metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept and given back in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite has no zones, so there the zone is left off."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the instant back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table inherits. Columns only: rules are in `patrol`, `checklists` and `sync`."""

    registry = registry(metadata=_metadata, type_annotation_map={datetime: UtcDateTime()})
    metadata = _metadata


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Busy(Exception):
    """The database did not give a lock in time, or was gone; the same request may be tried again.

    After a commit whose answer was lost nobody knows whether it stands: what is tried again must be harmless.
    """


def run(statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()) -> CursorResult[Any]:
    """Execute a prepared Core statement on the session's connection, past the ORM: for the paths that must be fast.

    The session's own pending changes are not flushed; whoever mixes both flushes first.
    """
    if isinstance(parameters, list) and len(parameters) == 1:
        # One row in a list would make the driver open a pipeline for it.
        parameters = parameters[0]
    return db.session.connection().execute(statement, parameters or None)


class Transaction:
    """The one write transaction of a request, job or command, and what follows its commit."""

    def __init__(self) -> None:
        self._effects: list[Callable[[], object]] = []

    def after_commit(self, effect: Callable[[], object]) -> None:
        """Have `effect` called once the transaction is durable; never when it rolls back."""
        self._effects.append(effect)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside, effects included, when an exception leaves the block."""
        kept = len(self._effects)
        try:
            with db.session.begin_nested():
                yield
        except BaseException:
            del self._effects[kept:]
            raise

    def run_effects(self) -> None:
        """Call the effects in order. One that fails is logged: the rows are committed, they are
        the truth, and a sweep finds again what was to be done."""
        for effect in self._effects:
            try:
                effect()
            except Exception:
                log.exception("an effect failed after its transaction was committed")


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Write: one BEGIN, one COMMIT, then the effects; an exception rolls everything back.

    Whatever the session read before belongs to an older snapshot and is forgotten. Raises Busy.
    """
    session = db.session()
    if session.info.get("transaction"):
        raise RuntimeError("transaction() inside transaction(): only the edge opens one")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changed before transaction(): the change belongs inside")
    if not _has_only_asked(session):
        session.rollback()
    session.info.pop(AHEAD, None)
    tx = Transaction()
    session.info["transaction"] = tx
    try:
        with _gate(), _busy_if_it_passes():
            _open_writer(session)
            yield tx
            session.commit()
    finally:
        session.info.pop("transaction", None)
        session.rollback()
    tx.run_effects()


def _has_only_asked(session: Session) -> bool:
    """Whether nothing of what was read is still open (and so remembered): then the connection serves on."""
    return session.in_transaction() and is_idle(session.connection())


def _open_writer(session: Session) -> None:
    if session.in_transaction():
        session.connection().execution_options(qianshao_writer=True)
    else:
        session.connection(execution_options=WRITER)


def install(app: Flask, config: Config) -> None:
    """Give `app` its engine."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    db.init_app(app)
    app.teardown_appcontext(_let_go)
    with app.app_context():
        prepare_engine(db.engine, config)
    app.extensions["qianshao_gate"] = WriterGate() if config.uses_sqlite else nullcontext()


def _let_go(_error: BaseException | None) -> None:
    """End what was read. Where the database went away meanwhile nothing is left to end, and the answer stands."""
    try:
        db.session.rollback()
    except SQLAlchemyError as error:
        log.warning("the database went away before a reading ended: %s", error)
        db.session().invalidate()


class WriterGate:
    """Lets one SQLite writer of this process in at a time, in the order of their coming.

    SQLite has one writer anyway; without the gate its threads take turns by chance and by the
    interpreter's lock, and the unlucky wait for seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


def _gate() -> Any:
    return current_app.extensions["qianshao_gate"]


@contextmanager
def _busy_if_it_passes() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if it_passes(error):
            raise Busy from error
        raise
