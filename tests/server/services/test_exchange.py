"""Push, acknowledgement and pull through the real application, on both databases, with the reference phone."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server import direct
from server.arrival import arrive
from server.db import db as the_db
from server.db import transaction
from server.highwater import HighWater
from server.models.contract import Contract
from server.models.coverage import CoverageMonth
from server.models.device import Device
from server.models.feed import StreamHead
from server.models.finding import Finding
from server.models.segment import Chain, RefusedPush, Segment, WithheldOperation
from server.models.visit import Visit, VisitSheet
from server.queries import log, streams
from server.services import fresh, grants
from server.services.epochs import begin
from sync import bodies, operations, sheets, wire
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage
from tests.field import FIRST, PERSONS, SECOND, open_field, pairs
from tests.patrols import enter
from tests.recount import faults, stored_operations
from tests.settings import make_config

SAF = "answer/SAF-001/-"
PLAIN = {"Content-Encoding": "identity"}


@pytest.fixture
def county(app, db, monkeypatch):
    """The county, its clock the test's own."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)


def recounted():
    return faults(pairs)


def goes(phone, person, *, opening=True, **but):
    return enter(phone, person, opening=opening, **({"edition": FIRST.digest} | but))


def gang(county, count=5):
    """Phones of one person each, on one visit that each opened apart; (visit, phones)."""
    phones = [county.phone(person) for person in PERSONS[:count]]
    return [goes(phone, person) for phone, person in zip(phones, PERSONS, strict=False)][-1], phones


def say(phone, person, visit, outcome="pass", reg=SAF, **more):
    reason = {"reason": "积水"} if outcome in ("unseen", "na") else {}
    return phone.answer(person, visit, reg, outcome, **(reason | more))


def visit_row(visit):
    the_db.session.rollback()
    return the_db.session.get_one(Visit, visit)


def everything():
    """All that an exchange may write, but for what a phone tells of itself."""
    the_db.session.rollback()
    tables = [Chain, Segment, RefusedPush, WithheldOperation, Visit, VisitSheet, Finding, StreamHead, CoverageMonth]
    return {
        table.__tablename__: sorted(map(tuple, the_db.session.execute(select(*table.__table__.columns))), key=str)
        for table in tables
    }


def told(response):
    return msgspec.json.decode(response.data, type=wire.Answer)


def test_ex_1_what_one_phone_writes_the_other_reads(county):
    visit, (one, two) = gang(county, 2)
    say(one, "p1", visit, "fail")
    county.converge(one, two)
    assert two.shown(visit, SAF).counted == "fail"
    assert one.state.rows[f"visit:{visit}"] == two.state.rows[f"visit:{visit}"]
    assert recounted() == []


def test_a_phone_that_is_known_is_answered_in_three_round_trips(county, monkeypatch):
    first, (one,) = gang(county, 1)
    county.sync(one)
    say(one, "p1", first)
    county.sync(one)
    visit = goes(one, "p1", ordinal=2)
    say(one, "p1", visit, "fail")
    fields = bodies.FindingFields(item="SAF-001", text="积水", severity="general")
    one.edit(edits.edit_finding, "p1", "finding".ljust(21, "y") + "A", fields, visit)
    trips, execute = [], direct._execute
    monkeypatch.setattr(direct, "_execute", lambda on, steps: trips.append(len(steps)) or execute(on, steps))

    assert told(county.post(one, one.request_bytes())).chains[0].ack.seq == one.state.chains[0].last
    assert len(trips) == 3, trips
    assert recounted() == []


def test_ch_6_the_same_request_again_changes_nothing_and_is_answered_alike(county):
    visit, (one, two) = gang(county, 2)
    say(one, "p1", visit)
    say(two, "p2", visit, "fail")
    county.sync(one)
    first = told(county.post(two, two.request_bytes())).chains
    before = everything()
    for _ in range(2):
        assert told(county.post(two, county.sent[-1][1])).chains == first
    assert [verdict for _, verdict in first[0].verdicts] == ["concurrent"]
    assert everything() == before


