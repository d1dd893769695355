"""What the answers of an exchange are, and what they never hold, on both databases (SPEC, parts EX and SC)."""

import msgspec
import pytest

from server.db import db as the_db
from server.db import transaction
from server.models.device import Device
from server.services import enrolment
from sync import bodies, operations, receipts, wire
from sync.phone import edits, pen
from tests.counties import admin
from tests.field import FIRST, OTHER_MINE, OTHER_TEAM, open_field
from tests.patrols import enter

SAF = "answer/SAF-001/-"
PLAIN = {"Content-Encoding": "identity"}
SECRET = "外队的话"


@pytest.fixture
def county(app, db, monkeypatch):
    """The county, its clock the test's own."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)


def goes(phone, person, **but):
    return enter(phone, person, **({"edition": FIRST.digest} | but))


def parked(phone, visit):
    phone.answer("p1", "b" * 26, SAF, "pass")


def quarantined(phone, visit):
    phone.answer("p1", visit, "answer/SAF-001", "pass")


def of_another_team(phone, visit):
    phone.answer("p1", goes(phone, "p1", team=OTHER_TEAM, mine=OTHER_MINE), SAF, "pass")


def of_the_office(phone, visit):
    phone.edit(edits.write, "p1", operations.VisitSeal, bodies.Seal(), visit=visit)


def gap(phone, visit):
    phone.answer("p1", visit, SAF, "pass")
    phone.answer("p1", visit, SAF, "fail")
    phone.state.chains[0].acked += 1


def wrongly_signed(phone, visit):
    phone.answer("p1", visit, SAF, "pass")
    phone.state.chains[0].log[-1].signature = "A" * 86


def malformed(phone, visit):
    phone.answer("p1", visit, SAF, "pass")
    held = phone.state.chains[0].log[-1]
    held.data = held.data.replace(b'"prev":"', b'"prev":7,"x":"')


def fork(phone, visit):
    chain = phone.state.chains[0]
    chain.log.pop()
    chain.acked = 1
    phone.answer("p1", visit, SAF, "fail")


MEANINGS = [
    (parked, "parked"), (quarantined, "quarantined"), (of_another_team, "parked"), (of_the_office, "no_scope"),
    (gap, "gap"), (wrongly_signed, "signature"), (malformed, "malformed"), (fork, "fork"),
]  # fmt: skip


def whole(response, phone, request):
    """The answer, if the response is a 200 with nothing but the body of `wire.Answer`, signed for this request."""
    assert response.status_code == 200, response.text
    answer = msgspec.json.decode(response.data, type=wire.Answer)
    assert msgspec.json.encode(answer) == response.data
    assert receipts.holds(answer, request.nonce, phone.state.device, phone.state.server_keys)
    return answer


def test_ex_8_whatever_operations_mean_the_answer_is_a_whole_200(county):
    for meaning, outcome in MEANINGS:
        phone = county.phone("p1")
        visit = goes(phone, "p1")
        county.sync(phone)
        meaning(phone, visit)
        request = phone.request()
        (part,) = whole(county.post(phone, msgspec.json.encode(request), **PLAIN), phone, request).chains
        assert (part.error or dict(part.verdicts).get(part.head.seq)) == outcome, meaning.__name__


def test_ex_8_a_revoked_phone_gets_a_whole_200_too(county):
    phone = county.phone("p1")
    visit = goes(phone, "p1")
    county.sync(phone)
    with transaction():
        enrolment.revoke(admin(), phone.state.device, "遗失", county.office.now)
    phone.answer("p1", visit, SAF, "pass")
    request = phone.request()
    answer = whole(county.post(phone, msgspec.json.encode(request), **PLAIN), phone, request)
    assert (answer.chains[0].verdicts, answer.pages, answer.marks) == ([(3, "revoked")], [], {})


@pytest.mark.parametrize(("protocol", "upgrade"), [(0, True), (wire.PROTOCOL, False), (wire.PROTOCOL + 1, False)])
def test_ex_10_an_old_phone_is_taken_from_and_only_told_to_upgrade(county, monkeypatch, protocol, upgrade):
    monkeypatch.setattr(pen, "VERSION", protocol + 1)
    phone = county.phone("p1")
    visit = goes(phone, "p1")
    phone.answer("p1", visit, SAF, "fail")
    request = msgspec.structs.replace(phone.request(), protocol=protocol)
    answer = whole(county.post(phone, msgspec.json.encode(request), **PLAIN), phone, request)
    assert phone.receive(msgspec.json.encode(answer))
    assert (answer.upgrade, answer.chains[0].ack.seq, answer.chains[0].verdicts) == (upgrade, 3, [])


def phone_of_another_team(county):
    """A phone that has a visit with a finding at the other team's mine."""
    phone = county.phone("stranger")
    with transaction():
        the_db.session.get_one(Device, phone.state.device).team_id = OTHER_TEAM
    visit = goes(phone, "stranger", team=OTHER_TEAM, mine=OTHER_MINE)
    phone.answer("stranger", visit, SAF, "fail", note=SECRET)
    fields = bodies.FindingFields(item="SAF-001", text=SECRET)
    phone.edit(edits.edit_finding, "stranger", "F" * 21 + "A", fields, visit)
    county.sync(phone)
    return phone, visit


def test_sc_4_no_answer_holds_what_is_another_teams_whatever_is_asked_for(county):
    stranger, foreign = phone_of_another_team(county)
    one = county.phone("p1")
    visit = goes(one, "p1")
    one.answer("p1", foreign, SAF, "pass")
    own = {"team:team", "mine:mine", f"visit:{visit}", f"device:{one.state.device}"}
    theirs = {
        f"team:{OTHER_TEAM}", f"mine:{OTHER_MINE}", f"visit:{foreign}", f"device:{stranger.state.device}",
    }  # fmt: skip
    assert set(stranger.state.cursor) >= {f"mine:{OTHER_MINE}", f"visit:{foreign}"}
    for seq in (0, 1, 99):
        asked = dict.fromkeys(theirs, seq)
        digests = dict.fromkeys(theirs, "0" * 32)
        request = msgspec.structs.replace(one.request(), cursor=wire.Cursor("first", asked), digests=digests)
        response = county.post(one, msgspec.json.encode(request), **PLAIN)
        answer = whole(response, one, request)
        assert {page.stream for page in answer.pages} | {*answer.marks, *answer.added, *answer.resets} <= own
        assert f"visit:{visit}" in answer.marks
        assert set(answer.dropped) == theirs
        for word in (SECRET, "stranger", "西沟煤矿", "二组"):
            assert word not in response.text


def test_sc_4_nothing_of_another_team_comes_with_ones_own_streams(county):
    phone_of_another_team(county)
    one, two = county.phone("p1"), county.phone("p2")
    fields = bodies.FindingFields(item="SAF-001", text="本队的话")
    one.edit(edits.edit_finding, "p1", "G" * 21 + "A", fields, goes(one, "p1"))
    county.sync(one)
    county.sync(two)
    held = msgspec.json.encode(two.state.rows).decode()
    assert "本队的话" in held
    for word in (SECRET, "stranger", "西沟煤矿", "二组", OTHER_MINE, OTHER_TEAM):
        assert word not in held
