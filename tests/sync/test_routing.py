"""Where operations write: read alike from the same bytes by phone and county (SPEC, part RT)."""

from sync import bodies, operations, sheets
from sync.known import Author
from sync.phone import edits
from sync.routing import writes
from tests.sync.phones import converge, enter_all, finding_fields, photo_body, team

REG = "answer/GAS-001/-"


def write_everything(phone, person, visit):
    """An operation of every kind that a phone writes in a visit."""
    finding = phone.desk.uid()
    phone.answer(person, visit, REG, "fail")
    phone.edit(edits.edit_finding, person, finding, finding_fields(item="GAS-001", severity="general"), visit)
    phone.edit(edits.recheck_finding, person, bodies.Recheck(finding, "failed"), visit)
    phone.edit(edits.retract_finding, person, finding, "看错", visit)
    for number, of in enumerate((REG, f"finding/{finding}"), 1):
        photo = photo_body(number, of)
        phone.edit(edits.photo, person, photo, visit)
        phone.edit(edits.note, person, bodies.Note(f"{number}" * 21 + "A", of, "交接"), visit)
        phone.edit(edits.photo, person, bodies.PhotoRetraction(photo.photo, of, "模糊"), visit)
    phone.edit(edits.claim, person, "p2", ["GAS-001"], visit)
    phone.edit(edits.mark_place, person, bodies.PlaceMark(bodies.Location("none", reason="无信号")), visit)
    phone.edit(edits.propose_place, person, bodies.ProposedPlace("P" * 21 + "A", "mine1", "face", "3201"), visit)
    phone.edit(edits.sign, person, bodies.Signing("member", "甲"), visit)
    phone.edit(edits.sign, person, bodies.Signing("companion", "矿方", refused=True, reason="不同意"), visit)
    phone.edit(edits.done, person, visit)
    phone.edit(edits.submit, person, visit)


def on_phones(phones):
    """(stream, row, field, uid, parents, value) of every entry, as the phones read their own operations."""
    return {
        (placed.stream, placed.key, placed.field, held.uid, placed.parents, placed.value)
        for phone in phones
        for chain in phone.state.chains
        for held in chain.log
        for placed in phone.desk.writes_of(chain, held)
    }


def at_the_county(county):
    """The same, as the county keeps it."""
    found = {
        (f"visit:{visit}", key, "", uid, entry.parents, entry.value.decode() or "null")
        for visit in county.store.visits
        for key, register in county.sheet(visit).registers.items()
        for uid, entry in register.entries.items()
    }
    return found | {
        (f"mine:{known.mine}", f"finding/{known.finding}", key, uid, entry.parents, entry.value.decode() or "null")
        for known in county.store.findings.values()
        for key, register in sheets.decode(known.sheet).registers.items()
        for uid, entry in register.entries.items()
    }


def test_rt_1_phone_and_county_read_the_same_writes_from_the_same_bytes():
    county, phones = team(2)
    visit = enter_all(phones)
    for number, phone in enumerate(phones, 1):
        write_everything(phone, f"p{number}", visit)
    converge(phones, county)
    assert county.store.withheld == {}
    own = on_phones(phones)
    assert {entry[3] for entry in own} == {held.uid for phone in phones for held in phone.state.chains[0].log[1:]}
    assert at_the_county(county) == own


def test_rt_1_the_same_bytes_of_the_same_author_write_the_same_whenever_they_are_read():
    _county, (phone,) = team(1)
    visit = enter_all([phone])
    write_everything(phone, "p1", visit)
    author, log = Author("p1", phone.state.device), phone.state.chains[0].log
    read = {held.uid: writes(operations.decode(held.data), author) for held in log}
    again = {held.uid: writes(operations.decode(bytes(held.data)), author) for held in reversed(log)}
    assert read == again
    assert all(read[held.uid] for held in log[1:])