def test_ch_6_every_earlier_request_again_in_any_order_changes_nothing(county):
    visit, phones = gang(county, 3)
    for number, phone in enumerate(phones):
        for reg in (SAF, "answer/SAF-002/-"):
            say(phone, PERSONS[number], visit, "pass" if number else "fail", reg)
            county.exchange(phone)
    county.converge(*phones)
    before, by_device = everything(), {phone.state.device: phone for phone in phones}
    for device, body in list(reversed(county.sent)):
        assert county.post(by_device[device], body).status_code == 200
    assert everything() == before
    assert recounted() == []


def test_ch_7_a_gap_is_answered_with_the_head_and_then_filled(county):
    visit, (one,) = gang(county, 1)
    county.sync(one)
    chain = one.state.chains[0]
    held = chain.acked
    say(one, "p1", visit)
    say(one, "p1", visit, "fail")
    chain.acked += 1
    (answer,) = county.exchange(one).chains
    assert (answer.error, answer.head.seq, answer.ack.seq) == ("gap", held, 0)
    county.sync(one)
    assert visit_row(visit).failed == 1
    assert recounted() == []


def test_ch_8_a_restored_phone_forks_re_homes_and_nothing_accepted_goes(county):
    storage = MemoryStorage()
    one = county.phone("p1")
    visit = goes(one, "p1")
    county.sync(one)
    storage.data = one._storage.data
    say(one, "p1", visit, "fail")
    county.sync(one)
    old = Phone(one.desk.clock, one.desk.randomness, one.desk.keys, storage)
    say(old, "p1", visit, "pass", "answer/SAF-002/-")
    county.sync(old)
    assert [(c.closed, c.acked == c.last) for c in old.state.chains] == [(True, True), (False, True)]
    assert the_db.session.scalars(select(RefusedPush.reason)).all() == ["fork"]
    assert old.shown(visit, SAF).counted == "fail"
    assert visit_row(visit).answered == 2
    assert recounted() == []


def test_ch_4_a_run_signed_by_another_key_is_refused_and_its_bytes_are_kept(county):
    visit, (one, two) = gang(county, 2)
    county.sync(one)
    say(one, "p1", visit)
    request = one.request()
    batch = request.chains[0]
    forged = two.desk.keys.sign(two.state.chains[0].key, batch.operations[-1].encode())
    request = msgspec.structs.replace(request, chains=[msgspec.structs.replace(batch, signature=forged)])
    answer = county.post(one, msgspec.json.encode(request), **PLAIN)
    assert told(answer).chains[0].error == "signature"
    assert the_db.session.scalars(select(RefusedPush.reason)).all() == ["signature"]
    assert recounted() == []


def test_ch_4_a_run_whose_chain_appears_while_it_is_checked_is_checked_all_the_same(county, monkeypatch):
    """Two requests cross: the second looked for the key before the first, which brings the chain, was stored."""
    visit, (one,) = gang(county, 1)
    first, chain = one.request_bytes(), one.state.chains[0]
    chain.acked = chain.last
    say(one, "p1", visit)
    request = one.request()
    forged = msgspec.structs.replace(request.chains[0], signature="A" * 86)
    second = msgspec.json.encode(msgspec.structs.replace(request, chains=[forged]))
    chain_keys, waiting = log.chain_keys, [first]

    def crossed(chains):
        found = chain_keys(chains)
        if waiting:
            body = waiting.pop()
            with ThreadPoolExecutor(1) as other:
                assert other.submit(county.post, one, body).result().status_code == 200
        return found

    monkeypatch.setattr(log, "chain_keys", crossed)
    answer = told(county.post(one, second, **PLAIN))
    assert (answer.chains[0].error, answer.chains[0].head.seq) == ("gap", 2)
    assert recounted() == []


def test_vd_5_a_parked_answer_has_effect_once_somebody_opens_its_visit(county):
    one, two = county.phone("p1"), county.phone("p2")
    visit = goes(one, "p1")
    two.state.mines[visit] = "mine"
    say(two, "p2", visit, "fail")
    assert county.exchange(two).chains[0].verdicts == [(2, "parked")]
    assert the_db.session.scalars(select(WithheldOperation.verdict)).all() == ["parked"]
    county.sync(one)
    assert visit_row(visit).failed == 1
    assert the_db.session.scalars(select(WithheldOperation.uid)).all() == []
    assert recounted() == []


