"""One visit as its page shows it: the merged record by place, what people disagree on, what is still missing and on
which phone, and what this actor may do now. Reads only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import case, select

from patrol import visits as rules
from patrol.permissions import Actor, Subject, Verb, can, scopes
from patrol.steps import Attempt, Offer
from server.db import db
from server.models.finding import Finding
from server.models.mine import Mine, Place
from server.models.team import Team
from server.models.visit import SealedVisit, Visit
from server.queries import visits
from server.services import editions, photo_walls, sealing, visit_lacks, visit_story
from server.services.photo_walls import Hung
from server.services.witness import Said, Witness
from sync.registers import Entry, Register, agree, counted
from sync.sheets import Sheet, decode
from sync.visits import participants
from sync.visits import photos as standing_photos

#: What the page can be narrowed to.
SHOWN = ("all", "fail", "disputed", "unseen", "na", "photos")
#: How many findings the page lists, the gravest first; the list of findings has them all.
FINDINGS_SHOWN = 30
#: Steps of a visit's life that are taken on this page; a release is asked for by operation, a submission on the phone.
_STEPS = (rules.VisitStep.APPROVE, rules.VisitStep.SEND_BACK, rules.VisitStep.SEAL, rules.VisitStep.VOID)


@dataclass(frozen=True)
class Side:
    """What one person said of a pair; `judged` is the county's own outcome where it differs."""

    uid: str
    value: Mapping[str, Any]
    said: Said
    stands: bool

    @property
    def outcome(self) -> str:
        """The outcome as the phone gave it."""
        return str(self.value["outcome"])


@dataclass(frozen=True)
class Pair:
    """One item at one place: what counts, everybody's words, the photos of it."""

    item: str
    place: str
    title: str
    section: str
    outcome: str
    disputed: bool
    sides: Sequence[Side]
    earlier: Sequence[Side]
    photos: Sequence[Hung]


def view_page(actor: Actor, visit_id: str, shown: str, now: datetime) -> dict[str, Any]:
    """Everything that the page shows. Raises NotFound."""
    stored = visits.get_record(actor, visit_id)
    row, sheet = stored.visit, decode(stored.sheet)
    held = sealing.look(row, sheet)
    witness = Witness(_entries(sheet), _people_of(sheet))
    hung = _hang(actor, sheet, witness)
    pairs = list(_pairs(row, sheet, witness, photo_walls.by_subject(hung)))
    office = bool(scopes(actor.role, Verb.VISIT_READ))
    value = sealing.value_of(held)
    return {
        "row": row,
        "value": value,
        "mine": db.session.get_one(Mine, row.mine_id),
        "team": db.session.get_one(Team, row.team_id),
        "people": [_participant(name, witness, sheet) for name in participants(sheet)],
        "groups": _groups(row, [pair for pair in pairs if _is_shown(pair, shown)]),
        "counts": {name: sum(_is_shown(pair, name) for pair in pairs) for name in SHOWN},
        "disputed": [pair for pair in pairs if pair.disputed],
        "may_settle": can(actor, Verb.VISIT_SETTLE, Subject(row.county_id, team=row.team_id, mine=row.mine_id)),
        "photos": hung,
        "loose": [one for one in hung if not one.of.startswith("answer/")],
        "flagged": [one for one in hung if one.flags] if office else [],
        "signatures": _signatures(sheet, witness, hung),
        "notes": _notes(sheet, witness),
        "lacks": visit_lacks.lacks_of(held.missing, sheet, witness) if office else [],
        "findings": _findings(row.id),
        "offers": offers_of(actor, value, now),
        "story": visit_story.story_of(row, sheet, witness) if office else [],
        "addenda": visit_story.waiting_of(row.id) if office else [],
        "may_release": bool(scopes(actor.role, Verb.OPERATION_RELEASE)),
        "sealed": _sealed(row.id) if office else [],
        "sent_back": visit_story.sent_back_of(sheet, witness),
        "office": office,
    }


def offers_of(actor: Actor, value: rules.Visit, now: datetime) -> list[Offer]:
    """What this actor may do with the visit now."""
    return [offer for offer in rules.offered(value, Attempt(actor, now)) if offer.step in _STEPS]


def _entries(sheet: Sheet) -> list[Entry]:
    return [entry for register in sheet.registers.values() for entry in register.entries.values()]


def _people_of(sheet: Sheet) -> set[str]:
    return {name.partition("@")[0] for name in participants(sheet)}


