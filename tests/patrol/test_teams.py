from datetime import date

import pytest

from patrol.errors import Conflict, Invalid
from patrol.teams import Certificate, Membership, Specialty, check_member, expiring, team_on

DAY = date(2026, 11, 20)


def member(person, specialty=Specialty.MINING, **more):
    facts = {"team": "t1", "from_date": date(2026, 1, 1)} | more
    return Membership(person=person, specialty=specialty, **facts)


def test_a_team_of_five_covers_every_specialty_and_has_a_leader():
    five = [member(f"u{n}", s, leads=n == 0) for n, s in enumerate(Specialty)]
    team = team_on(five, "t1", DAY)
    assert team.leader == "u0"
    assert len(team.members) == 5
    assert team.uncovered == frozenset()


def test_a_team_says_which_specialties_nobody_covers():
    team = team_on([member("u1"), member("u2", Specialty.SAFETY, team="t2")], "t1", DAY)
    assert team.leader is None
    assert team.uncovered == set(Specialty) - {Specialty.MINING}


def test_a_member_who_has_left_is_not_in_the_team_of_the_day():
    gone = member("u1", until_date=date(2026, 11, 19))
    assert team_on([gone], "t1", DAY).members == ()
    assert team_on([gone], "t1", date(2026, 11, 19)).members == (gone,)


def test_a_member_cannot_leave_before_joining():
    with pytest.raises(Invalid):
        member("u1", until_date=date(2025, 12, 31))


def test_a_person_is_in_one_team_at_a_time():
    here = member("u1", until_date=date(2026, 6, 30))
    with pytest.raises(Conflict) as refused:
        check_member(member("u1", team="t2", from_date=date(2026, 6, 30)), [here])
    assert refused.value.code == "member_of_another_team"
    check_member(member("u1", team="t2", from_date=date(2026, 7, 1)), [here])


def test_a_team_has_one_leader_at_a_time():
    with pytest.raises(Conflict) as refused:
        check_member(member("u2", leads=True), [member("u1", leads=True)])
    assert refused.value.code == "team_has_a_leader"
    check_member(member("u2", leads=True), [member("u1")])
    check_member(member("u2"), [member("u1", leads=True)])
    check_member(member("u2", leads=True), [member("u1", leads=True, team="t2")])


def test_a_certificate_is_valid_on_the_day_it_expires():
    card = Certificate("u1", "安全监管执法证", "A1", DAY)
    assert card.valid_on(DAY)
    assert not card.valid_on(date(2026, 11, 21))
    assert Certificate("u1", "学历", "B").valid_on(date(2099, 1, 1))


def test_certificates_that_run_out_are_listed_soonest_first():
    cards = [
        Certificate("u1", "k", "late", date(2026, 12, 21)),
        Certificate("u1", "k", "edge", date(2026, 12, 20)),
        Certificate("u1", "k", "gone", date(2026, 11, 1)),
        Certificate("u1", "k", "never"),
    ]
    assert [c.number for c in expiring(cards, DAY, within_days=30)] == ["gone", "edge"]
