"""What a mine is asked on a day under an edition, item by item, and why. Reads only."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from checklists.applicability import Asked
from checklists.editions import Edition
from patrol.errors import NotFound
from patrol.mines import values_on
from patrol.permissions import Actor
from server.queries.checklists import get_edition
from server.queries.mines import get_mine
from server.services import editions
from server.services.asked import mine_register


def explain(actor: Actor, mine_id: str, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The shape of `schemas.checklist.Applicability`. Raises NotFound for mine or edition."""
    mine = get_mine(actor, mine_id)
    day = wanted.get("on", today)
    edition = _edition(actor, wanted.get("edition"), day)
    register = mine_register(mine.id)
    attributes = values_on(register.history, day)
    asked = edition.explain(attributes, register.places, day, wanted["cadence"])
    titles = {key: item.title for key, item in edition.items.items()}
    return {
        "mine_id": mine.id,
        "on": day,
        "edition": edition.digest,
        "pairs": sum(len(item.places) for item in asked),
        "items": [_told(item, titles[item.item]) for item in asked],
    }


def _edition(actor: Actor, digest: str | None, day: date) -> Edition:
    if digest is None:
        return editions.edition_in_force(actor.county, day)
    found = editions.find_edition(get_edition(actor, digest).digest)
    if found is None:
        raise NotFound("not_found", noun="checklist")
    return found


def _told(asked: Asked, title: str) -> dict[str, Any]:
    tests = [msgspec.to_builtins(test) for test in asked.tests]
    return asked._asdict() | {"title": title, "places": list(asked.places), "tests": tests}
