"""One moment of the database for a long reading, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from server.db import db


@contextmanager
def snapshot() -> Iterator[Connection]:
    """The session's connection, seeing the database as it is now until the end of the block.

    SQLite's readers do so by themselves; PostgreSQL's have to ask for it.
    """
    db.session.rollback()
    options = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    try:
        yield db.session.connection(execution_options=options)
    finally:
        db.session.rollback()
