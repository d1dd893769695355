"""Writes a plan into the store in memory, its parts in any order (PL-3)."""

import random
from collections.abc import Callable

from simulation.store import Store
from sync.known import ChainKnown, FindingKnown, Plan, VisitKnown
from sync.sheets import encode


def write(store: Store, plan: Plan, order: int) -> None:
    """Everything that `plan` says; `order` shuffles its parts, because none may depend on another."""
    parts = list(_PARTS)
    random.Random(order).shuffle(parts)
    for part in parts:
        part(store, plan)


def _chains(store: Store, plan: Plan) -> None:
    for c in plan.chains:
        store.chains[c.chain] = ChainKnown(c.chain, c.author, c.alg, c.key, c.head, 0, c.vouched, closed=c.closed)


def _segments(store: Store, plan: Plan) -> None:
    store.segments += plan.segments


def _visits(store: Store, plan: Plan) -> None:
    for v in plan.visits:
        store.visits[v.visit] = VisitKnown(v.visit, v.identity, v.sheet, v.status)


def _visit_rows(store: Store, plan: Plan) -> None:
    store.visit_rows |= plan.visit_rows


def _findings(store: Store, plan: Plan) -> None:
    for f in plan.findings:
        store.findings[f.finding] = FindingKnown(f.finding, f.mine, f.visit, encode(f.content))


def _places(store: Store, plan: Plan) -> None:
    for place in plan.places:
        if place.place not in store.places:
            store.places[place.place] = place


def _withheld(store: Store, plan: Plan) -> None:
    store.withheld |= {row.uid: row for row in plan.withheld}


def _released(store: Store, plan: Plan) -> None:
    for uid in plan.released:
        store.withheld.pop(uid, None)


def _refused(store: Store, plan: Plan) -> None:
    store.refused += plan.refused


def _heads(store: Store, plan: Plan) -> None:
    store.heads |= plan.heads


_PARTS: tuple[Callable[[Store, Plan], None], ...] = (
    _chains, _segments, _visits, _visit_rows, _findings, _places, _withheld, _released, _refused, _heads,
)  # fmt: skip
