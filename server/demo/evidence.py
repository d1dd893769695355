"""Reads from a database what the recount needs: exact operations, editions, register. Nothing that was worked out."""

import json
from collections import defaultdict
from typing import Any

import zstandard
from sqlalchemy import select

from server.db import db
from server.demo.recount import Register
from server.models.checklist import ChecklistEdition
from server.models.mine import MineAttribute, Place
from server.models.segment import Segment
from sync.segments import unpack_run


def chains() -> list[list[bytes]]:
    """The exact bytes of every operation of the log, chain by chain."""
    found: dict[str, list[bytes]] = defaultdict(list)
    last: dict[str, str] = {}
    for row in db.session.scalars(select(Segment).order_by(Segment.chain_id, Segment.first_seq)):
        operations, hashes = unpack_run(row.data, last.get(row.chain_id, ""))
        if hashes[-1] != row.last_hash:
            raise ValueError(f"segment {row.id} does not hold what was signed")
        found[row.chain_id] += operations
        last[row.chain_id] = row.last_hash
    return list(found.values())


def editions() -> dict[str, dict[str, Any]]:
    """Digest → the edition's JSON."""
    rows = db.session.scalars(select(ChecklistEdition))
    unpack = zstandard.ZstdDecompressor().decompress
    return {row.digest: json.loads(unpack(row.definition)) for row in rows}


def register(mine: str) -> Register:
    """The attributes and the confirmed places of a mine."""
    attributes = select(MineAttribute).where(MineAttribute.mine_id == mine, MineAttribute.place_id.is_(None))
    places = select(Place).where(Place.mine_id == mine, Place.status == "confirmed")
    return Register(
        [(a.name, a.value, a.from_date) for a in db.session.scalars(attributes.order_by(MineAttribute.recorded_at))],
        [(p.id, p.kind, p.opened_on, p.closed_on) for p in db.session.scalars(places)],
    )
