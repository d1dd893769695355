"""What the database must say, worked out anew from the log alone, and where it says something else.

Written apart from the code that keeps the counts: it shares the decoding of segments and the routing of operations,
and nothing of `patrol.coverage`, `server.services.coverage` or `sync.visits`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from server.db import db
from server.durability.proof import prove_log
from server.keys import current_key
from server.models.coverage import CoverageMonth
from server.models.feed import StreamHead
from server.models.finding import Finding
from server.models.mine import Place
from server.models.segment import Chain, Segment
from server.models.visit import Visit, VisitSheet
from server.queries import log
from server.queries.finding_sheets import sheet_of
from server.services.exchange import judge
from sync import operations, sheets
from sync.known import ChainKnown
from sync.rebuild import Rebuilt, rebuild
from sync.segments import operations_of

Pairs = Callable[[str, str, str, str], Iterable[str]]
_GRAVER = ("na", "pass", "unseen", "fail")


def faults(pairs: Pairs) -> list[str]:
    """Everything that does not hold; `pairs(mine, edition digest or "" for the one in force, ISO day, cadence)`."""
    db.session.rollback()
    rebuilt, effective = _from_the_log()
    found = [str(fault) for fault in prove_log(db.session.connection(), current_key()).faults]
    found += [f"uid {uid} had {count} effects" for uid, count in effective.items() if count > 1]
    found += _sheets(rebuilt) + _visits(rebuilt, pairs) + _months(rebuilt, pairs) + _feed()
    db.session.rollback()
    return found


def stored_operations() -> set[str]:
    """The uids of every operation in the log."""
    return set(logged_operations())


def logged_operations() -> list[str]:
    """The uid of every operation in the log, as often as it stands there."""
    return [_uid(data) for segment in _segments() for data in operations_of(segment)]


def answers(sheet: sheets.Sheet) -> dict[str, str]:
    """Pair → the gravest of what stands."""
    return {
        key.removeprefix("answer/"): max((_outcome(v) for v in _standing(register)), key=_GRAVER.index)
        for key, register in sheet.registers.items()
        if key.startswith("answer/") and any(map(_answers, _standing(register)))
    }


def _segments() -> list[Any]:
    found = []
    for chain in db.session.scalars(select(Chain.id)):
        found += log.segments_from(chain, 1)
    return found


def _from_the_log() -> tuple[Rebuilt, Counter[str]]:
    rows = db.session.scalars(select(Segment).order_by(Segment.id)).all()
    by_place = {(s.chain, s.first): s for s in _segments()}
    ordered = [by_place[row.chain_id, row.first_seq] for row in rows]
    chains = {row.id: _chain(row) for row in db.session.scalars(select(Chain))}
    return rebuild(ordered, chains, judge), _effects(ordered)


def _chain(row: Chain) -> ChainKnown:
    return ChainKnown(row.id, log.author(row.user_id, row.device_id), row.algorithm, row.public_key)


def _effects(segments: list[Any]) -> Counter[str]:
    """How often each distinct operation had effect; the same one re-homed has it once."""
    seen: Counter[str] = Counter()
    contents: dict[str, set[str]] = {}
    for segment in segments:
        verdicts = dict(segment.verdicts)
        for data in operations_of(segment):
            content = json.loads(data)
            if verdicts.get(content["seq"], "applied") in operations.EFFECTIVE:
                told = json.dumps([content["kind"], content.get("reg"), content["body"]], sort_keys=True)
                contents.setdefault(content["uid"], set()).add(told)
    seen.update({uid: len(told) for uid, told in contents.items()})
    return seen


def _uid(data: bytes) -> str:
    return str(json.loads(data)["uid"])


def _sheets(rebuilt: Rebuilt) -> list[str]:
    stored = {row.visit_id: sheets.decode(row.data) for row in db.session.scalars(select(VisitSheet))}
    found = _differences("visit", stored, rebuilt.visits)
    kept = {row.id: sheet_of(row) for row in db.session.scalars(select(Finding))}
    return found + _differences("finding", kept, rebuilt.findings)


def _differences(noun: str, stored: dict[str, sheets.Sheet], rebuilt: dict[str, sheets.Sheet]) -> list[str]:
    known = {name: sheet for name, sheet in rebuilt.items() if sheet.registers}
    found = [f"{noun} {name} is stored or rebuilt only" for name in stored.keys() ^ known.keys()]
    both = stored.keys() & known.keys()
    differing = [name for name in both if stored[name].content() != known[name].content()]
    return found + [f"{noun} {name} differs from the log" for name in differing]


def _standing(register: Any) -> list[dict[str, Any]]:
    named = {p for uid, entry in register.entries.items() for p in entry.parents if p != uid}
    standing = [entry for uid, entry in register.entries.items() if uid not in named]
    return [json.loads(entry.value) for entry in standing or register.entries.values()]


def _outcome(value: dict[str, Any]) -> str:
    return max(value["outcome"], value.get("judged", value["outcome"]), key=_GRAVER.index)


def _answers(value: dict[str, Any]) -> bool:
    """A judgement without the value that the item asks for is no answer (RG-10)."""
    return value["outcome"] == "unseen" or value.get("judged") != "unseen"


def _disputed(register: Any) -> bool:
    told = [{n: v for n, v in value.items() if n not in ("note", "reason")} for value in _standing(register)]
    return any(value != told[0] for value in told)


def _visits(rebuilt: Rebuilt, pairs: Pairs) -> list[str]:
    raised = Counter(db.session.scalars(select(Finding.visit_id)))
    found = []
    for row in db.session.scalars(select(Visit)):
        sheet = rebuilt.visits[row.id]
        said = {} if row.status == "void" else answers(sheet)
        required = set(pairs(row.mine_id, row.edition_digest, row.local_date.isoformat(), "round"))
        keys = Counter(key.partition("/")[0] for key in sheet.registers)
        expected = {
            "answered": len(said),
            "failed": list(said.values()).count("fail"),
            "unseen": list(said.values()).count("unseen"),
            "round_required": len(required),
            "round_answered": len(required & said.keys()),
            "conflicts": sum(_disputed(r) for key, r in sheet.registers.items() if key.startswith("answer/")),
            "findings": raised[row.id],
            "chains_joined": keys["join"],
            "chains_done": keys["done"],
            "edition_digest": _pinned(sheet),
            "photos_declared": _photos(sheet),
        }
        found += [
            f"visit {row.id}: {name} is {getattr(row, name)}, recounted {value}"
            for name, value in expected.items()
            if getattr(row, name) != value
        ]
    return found


def _pinned(sheet: sheets.Sheet) -> str:
    """The edition of the opening with the smallest uid; a joining counts where nobody opened."""
    told = [
        (json.loads(entry.value)["by"] != "visit.open", uid, json.loads(entry.value)["edition"])
        for key, register in sheet.registers.items()
        if key.startswith("join/")
        for uid, entry in register.entries.items()
    ]
    return str(min(told)[2])


def _photos(sheet: sheets.Sheet) -> int:
    standing = [v for key, r in sheet.registers.items() if key.startswith("photo/") for v in _standing(r)]
    return sum("gone" not in value for value in standing)


def _months(rebuilt: Rebuilt, pairs: Pairs) -> list[str]:
    said: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in db.session.scalars(select(Visit)):
        month = said.setdefault((row.mine_id, row.local_date.isoformat()[:7]), {})
        for pair, outcome in ({} if row.status == "void" else answers(rebuilt.visits[row.id])).items():
            month.setdefault(pair, set()).add(outcome)
    found = []
    for row in db.session.scalars(select(CoverageMonth)):
        told = said.pop((row.mine_id, row.month))
        asked = list(pairs(row.mine_id, "", row.changed_at.date().isoformat(), "monthly"))
        outcomes = [told.get(pair, set()) for pair in asked]
        expected = {
            "applicable": len(asked),
            "judged": sum(bool(o - {"unseen"}) for o in outcomes),
            "unseen": sum(o == {"unseen"} for o in outcomes),
            "failed": sum("fail" in o for o in outcomes),
        }
        found += [
            f"{row.mine_id} {row.month}: {name} is {getattr(row, name)}, recounted {value}"
            for name, value in expected.items()
            if getattr(row, name) != value
        ]
    return found + [f"no coverage of {key}" for key in said]


def _feed() -> list[str]:
    heads = {row.stream: row.seq for row in db.session.scalars(select(StreamHead))}
    seqs: dict[str, list[int]] = {}
    for row in db.session.scalars(select(VisitSheet)):
        seqs[f"visit:{row.visit_id}"] = [r.seq for r in sheets.decode(row.data).registers.values()]
    for table, owner in ((Finding, "mine"), (Place, "mine"), (Visit, "team")):
        for row in db.session.scalars(select(table)):
            if row.feed_seq:
                seqs.setdefault(f"{owner}:{getattr(row, f'{owner}_id')}", []).append(row.feed_seq)
    for visit in db.session.scalars(select(Visit).where(Visit.photos_seq > 0)):
        seqs.setdefault(f"team:{visit.team_id}", []).append(visit.photos_seq)
    found = [f"{stream} gave a number twice" for stream, given in seqs.items() if len(set(given)) < len(given)]
    found += [
        f"{stream} ends at {max(given)}, its head says {heads.get(stream)}"
        for stream, given in seqs.items()
        if max(given) != heads.get(stream)
    ]
    return found