def test_sc_3_another_teams_mine_is_no_scope_and_stored(county):
    one = county.phone("p1")
    visit = goes(one, "p1", team="team-2", mine="mine-2")
    say(one, "p1", visit)
    answer = county.exchange(one)
    assert answer.chains[0].verdicts == [(2, "no_scope"), (3, "parked")]
    assert answer.chains[0].ack.seq == 3
    assert not [stream for stream in answer.marks if stream.endswith(("mine-2", "team-2"))]
    assert recounted() == []


def test_sc_3_an_office_ruling_from_a_phone_is_no_scope(county):
    visit, (one,) = gang(county, 1)
    one.step(edits.write, "p1", operations.VisitSeal, bodies.Seal(), visit=visit)
    county.sync(one)
    assert visit_row(visit).status == "open"
    assert the_db.session.scalars(select(WithheldOperation.verdict)).all() == ["no_scope"]


def test_vd_6_what_was_out_of_scope_has_effect_once_released(county):
    visit, (one,) = gang(county, 1)
    county.sync(one)
    _hand_over(county.office.now.date() - timedelta(days=40))
    uid = say(one, "p1", visit, "fail")
    county.sync(one)
    assert visit_row(visit).failed == 0
    county.console().write(operations.OperationRelease, bodies.Release(uid, "确属当日巡查"))
    assert visit_row(visit).failed == 1
    assert recounted() == []


def test_vd_6_a_photo_may_be_released_like_everything_else(county):
    visit, (one,) = gang(county, 1)
    county.sync(one)
    _hand_over(county.office.now.date() - timedelta(days=40))
    uid = one.edit(edits.photo, "p1", photo(1), visit)
    county.sync(one)
    county.console().write(operations.OperationRelease, bodies.Release(uid, "确属当日巡查"))
    assert visit_row(visit).photos_declared == 1
    assert recounted() == []


def photo(number, of="answer/SAF-001/-"):
    uid = f"photo{number}".ljust(21, "x") + "A"
    return bodies.Photo(uid, f"{number:064x}", 1000, "image/jpeg", 100, 80, of, "stream")


def test_vd_2_a_database_that_is_away_sets_no_operation_aside(county, monkeypatch):
    visit, (one,) = gang(county, 1)
    county.sync(one)
    say(one, "p1", visit)
    before, body = everything(), one.request_bytes()
    away = [True]
    real = grants.grants_of

    def grants_of(person, today):
        if away.pop() if away else False:
            raise PoolTimeoutError("no connection was free")
        return real(person, today)

    monkeypatch.setattr(grants, "grants_of", grants_of)
    response = county.post(one, body)
    assert (response.status_code, response.json["code"]) == (503, "busy")
    assert everything() == before
    assert told(county.post(one, body)).chains[0].verdicts == []
    assert recounted() == []


def test_ph_2_a_photo_taken_back_is_declared_no_more(county):
    visit, (one,) = gang(county, 1)
    one.edit(edits.photo, "p1", photo(1), visit)
    one.edit(edits.photo, "p1", photo(2), visit)
    county.sync(one)
    one.edit(edits.photo, "p1", bodies.PhotoRetraction(photo(1).photo, photo(1).of, "模糊"), visit)
    county.sync(one)
    assert visit_row(visit).photos_declared == 1
    assert recounted() == []


def _hand_over(day):
    """The team's contract ended on `day`."""
    with transaction():
        the_db.session.execute(update(Contract).where(Contract.id == "contract").values(until_date=day))
    the_db.session.remove()


def test_rv_1_a_revoked_phone_delivers_and_never_pulls(county):
    visit, (one, two) = gang(county, 2)
    county.converge(one, two)
    with transaction():
        the_db.session.get_one(Device, one.state.device).revoked_at = county.office.now
    say(one, "p1", visit, "fail")
    say(two, "p2", visit)
    county.sync(two)
    answer = county.exchange(one)
    assert answer.chains[0].verdicts == [(one.state.chains[0].last, "revoked")]
    assert (answer.pages, answer.marks, answer.added, answer.resets) == ([], {}, [], [])
    assert visit_row(visit).failed == 0
    assert recounted() == []


