"""One finding as its page shows it: what, where, until when; photos before and after; all that was said; what this
actor may do now. Reads only; which step is whose is `patrol.finding_steps`'s to say, and nobody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import select

from checklists.definition import Item
from checklists.standards import in_force, links_in_force
from patrol.deadlines import county_owes_by, is_overdue, rung_of
from patrol.finding_steps import offered
from patrol.findings import Finding as Value
from patrol.findings import Status, Step
from patrol.periods import local_date
from patrol.permissions import Actor, Verb, can
from patrol.steps import Attempt, Offer
from server.db import db
from server.models.finding import Finding
from server.models.mine import Mine, Place
from server.models.visit import Visit
from server.queries import finding_lists
from server.queries.finding_sheets import sheet_of
from server.queries.findings import get_finding, ids_in_sight, subject_of_finding
from server.services import editions, finding_story, photo_walls
from server.services.finding_life import Home, Life, life_of
from server.services.witness import Witness
from sync import bodies
from sync.registers import Register, agree
from sync.sheets import Sheet


@dataclass(frozen=True)
class Told:
    """A finding with its life, its sheet and whoever said anything in it."""

    row: Finding
    sheet: Sheet
    life: Life
    value: Value
    witness: Witness


def look(actor: Actor, finding_id: str) -> Told:
    """Raises NotFound."""
    row = get_finding(actor, finding_id)
    sheet = sheet_of(row)
    life = life_of(Home(row.id, row.county_id, row.mine_id, row.visit_id), sheet)
    entries = [entry for register in sheet.registers.values() for entry in register.entries.values()]
    value = replace(life.finding, team=subject_of_finding(row).team or "")
    return Told(row, sheet, life, value, Witness(entries, [row.recorded_by]))


def view_page(actor: Actor, finding_id: str, now: datetime) -> dict[str, Any]:
    """Everything that the page shows. Raises NotFound."""
    told = look(actor, finding_id)
    row, value, today = told.row, told.value, local_date(now)
    item = _item(row)
    walls = photo_walls.of_finding(actor, told.sheet, told.witness, value)
    return {
        "row": row,
        "value": value,
        "recorder": told.witness.name(row.recorded_by),
        "mine": db.session.get_one(Mine, row.mine_id),
        "place": db.session.get(Place, row.place_id) if row.place_id else None,
        "visit": db.session.get(Visit, row.visit_id) if row.visit_id else None,
        "item": item,
        "overdue": is_overdue(value, today),
        "rung": rung_of(value, today),
        "days_left": (value.deadline - today).days,
        "owed_by": county_owes_by(value),
        "offers": offers_of(actor, value, now),
        "clauses": clauses(row.county_id, today),
        "suggested": suggested(row, item, today),
        "related": [] if actor.role.value == "mine_user" else finding_lists.related(actor, row),
        "disputes": _disputes(told, actor),
        "repeat_of": _seen(actor, row.repeat_of),
        "repeats": finding_lists.repeats_of(actor, row.id),
        "links": [(done, _seen(actor, str(done.values["finding"]))) for done in value.history if done.step == "link"],
        "walls": walls,
        "words": _words(row, told),
        "story": finding_story.story_of(told.sheet, told.life, told.witness),
        "plan": value.last(Step.FILE_PLAN),
        "listing": value.last(Step.LIST),
        "confirmed": value.last(Step.CONFIRM),
        "fields": {name: msgspec.json.decode(_first(told.sheet, name)) for name in ("measures", "responsible", "answer")
                   if name in told.sheet.registers},
    }  # fmt: skip


#: Steps that are possible nearly always and hardly ever the next one: they stand last.
_SELDOM = (Step.SUSPECT, Step.LINK, Step.VOID)


def offers_of(actor: Actor, value: Value, now: datetime) -> Sequence[Offer]:
    """The steps that this actor's role allows from here, those that nothing stands in the way of first.

    A retraction is the phones': an office chain cannot write one.
    """
    found = [offer for offer in offered(value, Attempt(actor, now)) if offer.step != Step.RETRACT]
    # A plan that stands may be filed anew, but what follows it is what is waited for.
    again = {Step.FILE_PLAN} if value.status is Status.RECTIFYING and value.last(Step.FILE_PLAN) else set()
    return sorted(found, key=lambda offer: (bool(offer.blocked), offer.step in {*_SELDOM, *again}))


def clauses(county: str, today: date) -> list[tuple[str, str, str]]:
    """(value, standard's title, article) of every article that the edition in force names as one of a major hazard
    and whose standard is in force today.
    """
    edition = editions.find_in_force(county, today)
    if edition is None:
        return []
    standards = edition.checklist.standards
    links = {link for item in edition.items.values() for link in item.severity.may_be_major}
    valid = sorted((link.standard, link.article) for link in links if in_force(standards[link.standard], today))
    return [(f"{standard} {article}", standards[standard].title, article) for standard, article in valid]


def suggested(row: Finding, item: Item | None, today: date) -> str:
    """The first article in force that the checklist names for the item, as a value of `clauses`; "" for none."""
    edition = editions.find_in_force(row.county_id, today)
    if item is None or edition is None:
        return ""
    known = [link for link in item.severity.may_be_major if link.standard in edition.checklist.standards]
    links = links_in_force(known, edition.checklist.standards, today)
    return f"{links[0].standard} {links[0].article}" if links else ""


def _item(row: Finding) -> Item | None:
    """The checklist's item, in the words under which it was judged."""
    if row.item_key is None:
        return None
    visit = db.session.get(Visit, row.visit_id) if row.visit_id else None
    edition = editions.find_edition(visit.edition_digest) if visit else None
    return edition.items.get(row.item_key) if edition else None


def _words(row: Finding, told: Told) -> dict[str, str]:
    """What ids in the story are called: places, items, standards."""
    edition = editions.find_in_force(row.county_id, local_date(row.recorded_at))
    names = {key: item.title for key, item in edition.items.items()} if edition else {}
    names |= {key: standard.title for key, standard in edition.checklist.standards.items()} if edition else {}
    said = (
        [msgspec.json.decode(e.value) for e in told.sheet.registers["place"].entries.values()]
        if ("place" in told.sheet.registers)
        else []
    )
    places = db.session.scalars(select(Place).where(Place.id.in_([str(one) for one in said])))
    return names | {place.id: place.name for place in places}


def _seen(actor: Actor, finding: str | None) -> Finding | None:
    """A finding that is spoken of, if the actor may see it."""
    if finding is None:
        return None
    return db.session.scalar(select(Finding).where(Finding.id == finding, Finding.id.in_(ids_in_sight(actor))))


def _first(sheet: Sheet, name: str) -> bytes:
    return sheet.registers[name].heads()[0].value


def _disputes(told: Told, actor: Actor) -> list[Mapping[str, Any]]:
    """Fields whose heads differ, each with every side; `mine_to_settle` says whether this actor may."""
    may = can(actor, Verb.VISIT_SETTLE, subject_of_finding(told.row))
    fields = bodies.FindingFields.__struct_fields__
    return [
        {"field": name, "sides": _sides(register, told.witness), "may_settle": may and name in fields}
        for name, register in told.sheet.registers.items()
        if "/" not in name and not agree(register.heads())
    ]


def _sides(register: Register, witness: Witness) -> list[dict[str, Any]]:
    return [
        {"uid": head.uid, "value": msgspec.json.decode(head.value), "said": witness.of(head)}
        for head in register.heads()
    ]
