"""Photos that are added to a finding at a desk: declared by signed operations, kept and shown like a phone's."""

from datetime import date

import pytest
from sqlalchemy import select

from media.digest import sha256_of
from patrol.errors import Conflict, Invalid, NotFound
from patrol.permissions import Actor, Role
from server.db import db as the_db
from server.db import transaction
from server.models.finding import Finding
from server.models.photo import Photo, PhotoFlag
from server.models.user import RoleGrant, User
from server.queries import photos
from server.queries.finding_sheets import sheet_of
from server.services import photo_processing, photo_walls, proofs
from server.services.finding_work import take_step
from server.services.witness import Witness
from sync import findings
from sync.phone import view
from tests.counties import COUNTY, LEADER, NOON, leader, supervisor
from tests.server.photos.scene import photo
from tests.server.services import test_office
from tests.server.services.test_office import FINDING, faults, office, submitted

__all__ = ["office"]

FIVE = {
    "responsible": "矿长",
    "measures": "加强通风",
    "funds": "五万元",
    "deadline": "2026-11-29",
    "contingency": "撤人",
}
FIXED = {"fixed_by": "李四", "measures": "已更换"}


def mine_user(mine: str = "mine-1") -> Actor:
    return Actor("miner", Role.MINE_USER, COUNTY, mines=frozenset({mine}))


def at_desk(office, act, *given, actor=None):
    """Everybody has a session, and so a chain, of their own."""
    who = actor or supervisor()
    return test_office.at_desk(office, act, *given, actor=who, session=f"session of {who.person}")


def employ(mine: str) -> None:
    """The mine's own user, from long ago."""
    with transaction():
        the_db.session.add(User(id="miner", county_id=COUNTY, name="李矿长", login="miner", created_at=NOON))
        the_db.session.flush()
        grant = {"user_id": "miner", "county_id": COUNTY, "mine_id": mine, "from_date": date(2026, 1, 1)}
        the_db.session.add(RoleGrant(id="of-miner", role="mine_user", **grant))


@pytest.fixture
def rectifying(office):
    """A finding that the mine has planned to put right."""
    visit, first, _ = submitted(office)
    mine = the_db.session.scalars(select(Finding.mine_id)).one()
    employ(mine)
    at_desk(office, take_step, FINDING, "notify", {"handed_to": "矿长", "answer": "signed"})
    at_desk(office, take_step, FINDING, "file_plan", FIVE, actor=mine_user(mine))
    return visit, first, mine


def test_ph_2_the_mine_s_proof_is_a_signed_photo_on_the_finding_s_own_sheet(office, rectifying):
    _, first, mine = rectifying
    data = photo(7)
    kept = proofs.keep(data, office.now)
    at_desk(office, proofs.step_with, FINDING, "ask_recheck", FIXED, [kept], actor=mine_user(mine))
    row = the_db.session.scalars(select(Finding)).one()
    sheet = sheet_of(row)
    ((declared, entry),) = findings.proofs(sheet)
    assert (declared.sha256, declared.role, entry.stamp.device) == (sha256_of(data), "after", "office")
    stored = the_db.session.scalars(select(Photo)).one()
    assert (stored.visit_id, stored.device_id, stored.finding_id) == (None, None, FINDING)
    assert row.status == "awaiting_recheck"
    assert faults(the_db, office) == []
    office.sync(first)
    fields = view.fields_shown(first.desk, f"mine:{mine}", f"finding/{FINDING}")
    assert f"photo/{declared.photo}" in fields


def test_the_proof_is_developed_flagged_and_seen_by_whoever_sees_the_finding(office, rectifying):
    _, _, mine = rectifying
    data = photo(7, taken="2025:01:01 08:00:00")
    kept = proofs.keep(data, office.now)
    at_desk(office, proofs.step_with, FINDING, "ask_recheck", FIXED, [kept], actor=mine_user(mine))
    photo_processing.process(kept[0], office.now)
    the_db.session.expire_all()
    assert the_db.session.scalars(select(Photo)).one().processed_at is not None
    flags = set(the_db.session.scalars(select(PhotoFlag.code)))
    assert flags == {"from_file", "time_outside_visit"}
    for actor in (supervisor(), leader(), mine_user(mine)):
        assert photos.stored(actor, kept[0]).media_type == "image/jpeg"
    with pytest.raises(NotFound):
        photos.stored(mine_user("mine-of-somebody-else"), kept[0])


def test_the_same_photo_shown_twice_as_proof_is_flagged_as_the_same(office, rectifying):
    _, _, mine = rectifying
    kept = proofs.keep(photo(7), office.now)
    at_desk(office, proofs.step_with, FINDING, "ask_recheck", FIXED, [kept], actor=mine_user(mine))
    photo_processing.process(kept[0], office.now)
    failed = {"reason": "仍超限", "deadline": "2026-12-05"}
    at_desk(office, take_step, FINDING, "fail_recheck", failed)
    again = proofs.keep(photo(7), office.now)
    at_desk(office, proofs.step_with, FINDING, "ask_recheck", FIXED, [again], actor=mine_user(mine))
    photo_processing.process(kept[0], office.now)
    assert "same_bytes" in set(the_db.session.scalars(select(PhotoFlag.code)))


def test_what_is_no_photo_is_refused_before_anything_is_written(office, rectifying):
    with pytest.raises(Invalid) as refused:
        proofs.keep(b"%PDF-1.7 nothing to see", office.now)
    assert refused.value.code == "not_a_photo"


def test_a_step_that_is_refused_declares_no_photo(office, rectifying):
    kept = proofs.keep(photo(7), office.now)
    with pytest.raises(Conflict):
        at_desk(office, proofs.step_with, FINDING, "pass_recheck", {}, [kept])
    assert the_db.session.scalars(select(Photo)).all() == []


def test_fn_9_a_phone_is_told_where_the_finding_stands_and_until_when(office, rectifying):
    _, first, mine = rectifying
    until = {"until": "2026-12-20", "reason": "等待配件"}
    at_desk(office, take_step, FINDING, "ask_extension", until, actor=mine_user(mine))
    at_desk(office, take_step, FINDING, "grant_extension", {})
    office.sync(first)
    (head,) = view.fields_shown(first.desk, f"mine:{mine}", f"finding/{FINDING}")["status"].heads
    assert '"stands":{"status":"rectifying","severity":"general","deadline":"2026-12-20"}' in head.value
    assert head.person != LEADER


def test_a_flag_shows_the_other_photo_only_to_whoever_may_see_it(office, rectifying):
    _, _, mine = rectifying
    for _ in range(2):
        kept = proofs.keep(photo(7), office.now)
        at_desk(office, proofs.step_with, FINDING, "ask_recheck", FIXED, [kept], actor=mine_user(mine))
        photo_processing.process(kept[0], office.now)
        failed = {"reason": "仍超限", "deadline": "2026-12-05"}
        at_desk(office, take_step, FINDING, "fail_recheck", failed)
    the_db.session.expire_all()
    sheet = sheet_of(the_db.session.scalars(select(Finding)).one())
    declared = [(one, Witness([entry]).of(entry)) for one, entry in findings.proofs(sheet)]

    def others(actor):
        return [
            flag.other for one in photo_walls.hang(actor, declared) for flag in one.flags if flag.code == "same_bytes"
        ]

    (seen,) = others(supervisor())
    assert (seen.mine, seen.finding) == ("东山煤矿", FINDING)
    assert others(mine_user("mine-of-somebody-else")) == [None]
