"""A visit's identity and life, read from its registers (SPEC, part VS).

Its state is never stored as a decision of its own: it follows from the set of operations and from
which photo bytes have arrived.
"""

import hashlib
from base64 import b32encode
from collections.abc import Collection
from functools import lru_cache

import msgspec

from sync import bodies
from sync.known import AnswerChange
from sync.registers import Entry, Register, agree, answered, counted, outcome
from sync.sheets import Sheet

RANK = {"open": 0, "submitted": 1, "approved": 2, "sealed": 3, "void": 4}
#: The team has handed it in and still adds to it.
HANDED_IN = frozenset({"submitted", "approved"})
CLOSED = frozenset({"sealed", "void"})
_edition = msgspec.json.Decoder(dict[str, str])


@lru_cache(maxsize=4096)
def visit_id(identity: bodies.VisitIdentity) -> str:
    """The derived id (VS-1): phones that open the same visit apart open one."""
    parts = (identity.team, identity.mine, identity.kind, identity.date, str(identity.ordinal))
    digest = hashlib.sha256("|".join(("visit", *parts)).encode()).digest()
    return b32encode(digest).decode().lower()[:26]


def status_of(sheet: Sheet) -> str:
    """open | submitted | approved | sealed | void: the gravest head of visit/status (VS-4)."""
    register = sheet.registers.get("visit/status")
    if register is None:
        return "open"
    return max((_said(head) for head in register.heads()), key=RANK.__getitem__)


def editions(sheet: Sheet) -> dict[str, str]:
    """The checklist edition of each participant, and under "" the one the visit is pinned to (VS-2).

    Of several openings the one with the smallest uid counts, visit.open before visit.join, so that
    it does not depend on which phone was heard first.
    """
    found: dict[str, tuple[bool, str, str]] = {}
    for key, register in sheet.under("join/"):
        for entry in register.entries.values():
            facts = _edition.decode(entry.value)
            rank = (facts["by"] != "visit.open", entry.uid, facts["edition"])
            for name in (key[5:], ""):
                found[name] = min(rank, found.get(name, rank))
    return {name: edition for name, (_, _, edition) in found.items()}


def participants(sheet: Sheet) -> tuple[str, ...]:
    """Who joined: <person>@<device>, sorted."""
    return tuple(sorted(key[5:] for key, _ in sheet.under("join/")))


