"""The tables of a database that a test makes for itself."""

from server.db import Base, db
from server.engine import WRITER
from server.migrate import head_revision, migrate


def make_schema() -> None:
    """Bring the database of the application at hand to the schema that the code expects."""
    migrate(db.engine)
    if head_revision() is None:  # until the first migration is written
        with db.engine.connect().execution_options(**WRITER) as connection:
            Base.metadata.create_all(connection)
            connection.commit()
