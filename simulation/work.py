"""What people do on a phone in a simulated run: every kind of edit, chosen by numbers."""

from collections.abc import Callable
from typing import Literal

from simulation.handset import Handset
from sync import bodies
from sync.chain import b64
from sync.phone import edits
from sync.visits import visit_id

Severity = Literal["general", "serious_violation", "suspected_major"] | None
OUTCOMES = ("pass", "fail", "unseen", "na")
SEVERITIES: tuple[Severity, ...] = ("general", "serious_violation", "suspected_major", None)
REGISTERS = (*(f"answer/GAS-00{n}/-" for n in range(3)), "answer/VEN-001/face")
IDENTITIES = (
    bodies.VisitIdentity("t1", "m1", "round", "2026-03-01", 1, "ed1"),
    bodies.VisitIdentity("t1", "m2", "full", "2026-03-01", 1, "ed1"),
    bodies.VisitIdentity("t2", "m1", "round", "2026-03-02", 1, "ed2"),
)
VISITS = tuple(visit_id(identity) for identity in IDENTITIES)
Edit = Callable[[Handset, str, int, int], None]


def enter(handset: Handset, person: str, visit: int, number: int) -> None:
    """Open or join a visit, under one of two editions."""
    given = IDENTITIES[visit]
    edition = ("ed1", "ed2")[number % 5 == 0]
    identity = bodies.VisitIdentity(given.team, given.mine, given.kind, given.date, given.ordinal, edition)
    handset.phone.edit(edits.enter_visit, person, identity, opening=number % 2 == 0)


def answer(handset: Handset, person: str, visit: int, number: int) -> None:
    """Answer one of a few pairs, often the same one, so that people meet; over a dispute this settles it."""
    outcome = OUTCOMES[number % 4]
    more: dict[str, object] = {"reason": "dark"} if number % 4 > 1 else {}
    if number % 3 == 0:
        more["value"] = number % 100
    handset.phone.answer(person, VISITS[visit], REGISTERS[number // 4 % 4], outcome, **more)


def raise_finding(handset: Handset, person: str, visit: int, number: int) -> None:
    """Raise a finding, or change one that the phone knows."""
    if VISITS[visit] not in handset.state.mines:
        return
    known = sorted(handset.state.findings)
    name = known[number % len(known)] if known and number % 3 else handset.phone.desk.uid()
    text = f"t{number % 7}" if number % 2 else None
    fields = bodies.FindingFields(severity=SEVERITIES[number % 4], text=text, place="p1")
    handset.phone.edit(edits.edit_finding, person, name, fields, VISITS[visit])


def end_finding(handset: Handset, person: str, visit: int, number: int) -> None:
    """Take a finding back, or say whether it was put right."""
    known = sorted(handset.state.findings)
    if not known:
        return
    name = known[number % len(known)]
    if number % 2:
        handset.phone.edit(edits.retract_finding, person, name, "a mistake", VISITS[visit])
    else:
        handset.phone.edit(edits.recheck_finding, person, bodies.Recheck(name, "passed"), VISITS[visit])


def photograph(handset: Handset, person: str, visit: int, number: int) -> None:
    """Add a photo of the visit or of a finding, or retract one that is shown."""
    shown = sorted(k for k in handset.state.rows.get(f"visit:{VISITS[visit]}", {}) if k.startswith("photo/"))
    if shown and number % 4 == 0:
        gone = bodies.PhotoRetraction(shown[number % len(shown)][6:], "visit", "blurred")
        handset.phone.edit(edits.photo, person, gone, VISITS[visit])
        return
    known = sorted(handset.state.findings)
    of = f"finding/{known[number % len(known)]}" if known and number % 2 else "visit"
    body = bodies.Photo(handset.phone.desk.uid(), f"{number:064x}", 1000, "image/jpeg", 4, 3, of, "stream")
    handset.phone.edit(edits.photo, person, body, VISITS[visit])


def remark(handset: Handset, person: str, visit: int, number: int) -> None:
    """A note, a claim, a mark, a proposed place or a signature."""
    name = b64(bytes([number % 5]) * 16)
    bits: tuple[tuple[Callable[..., str], tuple[object, ...]], ...] = (
        (edits.note, (bodies.Note(name, "visit", f"n{number}"),)),
        (edits.claim, (person, [f"GAS-00{number % 3}"])),
        (edits.mark_place, (bodies.PlaceMark(bodies.Location("none")),)),
        (edits.propose_place, (bodies.ProposedPlace(name, IDENTITIES[visit].mine, "face", "new"),)),
        (edits.sign, (bodies.Signing("member", person),)),
    )
    act, given = bits[number % 5]
    handset.phone.edit(act, person, *given, VISITS[visit])


def finish(handset: Handset, person: str, visit: int, number: int) -> None:
    """Say that this person is done, or submit the visit."""
    handset.phone.edit(edits.submit if number % 3 == 0 else edits.done, person, VISITS[visit])


EDITS: dict[str, Edit] = {
    "enter": enter, "answer": answer, "finding": raise_finding, "end": end_finding, "photo": photograph,
    "remark": remark, "finish": finish,
}  # fmt: skip