def test_rv_1_a_phone_that_nobody_confirmed_delivers_and_does_not_pull(county):
    one = county.phone("p1", confirmed=False)
    visit = goes(one, "p1")
    say(one, "p1", visit)
    answer = county.exchange(one)
    assert answer.chains[0].ack.seq == 3
    assert (answer.pages, answer.marks) == ([], {})
    assert recounted() == []


def test_rg_4_two_that_did_not_see_each_other_are_a_conflict_until_a_person_settles(county):
    visit, phones = gang(county, 3)
    for phone, person, outcome in zip(phones, PERSONS, ("pass", "fail", "pass"), strict=False):
        say(phone, person, visit, outcome)
    county.converge(*phones)
    assert (visit_row(visit).conflicts, visit_row(visit).failed) == (1, 1)
    body = bodies.Answer("pass")
    phones[2].edit(edits.settle, "p3", visit, SAF, body)
    county.converge(*phones)
    assert (visit_row(visit).conflicts, visit_row(visit).failed) == (0, 0)
    assert not phones[0].shown(visit, SAF).disputed
    assert recounted() == []


def test_rg_4_those_who_say_the_same_are_no_conflict(county):
    visit, (one, two) = gang(county, 2)
    for phone, person in ((one, "p1"), (two, "p2")):
        say(phone, person, visit)
        answer = county.exchange(phone)
    assert answer.chains[0].verdicts == [(3, "same")]
    assert visit_row(visit).conflicts == 0
    assert recounted() == []


def test_rg_6_the_servers_own_outcome_counts_where_it_is_graver(county):
    visit, (one,) = gang(county, 1)
    say(one, "p1", visit, "pass", "answer/GAS-001/face-1", value=1.5, unit="%CH4")
    county.sync(one)
    assert visit_row(visit).failed == 1
    assert one.shown(visit, "answer/GAS-001/face-1").counted == "fail"
    assert recounted() == []


def test_fn_2_fields_of_a_finding_edited_apart_stand_beside_each_other(county):
    visit, (one, two) = gang(county, 2)
    finding = "finding".ljust(21, "x") + "A"
    fields = bodies.FindingFields(item="SAF-001", text="一", severity="general")
    one.edit(edits.edit_finding, "p1", finding, fields, visit)
    county.converge(one, two)
    one.edit(edits.edit_finding, "p1", finding, bodies.FindingFields(text="甲", measures="支护"), visit)
    two.edit(edits.edit_finding, "p2", finding, bodies.FindingFields(text="乙", severity="suspected_major"), visit)
    county.converge(one, two)
    row = the_db.session.get_one(Finding, finding)
    assert (row.severity, row.conflicts, visit_row(visit).findings) == ("suspected_major", 1, 1)
    assert {head.value for head in one.finding(finding)["text"].heads} == {'"甲"', '"乙"'}
    assert one.state.rows["mine:mine"] == two.state.rows["mine:mine"]
    assert recounted() == []


def test_vs_5_a_submission_is_incomplete_until_everybody_is_done(county):
    visit, (one, two) = gang(county, 2)
    county.converge(one, two)
    one.edit(edits.done, "p1", visit)
    one.edit(edits.submit, "p1", visit)
    county.sync(one)
    assert visit_row(visit).status == "submitted_incomplete"
    say(two, "p2", visit)
    two.edit(edits.done, "p2", visit)
    answer = county.exchange(two)
    assert [verdict for _, verdict in answer.chains[0].verdicts] == ["after_submit"]
    row = visit_row(visit)
    assert (row.status, row.chains_joined, row.chains_done) == ("submitted", 2, 2)
    county.sync(one)
    shown = json.loads(one.state.rows["team:team"][f"visit/{visit}"].other)
    assert shown["status"] == "submitted"
    assert recounted() == []