def state_of(sheet: Sheet, here: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """(status, missing) with `submitted_incomplete` told from `submitted` (VS-5).

    `here`: digests of photos whose bytes are complete. `missing` lists what is outstanding, each as
    join:<participant>, done:<participant>, <sort>:<participant>:<number> or photo:<digest>.
    """
    status = status_of(sheet)
    if status not in HANDED_IN:
        return status, ()
    missing = (*_missing_work(sheet), *_missing_photos(sheet, here))
    return ("submitted_incomplete" if missing and status == "submitted" else status), missing


def _missing_work(sheet: Sheet) -> list[str]:
    joined = participants(sheet)
    expected = {name for entry in submissions(sheet) for name in _expected(entry)}
    missing = [f"join:{name}" for name in sorted(expected.difference(joined))]
    made = _made(sheet)
    for name in joined:
        register = sheet.registers.get(f"done/{name}")
        if register is None:
            missing.append(f"done:{name}")
            continue
        missing += _short(name, register, made.get(name, {}))
    return missing


def submissions(sheet: Sheet) -> list[Entry]:
    """The submissions that stand: heads, and the nearest ones that an approving, sealing or voiding head goes back to.

    Where there are none before the reopening that such a head names, those beyond it stand: the record was opened for
    an addendum and sealed again.
    """
    register = sheet.registers.get("visit/status")
    heads = [head for head in register.heads() if _said(head) != "open"] if register else []
    if register is None or not heads:
        return []
    return _nearest(register, heads, {"submitted", "open"}) or _nearest(register, heads, {"submitted"})


def _nearest(register: Register, heads: list[Entry], ends: Collection[str]) -> list[Entry]:
    """The submissions found going back from `heads`, no further than where an entry says one of `ends`."""
    left, seen = list(heads), dict[str, Entry]()
    while left:
        entry = left.pop()
        seen[entry.uid] = entry
        if _said(entry) not in ends:
            left += [register.entries[uid] for uid in entry.parents if uid in register.entries and uid not in seen]
    return [entry for entry in seen.values() if _said(entry) == "submitted"]


def _said(entry: Entry) -> str:
    return str(msgspec.json.decode(entry.value)["status"])


def _expected(head: Entry) -> list[str]:
    return list(msgspec.json.decode(head.value).get("expected", ()))


def _short(name: str, done: Register, made: dict[str, int]) -> list[str]:
    """Which counts the participant's heads promise and the sheet does not hold."""
    said = [msgspec.json.decode(head.value) for head in done.heads()]
    short = []
    for sort in ("answers", "findings", "photos"):
        lacking = max(facts[sort] for facts in said) - made.get(sort, 0)
        if lacking > 0:
            short.append(f"{sort}:{name}:{lacking}")
    return short


_SORTS = {"answer": "answers", "finding": "findings", "photo": "photos"}


def _made(sheet: Sheet) -> dict[str, dict[str, int]]:
    """Operations with effect by participant and sort."""
    made: dict[str, dict[str, int]] = {}
    for key, register in sheet.registers.items():
        sort = _SORTS.get(key.partition("/")[0])
        if sort is None:
            continue
        for entry in register.entries.values():
            mine = made.setdefault(f"{entry.stamp.person}@{entry.stamp.device}", {})
            mine[sort] = mine.get(sort, 0) + 1
    return made


def work_of(sheet: Sheet, participant: str) -> bodies.Done:
    """The counts a participant's visit.done carries."""
    made = _made(sheet).get(participant, {})
    return bodies.Done(made.get("answers", 0), made.get("findings", 0), made.get("photos", 0))


def _missing_photos(sheet: Sheet, here: Collection[str]) -> list[str]:
    return [f"photo:{p.sha256}" for p in photos(sheet) if p.sha256 not in here]


_photo = msgspec.json.Decoder(bodies.Photo)


def photos(sheet: Sheet) -> list[bodies.Photo]:
    """The photos that stand, that is whose register has a head that is not a retraction."""
    heads = [head for _, register in sheet.under("photo/") for head in register.heads()]
    return [_photo.decode(h.value) for h in heads if not h.value.startswith(b'{"gone"')]


def answer_change(key: str, register: Register) -> AnswerChange:
    """What a register answer/<item>/<place> counts as now."""
    _, item, place = key.split("/")
    if len(register.entries) == 1:
        (entry,) = register.entries.values()
        value = entry.value
        return AnswerChange(item, place, outcome(value), False, key, answered(value))  # noqa: FBT003 - as declared
    heads = register.heads()
    said = any(answered(head.value) for head in heads)
    return AnswerChange(item, place, counted(heads), not agree(heads), key, said)


def disputed(sheet: Sheet) -> int:
    """How many answers have heads that do not agree."""
    shared = (register for key, register in sheet.under("answer/") if len(register.entries) > 1)
    return sum(not agree(register.heads()) for register in shared)


def times(sheet: Sheet) -> tuple[int, int | None]:
    """(opened, submitted): wall ms of the first opening, and of the submission that stands."""
    opened = [entry.stamp.wall for _, register in sheet.under("join/") for entry in register.entries.values()]
    return min(opened, default=0), min((entry.stamp.wall for entry in submissions(sheet)), default=None)


def answers(sheet: Sheet) -> list[AnswerChange]:
    """What every answer of the visit counts as."""
    return [answer_change(key, register) for key, register in sheet.under("answer/")]
