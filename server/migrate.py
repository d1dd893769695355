"""Bring a database to the schema that this code expects, and tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from server.engine import WRITER

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to `revision`; all of it or nothing."""
    with engine.connect().execution_options(**WRITER) as connection, connection.begin():
        command.upgrade(alembic_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` (`base` is an empty database)."""
    with engine.connect().execution_options(**WRITER) as connection, connection.begin():
        command.downgrade(alembic_config(connection), revision)


def head_revision() -> str | None:
    """The revision that this code expects."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def write_revision(engine: Engine, title: str) -> Path:
    """Write the migration from a database at head to what the models say; returns its file.

    Numbered in the order of writing. Read it before it is committed: renames are not noticed.
    """
    number = f"{len(list(ScriptDirectory(str(SCRIPTS)).walk_revisions())) + 1:04}"
    with engine.connect().execution_options(**WRITER) as connection, connection.begin():
        config = alembic_config(connection)
        command.upgrade(config, "head")
        script = command.revision(config, title, autogenerate=True, rev_id=number)
    assert not isinstance(script, list) and script is not None  # noqa: S101,PT018 - one revision is asked for
    return Path(script.path)


def alembic_config(connection: Connection | None = None) -> AlembicConfig:
    """Alembic's settings; `migrations/env.py` finds the connection under `attributes`."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