def test_vs_6_after_the_seal_work_waits_as_an_addendum_and_the_record_stands(county):
    visit, (one, two) = gang(county, 2)
    say(one, "p1", visit)
    county.converge(one, two)
    office = county.console()
    office.write(operations.VisitSeal, bodies.Seal(), visit=visit)
    sealed = the_db.session.get_one(VisitSheet, visit).data
    uid = say(two, "p2", visit, "fail")
    county.sync(two)
    row = visit_row(visit)
    assert (row.status, row.addenda, row.failed) == ("sealed", 1, 0)
    assert the_db.session.get_one(VisitSheet, visit).data == sealed
    assert recounted() == []
    seal = next(iter(sheets.decode(sealed).registers["visit/status"].entries))
    office.write(operations.VisitReopen, bodies.Reason("补录"), visit=visit, parents=[seal])
    office.write(operations.OperationRelease, bodies.Release(uid, "补录"))
    assert visit_row(visit).failed == 1
    assert recounted() == []


def test_vs_8_a_void_visit_counts_for_nothing_and_counts_again_when_it_is_taken_back(county):
    visit, (one,) = gang(county, 1)
    for reg in (SAF, "answer/SAF-002/-"):
        say(one, "p1", visit, "fail", reg)
    county.sync(one)
    office = county.console()
    office.write(operations.VisitVoid, bodies.Reason("重复"), visit=visit)
    assert visit_row(visit).answered == 0
    assert recounted() == []
    status = sheets.decode(the_db.session.get_one(VisitSheet, visit).data).registers["visit/status"]
    office.write(operations.VisitReopen, bodies.Reason("误操作"), visit=visit, parents=[h.uid for h in status.heads()])
    assert visit_row(visit).answered == 2
    assert recounted() == []


@pytest.mark.parametrize("first", [0, 1])
def test_vs_2_the_pinned_edition_does_not_depend_on_who_came_first(county, first):
    one, two = county.phone("p1"), county.phone("p2")
    visit = goes(one, "p1")
    goes(two, "p2", edition=SECOND.digest)
    for phone, person in ((one, "p1"), (two, "p2")):
        for number in (1, 4):
            say(phone, person, visit, "pass", f"answer/SAF-00{number}/-")
    order = [one, two] if first else [two, one]
    county.sync(order[0])
    county.sync(order[1])
    assert recounted() == []
    county.converge(one, two)
    told_one, told_two = (phone.state.rows["team:team"][f"visit/{visit}"].other for phone in (one, two))
    assert told_one == told_two
    assert json.loads(told_one)["edition"] == visit_row(visit).edition_digest


def test_sc_2_a_hand_over_while_a_phone_is_off_line_keeps_its_work_and_takes_the_mine_away(county):
    visit, (one, two) = gang(county, 2)
    county.converge(one, two)
    assert "mine:mine" in one.state.cursor
    say(one, "p1", visit, "fail")
    _hand_over(county.office.now.date() - timedelta(days=1))
    say(one, "p1", visit, "fail", "answer/SAF-002/-")
    answer = county.exchange(one)
    assert answer.dropped == ["mine:mine"]
    assert "mine:mine" not in one.state.cursor
    assert visit_row(visit).answered == 0
    assert set(the_db.session.scalars(select(WithheldOperation.verdict))) == {"no_scope"}
    assert [c.acked == c.last for c in one.state.chains] == [True]
    assert recounted() == []


def test_sc_1_a_mine_that_comes_into_scope_is_told_from_its_beginning(county):
    visit, (one,) = gang(county, 1)
    finding = "finding".ljust(21, "x") + "A"
    one.edit(edits.edit_finding, "p1", finding, bodies.FindingFields(item="SAF-001", text="一"), visit)
    _hand_over(county.office.now.date() - timedelta(days=1))
    two = county.phone("p2")
    county.sync(two)
    assert "mine:mine" not in two.state.cursor
    _hand_over(None)
    county.sync(one)
    answer = county.exchange(two)
    assert "mine:mine" in answer.added
    county.sync(two)
    assert f"finding/{finding}" in two.state.rows["mine:mine"]


def test_fd_5_a_cursor_beyond_the_head_is_reset(county):
    visit, (one,) = gang(county, 1)
    say(one, "p1", visit)
    county.sync(one)
    rows = dict(one.state.rows[f"visit:{visit}"])
    one.state.cursor[f"visit:{visit}"] = 99
    answer = county.exchange(one)
    assert answer.resets == [f"visit:{visit}"]
    county.sync(one)
    assert one.state.rows[f"visit:{visit}"] == rows


