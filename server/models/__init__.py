"""The tables, one file an aggregate: columns, keys and constraints only. Rules live in the pure packages.

Importing this package registers every table on `server.db.Base.metadata`; migrations and tests rely on that.
"""

from server.models import (
    audit,
    checklist,
    contract,
    county,
    coverage,
    device,
    feed,
    finding,
    mine,
    photo,
    segment,
    team,
    user,
    visit,
)

__all__ = [
    "audit",
    "checklist",
    "contract",
    "county",
    "coverage",
    "device",
    "feed",
    "finding",
    "mine",
    "photo",
    "segment",
    "team",
    "user",
    "visit",
]
