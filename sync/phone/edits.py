"""What a person does on the phone, each as one operation (SPEC, part PN).

Every edit names as parents exactly what the screen showed; nothing waits for the network.
"""

from typing import Unpack

from sync import bodies
from sync import operations as ops
from sync.phone import pen, view
from sync.phone.desk import Desk
from sync.phone.pen import CannotWrite
from sync.visits import visit_id

_SORTS: dict[object, str] = {
    ops.AnswerSet: "answers", ops.FindingSet: "findings", ops.FindingRetract: "findings",
    ops.FindingRecheck: "findings", ops.PhotoAdd: "photos", ops.PhotoRetract: "photos",
}  # fmt: skip


def write(
    desk: Desk, person: str, kind: type[ops.Operation], body: bodies.Body, **envelope: Unpack[pen.Envelope]
) -> str:
    """One operation on the person's chain, counted for the visit's `visit.done`."""
    uid = pen.write(desk, pen.current_chain(desk, person), kind, body, **envelope)
    sort, visit = _SORTS.get(kind), envelope.get("visit")
    if sort and visit:
        made = desk.state.made.setdefault(f"{visit} {person}", {})
        made[sort] = made.get(sort, 0) + 1
    return uid


def enter_visit(desk: Desk, person: str, identity: bodies.VisitIdentity, *, opening: bool) -> str:
    """Open or join a visit; returns its derived id."""
    visit = visit_id(identity)
    desk.state.mines[visit] = identity.mine
    write(desk, person, ops.VisitOpen if opening else ops.VisitJoin, identity, visit=visit)
    return visit


def answer(desk: Desk, person: str, visit: str, reg: str, body: bodies.Answer) -> str:
    """Answer a pair; over a dispute this settles it, because every shown head is named."""
    parents = view.shown(desk, f"visit:{visit}", reg).uids
    return write(desk, person, ops.AnswerSet, body, visit=visit, reg=reg, parents=parents)


def settle(desk: Desk, person: str, visit: str, reg: str, body: bodies.Answer) -> str:
    """Settle a dispute that the screen shows; raises CannotWrite where there is none."""
    if not view.shown(desk, f"visit:{visit}", reg).disputed:
        raise CannotWrite("no_dispute")
    return answer(desk, person, visit, reg, body)


def edit_finding(desk: Desk, person: str, finding: str, fields: bodies.FindingFields, visit: str) -> str:
    """Raise a finding (a new id) or change fields of one."""
    mine = desk.state.mines[visit]
    desk.state.findings[finding] = mine
    row = view.fields_shown(desk, f"mine:{mine}", f"finding/{finding}")
    given = {f for f in fields.__struct_fields__ if getattr(fields, f) is not None} | {"state"}
    seen = {name: row[name].uids for name in sorted(given) if name in row and row[name].heads}
    body = bodies.FindingEdit(finding, fields, seen)
    return write(desk, person, ops.FindingSet, body, visit=visit)


def finding_parents(desk: Desk, finding: str, field: str) -> list[str]:
    """The heads of a finding's field on the screen."""
    stream = f"mine:{desk.state.findings[finding]}"
    return view.shown(desk, stream, f"finding/{finding}", field).uids


def retract_finding(desk: Desk, person: str, finding: str, reason: str, visit: str) -> str:
    """Take a finding back; an edit that did not see this stands beside it."""
    body = bodies.FindingRetraction(finding, reason)
    parents = finding_parents(desk, finding, "state")
    return write(desk, person, ops.FindingRetract, body, visit=visit, parents=parents)


def recheck_finding(desk: Desk, person: str, body: bodies.Recheck, visit: str) -> str:
    """Say whether a finding was put right."""
    parents = finding_parents(desk, body.finding, "status")
    return write(desk, person, ops.FindingRecheck, body, visit=visit, parents=parents)


def photo(desk: Desk, person: str, body: bodies.Photo | bodies.PhotoRetraction, visit: str) -> str:
    """Add a photo's facts, or retract it; its bytes travel apart."""
    kind = ops.PhotoAdd if isinstance(body, bodies.Photo) else ops.PhotoRetract
    parents = view.shown(desk, f"visit:{visit}", f"photo/{body.photo}").uids
    return write(desk, person, kind, body, visit=visit, parents=parents)


def note(desk: Desk, person: str, body: bodies.Note, visit: str) -> str:
    """A note of the visit, an answer or a finding; the same id again changes it."""
    sort, _, finding = body.of.partition("/")
    if sort == "finding":
        parents = finding_parents(desk, finding, f"note/{body.note}")
    else:
        parents = view.shown(desk, f"visit:{visit}", f"note/{body.note}").uids
    return write(desk, person, ops.NoteAdd, body, visit=visit, parents=parents)


def claim(desk: Desk, person: str, whom: str, items: list[str], visit: str) -> str:
    """Say which items are whose; advice, never a lock."""
    parents = view.shown(desk, f"visit:{visit}", f"claim/{whom}").uids
    body = bodies.Claim(whom, items)
    return write(desk, person, ops.ItemClaim, body, visit=visit, parents=parents)


def mark_place(desk: Desk, person: str, body: bodies.PlaceMark, visit: str) -> str:
    """The person is at a place."""
    return write(desk, person, ops.PlaceMark, body, visit=visit)


def propose_place(desk: Desk, person: str, body: bodies.ProposedPlace, visit: str) -> str:
    """A place that the register lacks."""
    parents = view.shown(desk, f"visit:{visit}", f"place/{body.place}").uids
    return write(desk, person, ops.PlaceAdd, body, visit=visit, parents=parents)


def sign(desk: Desk, person: str, body: bodies.Signing, visit: str) -> str:
    """A signature, or the recorded refusal of one."""
    who = (body.person or person) if body.role == "member" else "-"
    parents = view.shown(desk, f"visit:{visit}", f"sign/{body.role}/{who}").uids
    return write(desk, person, ops.VisitSign, body, visit=visit, parents=parents)


def done(desk: Desk, person: str, visit: str) -> str:
    """This person's work on this phone is entered; says how much it is."""
    made = desk.state.made.get(f"{visit} {person}", {})
    body = bodies.Done(made.get("answers", 0), made.get("findings", 0), made.get("photos", 0))
    key = f"done/{person}@{desk.state.device}"
    parents = view.shown(desk, f"visit:{visit}", key).uids
    return write(desk, person, ops.VisitDone, body, visit=visit, parents=parents)


def submit(desk: Desk, person: str, visit: str, note: str | None = None) -> str:
    """Submit the visit; names everybody whose joining this phone has seen."""
    stream = f"visit:{visit}"
    expected = [k[5:] for k in view.keys_shown(desk, stream) if k.startswith("join/")]
    parents = view.shown(desk, stream, "visit/status").uids
    body = bodies.Submission(expected, note)
    return write(desk, person, ops.VisitSubmit, body, visit=visit, parents=parents)