def test_fd_8_a_phone_whose_rows_are_otherwise_is_told_all_again(county):
    visit, (one,) = gang(county, 1)
    say(one, "p1", visit)
    county.sync(one)
    rows = dict(one.state.rows[f"visit:{visit}"])
    one.state.rows[f"visit:{visit}"].pop(SAF)
    county.sync(one)
    assert one.state.rows[f"visit:{visit}"] == rows
    assert county.exchange(one).resets == []


def test_ep_1_in_a_new_epoch_phones_offer_everything_again_and_nothing_doubles(county):
    visit, (one, two) = gang(county, 2)
    say(one, "p1", visit, "fail")
    county.converge(one, two)
    before = everything()
    with transaction():
        begin(the_db.session(), "restored", county.office.now)
    the_db.session.remove()
    county.converge(one, two)
    assert everything() == before
    assert one.state.rows[f"visit:{visit}"] == two.state.rows[f"visit:{visit}"]
    assert recounted() == []


def test_ep_1_repeated_requests_are_not_taken_for_a_lost_database(county, tmp_path, monkeypatch):
    monkeypatch.setitem(county.app.extensions, "qianshao_high_water", HighWater(tmp_path / "high-water"))
    config = make_config(tmp_path)
    arrive(config, county.office.now)
    _, (one,) = gang(county, 1)
    county.sync(one)
    county.post(one, county.sent[0][1])
    assert arrive(config, county.office.now) is None


def test_rc_2_receipts_are_proved_at_any_moment_of_a_millisecond(county):
    visit, (one,) = gang(county, 1)
    for microseconds in (1, 499, 500, 999):
        county.office.now = county.office.now.replace(microsecond=microseconds)
        say(one, "p1", visit)
        county.sync(one)
        assert recounted() == []


@pytest.mark.parametrize("wall", [10**30, -(10**30), 2**53, -(2**53)])
def test_tm_1_no_clock_keeps_a_finding_from_being_stored(county, wall):
    visit, (one,) = gang(county, 1)
    stamp = max(-(2**53), min(wall, 2**53))
    one.desk.clock.read = lambda: (stamp, stamp, "c7")
    fields = bodies.FindingFields(item="SAF-001", text="一")
    one.edit(edits.edit_finding, "p1", "finding".ljust(21, "x") + "A", fields, visit)
    say(one, "p1", visit)
    request = msgspec.structs.replace(one.request(), clock=wire.Clock(wall, wall, "c7"))
    response = county.post(one, msgspec.json.encode(request) if abs(wall) <= 2**53 else huge(request, wall), **PLAIN)
    assert response.status_code == 200, response.text
    assert told(response).chains[0].verdicts == []
    assert recounted() == []


def huge(request, wall):
    """A number that no integer of the machine holds."""
    encoded = msgspec.json.encode(msgspec.structs.replace(request, clock=wire.Clock(7007, 0, "c7")))
    return encoded.replace(b"7007", str(wall).encode(), 1)


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01", "2026-13-01"])
def test_op_9_a_day_that_is_none_is_set_aside_and_holds_nothing_up(county, day):
    visit, (one,) = gang(county, 1)
    goes(one, "p1", date=day)
    fields = bodies.FindingFields(item="SAF-001", text="一", deadline=day)
    one.edit(edits.edit_finding, "p1", "finding".ljust(21, "x") + "A", fields, visit)
    say(one, "p1", visit)
    answer = county.exchange(one)
    assert answer.chains[0].ack.seq == 5
    assert [verdict for _, verdict in answer.chains[0].verdicts][-1] == "quarantined"
    assert visit_row(visit).answered == 1
    assert recounted() == []


def test_ex_2_pages_follow_one_another_until_everything_is_told(county):
    visit, (one,) = gang(county, 1)
    for number in range(40):
        say(one, "p1", visit, "pass", f"answer/X-{number:03}/-")
    county.sync(one)
    two = county.phone("p2")
    exchanges = 0
    while True:
        request = msgspec.structs.replace(two.request(), limit=7)
        response = county.post(two, msgspec.json.encode(request), **PLAIN)
        assert two.receive(response.data)
        answer = told(response)
        assert sum(len(page.rows) for page in answer.pages) <= 7
        exchanges += 1
        if not answer.more:
            break
    assert exchanges >= 6
    county.sync(one)
    assert two.state.rows[f"visit:{visit}"] == one.state.rows[f"visit:{visit}"]


