"""The migrations lead to the models, forwards and backwards, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

import server.models  # noqa: F401 - fills the metadata
from server.db import Base
from server.engine import engine_options, prepare_engine
from server.migrate import SCRIPTS, current_revision, downgrade, head_revision, migrate
from tests.settings import make_config


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    settings = {}
    if request.param == "postgresql":
        settings["QIANSHAO_DATABASE_URL"] = request.getfixturevalue("fresh_postgresql")
    config = make_config(tmp_path, **settings)
    engine = prepare_engine(create_engine(config.database_url, **engine_options(config)), config)
    yield engine
    engine.dispose()


def revisions() -> list[str]:
    """From the first to the last."""
    walked = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    return [script.revision for script in reversed(list(walked))]


def schema(engine) -> dict[str, list[str]]:
    inspector = inspect(engine)
    return {
        table: sorted(f"{column['name']} {column['type']}" for column in inspector.get_columns(table))
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_there_is_one_head():
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1


def test_the_migrated_database_is_what_the_models_say(engine):
    migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
        assert current_revision(connection) == head_revision()
    assert difference == []


def test_every_migration_goes_up_down_and_up_again(engine):
    for revision in revisions():
        before = schema(engine)
        migrate(engine, revision)
        after = schema(engine)
        downgrade(engine, "-1")
        assert schema(engine) == before
        migrate(engine, revision)
        assert schema(engine) == after


def test_migrating_what_is_up_to_date_changes_nothing(engine):
    migrate(engine)
    before = schema(engine)

    migrate(engine)

    assert schema(engine) == before
