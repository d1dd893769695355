"""Alembic's entry: runs on the connection that `server.migrate` hands over, and on no other."""

from alembic import context

import server.models  # noqa: F401 - fills the metadata that autogenerate compares with
from server.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
