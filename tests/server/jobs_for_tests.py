"""Jobs that leave a trace a test can see."""

from pathlib import Path

from server.db import db, transaction
from server.queue import enqueue


def write_database_name(note: str) -> None:
    Path(note).write_text(db.session.connection().dialect.name)


def append_line(note: str) -> None:
    with Path(note).open("a") as file:
        file.write("x\n")


def fail() -> None:
    raise ZeroDivisionError


def ask_again(note: str) -> None:
    """Ask for the same work in the middle of it."""
    append_line(note)
    if Path(note).read_text() == "x\n":
        with transaction() as tx:
            enqueue(tx, "ask_again", note, once="the-work")