def _participant(name: str, witness: Witness, sheet: Sheet) -> dict[str, Any]:
    person, _, device = name.partition("@")
    done = sheet.registers.get(f"done/{name}")
    return {
        "name": witness.name(person),
        "phone": witness.phone(device),
        "done": witness.of(done.heads()[0]) if done else None,
        "answers": sum(
            e.stamp.person == person and e.stamp.device == device
            for _, register in sheet.under("answer/")
            for e in register.heads()
        ),
    }


def _hang(actor: Actor, sheet: Sheet, witness: Witness) -> list[Hung]:
    """The photos that stand, each with whoever declared it."""
    declared = []
    for photo in standing_photos(sheet):
        first, *_ = sheet.registers[f"photo/{photo.photo}"].entries.values()
        declared.append((photo, witness.of(first)))
    return photo_walls.hang(actor, declared)


def _pairs(row: Visit, sheet: Sheet, witness: Witness, photos: Mapping[str, list[Hung]]) -> Iterator[Pair]:
    edition = editions.find_edition(row.edition_digest)
    titles = (
        {item.key: (item.title, s.title) for s in edition.checklist.sections for item in s.items} if edition else {}
    )
    order = {key: number for number, key in enumerate(titles)}
    keys = [(key.split("/")[1], key.split("/")[2], register) for key, register in sheet.under("answer/")]
    for item, place, register in sorted(keys, key=lambda one: (order.get(one[0], len(order)), one[0], one[1])):
        title, section = titles.get(item, (item, ""))
        yield _pair((item, place, title, section), register, witness, photos.get(f"answer/{item}/{place}", ()))


def _pair(what: tuple[str, str, str, str], register: Register, witness: Witness, photos: Sequence[Hung]) -> Pair:
    heads = register.heads()
    standing = {head.uid for head in heads}
    sides = [_side(entry, witness, standing) for entry in register.entries.values()]
    return Pair(
        *what,
        outcome=counted(heads),
        disputed=not agree(heads),
        sides=[side for side in sides if side.stands],
        earlier=sorted((side for side in sides if not side.stands), key=lambda side: side.said.at),
        photos=photos,
    )


def _side(entry: Entry, witness: Witness, standing: set[str]) -> Side:
    return Side(entry.uid, msgspec.json.decode(entry.value), witness.of(entry), entry.uid in standing)


def _is_shown(pair: Pair, shown: str) -> bool:
    match shown:
        case "all":
            return True
        case "disputed":
            return pair.disputed
        case "photos":
            return bool(pair.photos)
        case _:
            return pair.outcome == shown


def _groups(row: Visit, pairs: Sequence[Pair]) -> list[tuple[str, list[Pair]]]:
    """(place's name, its pairs): the mine itself first, then the places by name. "" is the mine itself."""
    ids = {pair.place for pair in pairs}
    found = db.session.execute(select(Place).where(Place.mine_id == row.mine_id, Place.id.in_(ids))).scalars()
    names = {place.id: place.name for place in found}
    by_place: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_place.setdefault(pair.place, []).append(pair)
    named = [("" if place == "-" else names.get(place, place), found) for place, found in by_place.items()]
    return sorted(named, key=lambda group: group[0])


def _signatures(sheet: Sheet, witness: Witness, hung: Sequence[Hung]) -> list[dict[str, Any]]:
    pictures = {one.digest: one for one in hung}
    heads = [head for _, register in sorted(sheet.under("sign/")) for head in register.heads()]
    return [
        {"body": body, "said": witness.of(head), "picture": pictures.get(body.get("picture", ""))}
        for head in heads
        for body in (msgspec.json.decode(head.value),)
    ]


def _notes(sheet: Sheet, witness: Witness) -> list[dict[str, Any]]:
    heads = [head for _, register in sorted(sheet.under("note/")) for head in register.heads()]
    return [{"body": msgspec.json.decode(head.value), "said": witness.of(head)} for head in heads]


def _findings(visit: str) -> Sequence[Finding]:
    grave = case((Finding.severity == "general", 1), else_=0)
    query = select(Finding).where(Finding.visit_id == visit).order_by(grave, Finding.recorded_at, Finding.id)
    return db.session.scalars(query.limit(FINDINGS_SHOWN)).all()


def _sealed(visit: str) -> Sequence[SealedVisit]:
    query = select(SealedVisit).where(SealedVisit.visit_id == visit).order_by(SealedVisit.number)
    return db.session.scalars(query).all()
