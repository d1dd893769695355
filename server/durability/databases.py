"""Which kind of copies a database has."""

from server.config import Config
from server.durability.copies import Copies
from server.durability.postgresql_copies import PostgresqlCopies
from server.durability.sqlite_copies import SqliteCopies


def copies_for(config: Config) -> Copies:
    """The copies of the database that `config` names."""
    return SqliteCopies(config) if config.uses_sqlite else PostgresqlCopies(config)
