"""Copies of a PostgreSQL database: taken with pg_dump, tried and restored as another database of the same cluster."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from server.durability import programs
from server.durability.copies import Copies, CopyUnusable, DatabaseInUse, Prepared, sync


class PostgresqlCopies(Copies):
    """The user that the server connects as needs CREATEDB."""

    kind = "postgresql"
    file = "database.dump"

    def take(self, target: Path) -> None:
        programs.run("pg_dump", ["--format=custom", f"--file={target}"], self.config.database_url)
        sync(target)

    @contextmanager
    def tried(self, source: Path) -> Iterator[Connection]:
        with (
            self._restored(source, f"{self._name}_tried_{secrets.token_hex(4)}") as engine,
            engine.connect() as connection,
        ):
            yield connection

    @contextmanager
    def prepared(self, source: Path) -> Iterator[Prepared]:
        name = f"{self._name}_restoring_{secrets.token_hex(4)}"
        with self._restored(source, name) as engine:
            yield PreparedPostgresql(engine, self._maintenance, self._name, name)

    @contextmanager
    def _restored(self, source: Path, name: str) -> Iterator[Engine]:
        url = make_url(self.config.database_url).set(database=name)
        self._execute("CREATE DATABASE {} TEMPLATE template0", name)
        engine = create_engine(url, poolclass=NullPool)
        try:
            arguments: list[str | Path] = ["--exit-on-error", "--no-owner", f"--dbname={name}", source]
            programs.run("pg_restore", arguments, url.render_as_string(hide_password=False))
            yield engine
        except programs.ProgramFailed as error:
            raise CopyUnusable(str(error)) from error
        finally:
            engine.dispose()
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, name: str) -> None:
        with psycopg.connect(self._maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    @property
    def _name(self) -> str:
        return str(make_url(self.config.database_url).database)

    @property
    def _maintenance(self) -> str:
        """The database `postgres` of the same cluster: one cannot rename the database that one is connected to."""
        url = make_url(self.config.database_url).set(database="postgres", drivername="postgresql")
        return url.render_as_string(hide_password=False)


class PreparedPostgresql(Prepared):
    """The restored database beside the one in use."""

    def __init__(self, engine: Engine, maintenance: str, name: str, beside: str) -> None:
        super().__init__(engine)
        self._maintenance = maintenance
        self._name = name
        self._beside = beside

    def swap(self, stamp: str) -> str:
        self.engine.dispose()
        kept = f"{self._name}_before_restore_{stamp}"
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        old, new = sql.Identifier(self._name), sql.Identifier(self._beside)
        try:
            with psycopg.connect(self._maintenance) as connection:
                connection.execute(rename.format(old, sql.Identifier(kept)))
                connection.execute(rename.format(new, old))
        except psycopg.errors.ObjectInUse as error:
            raise DatabaseInUse(str(error)) from error
        return kept
