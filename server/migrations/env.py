"""Alembic's entry: runs on the connection that `server.migrate` hands over, and on no other."""

from typing import Any, Literal

from alembic import context

import server.models  # noqa: F401 - fills the metadata that autogenerate compares with
from server.db import Base, UtcDateTime


def render_item(kind: str, thing: Any, _: object) -> str | Literal[False]:
    """Write our own types as what they are in the database: a migration outlives our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_as_batch=True,
    render_item=render_item,
)
context.run_migrations()