def test_ex_6_a_shared_phone_sends_several_chains_in_one_request(county):
    shared = county.phone("p1", "p2", "p3")
    for number, person in enumerate(("p1", "p2", "p3")):
        visit = goes(shared, person)
        say(shared, person, visit, "pass", f"answer/SAF-00{number + 1}/-")
    answer = county.exchange(shared)
    assert [part.ack.seq for part in answer.chains] == [3, 3, 3]
    row = visit_row(visit)
    assert (row.answered, row.chains_joined) == (3, 3)
    assert recounted() == []


def test_fd_6_rows_answered_from_memory_are_the_rows_of_the_database(county, monkeypatch):
    compared = []
    beyond = fresh.Fresh.beyond

    def both(self, stream, after):
        found = beyond(self, stream, after)
        if found is not None:
            compared.append(stream.partition(":")[0])
            assert found == streams.rows(stream, after, wire.ROWS_MAX, self.own), stream
        return found

    monkeypatch.setattr(fresh.Fresh, "beyond", both)
    visit, phones = gang(county, 3)
    finding = "finding".ljust(21, "x") + "A"
    for turn in range(3):
        for phone, person in zip(phones, PERSONS, strict=False):
            say(phone, person, visit, ("pass", "fail", "unseen")[turn])
            fields = bodies.FindingFields(item="SAF-001", text=f"{person} {turn}")
            phone.edit(edits.edit_finding, person, finding, fields, visit)
            county.exchange(phone)
    phones[0].edit(edits.submit, "p1", visit)
    county.converge(*phones)
    assert set(compared) == {"visit", "mine", "team"}
    assert recounted() == []


def test_fd_2_five_phones_at_once_lose_nothing_and_wait_for_nobody_for_ever(county):
    visit, phones = gang(county)
    for phone in phones:
        county.sync(phone)
    attempted = set()

    def work(number):
        phone, person = phones[number], PERSONS[number]
        for turn in range(8):
            attempted.add(say(phone, person, visit, "fail", f"answer/X-{turn}/-"))
            attempted.add(say(phone, person, visit, "fail", f"answer/Y-{number}-{turn}/-"))
            response = county.post(phone, phone.request_bytes())
            while response.status_code == 503:
                response = county.post(phone, phone.request_bytes())
            assert response.status_code == 200, response.text
            assert phone.receive(response.data)

    with ThreadPoolExecutor(5) as threads:
        for done in [threads.submit(work, number) for number in range(5)]:
            done.result(60)
    county.converge(*phones)
    assert attempted <= stored_operations()
    row = visit_row(visit)
    assert (row.answered, row.failed) == (48, 48)
    assert recounted() == []
    assert all(phone.state.rows[f"visit:{visit}"] == phones[0].state.rows[f"visit:{visit}"] for phone in phones)


def test_ex_4_an_exchange_takes_the_same_few_statements_however_much_it_brings(county, monkeypatch):
    visit, (one,) = gang(county, 1)
    county.sync(one)
    county.sync(one)

    def statements(answers):
        trips = []
        send = direct._execute

        def noted(connection, steps):
            trips.append([step.sql for step in steps])
            return send(connection, steps)

        def note(_connection, _cursor, statement, _parameters, _context, _many):
            trips.append([statement])

        for number in range(answers):
            say(one, "p1", visit, "pass", f"answer/Z-{answers}-{number}/-")
        event.listen(the_db.engine, "before_cursor_execute", note)
        monkeypatch.setattr(direct, "_execute", noted)
        try:
            county.exchange(one)
        finally:
            event.remove(the_db.engine, "before_cursor_execute", note)
            monkeypatch.setattr(direct, "_execute", send)
        return [trip for trip in trips if not trip[0].startswith(("PRAGMA", "BEGIN"))]

    few, many = statements(1), statements(130)
    assert [len(trip) for trip in many] == [len(trip) for trip in few]
    assert sum(len(trip) for trip in many) <= 24, many
    assert len(many) <= 7, many
    assert the_db.session.scalar(select(func.count(Segment.id)))
