"""What tests stand on: the real databases, the real queue, the real application.

A test that takes `app`, `db` or `client` runs once on SQLite and once on PostgreSQL, each time
on an empty, fully migrated database. Sockets reach this machine only.
"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from hypothesis import settings
from redis import Redis
from xdist.scheduler import LoadScopeScheduling

from server import create_app
from server.config import Config
from server.db import Base
from server.db import db as the_db
from server.engine import WRITER
from server.migrate import migrate
from tests.servers import postgresql as postgresql_server
from tests.servers import valkey as valkey_server
from tests.settings import make_config

# How long an example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, print_blob=True)
settings.load_profile("suite")

DATABASES = ("sqlite", "postgresql")
#: Whose tests share a world that takes seconds to make, and follow each other in it: a file of them stays with one
#: worker, and they go first, the longest before all others, so that no worker is left alone with them at the end.
DEAR = ("tests/browser/", "tests/holds/", "tests/patrol/test_finding_machine.py")
LONGEST = (
    "test_hostile_text.py",
    "test_foreign_origin.py",
    "test_five_phones.py",
    "test_machine.py",
    "test_killing.py",
    "test_phone_troubles.py",
    "test_phone_update.py",
    "test_board.py",
)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist gives no types for it
    """Gives each worker a dear file whole, and other tests one by one. pytest-xdist's own `loadgroup` writes the group
    into the test's id, which pytest keeps to itself since 9.2: files were torn apart, and nothing was said."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(DEAR) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    """Whatever `--dist` says: a file that was torn apart fails for no fault of the product's."""
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that is not dear keeps its order, which keeps each database together."""
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (not item.nodeid.startswith(DEAR), rank.get(item.path.name, len(rank))))


#: Every table, those that name others first.
_EMPTIED = tuple(str(table.delete()) for table in reversed(Base.metadata.sorted_tables))


@dataclass(frozen=True)
class Installation:
    """An application on a migrated database of the run's own."""

    app: Flask
    config: Config

    def clear(self) -> None:
        """Empty every table and the queue."""
        with self.app.app_context(), the_db.engine.connect().execution_options(**WRITER) as connection:
            at_once = the_db.engine.dialect.name == "postgresql"
            for statements in ["; ".join(_EMPTIED)] if at_once else _EMPTIED:
                connection.exec_driver_sql(statements)
            connection.commit()
        with Redis.from_url(self.config.redis_url) as connection:
            connection.flushall()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgresql_server.PostgreSQL]:
    """A PostgreSQL cluster without fsync, for the whole run."""
    with postgresql_server.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3, for the whole run."""
    # Imported late: it is slow to load and few tests need it.
    from tests.servers.s3 import s3 as running

    with running() as address:
        yield address


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """The queue's server, for the whole run; gives settings whose queue it is."""
    config = make_config(tmp_path_factory.mktemp("valkey"))
    with valkey_server.valkey(config):
        yield config


@pytest.fixture(scope="session")
def installations(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, valkey: Config
) -> Iterator[Callable[[str], Installation]]:
    """One application a database for the whole run, made when first wanted, in whatever order the tests want them."""
    made: dict[str, Installation] = {}

    def on(database: str) -> Installation:
        if database not in made:
            settings: dict[str, Any] = {"QIANSHAO_REDIS_URL": valkey.redis_url}
            if database == "postgresql":
                cluster: postgresql_server.PostgreSQL = request.getfixturevalue("postgresql")
                settings["QIANSHAO_DATABASE_URL"] = cluster.create("qianshao")
            config = make_config(tmp_path_factory.mktemp(database), **settings)
            app = create_app(config)
            with app.app_context():
                migrate(the_db.engine)
            made[database] = Installation(app, config)
        return made[database]

    yield on
    for installation in made.values():
        with installation.app.app_context():
            the_db.engine.dispose()


@pytest.fixture(scope="session", params=DATABASES)
def installation(request: pytest.FixtureRequest, installations: Callable[[str], Installation]) -> Installation:
    """The application on one of the databases; its tables are emptied before each test."""
    return installations(request.param)


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The application on an empty database; no context is pushed."""
    installation.clear()
    return installation.app


@pytest.fixture
def db(app: Flask) -> Iterator[SQLAlchemy]:
    """The database, inside the application's context, for tests below HTTP."""
    with app.app_context():
        yield the_db


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller over HTTP; each request gets a session of its own, as in production."""
    return app.test_client()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of an installation of this test's own, on SQLite, nothing started."""
    return make_config(tmp_path)


@pytest.fixture
def fresh_postgresql(postgresql: postgresql_server.PostgreSQL, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"fresh_{abs(hash(request.node.nodeid)):x}"
    yield postgresql.create(name)
    postgresql.drop(name)


@pytest.fixture(autouse=True)
def _stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect: Callable[..., Any] = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
