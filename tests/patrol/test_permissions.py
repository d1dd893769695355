import itertools

import pytest

from patrol.errors import NotAllowed, NotFound
from patrol.permissions import TABLE, Reach, Role, Scope, Subject, Verb, can, reach, require, scopes
from tests.patrol.factories import COUNTY, actor

OWN = Subject(COUNTY, team="t1", mine="m1")
SIBLING_TEAM = Subject(COUNTY, team="t2", mine="m1")
SIBLING_MINE = Subject(COUNTY, team="t1", mine="m2")
SIBLING = Subject(COUNTY, team="t2", mine="m2")
FOREIGN = Subject("gaoping", team="t1", mine="m1", person="member-1")
SUBJECTS = (OWN, SIBLING_TEAM, SIBLING_MINE, SIBLING, Subject(COUNTY), Subject(COUNTY, person="x"))


def test_every_verb_has_a_cell_for_every_role():
    assert set(TABLE) == set(Verb)
    assert {len(row) for row in TABLE.values()} == {len(Role)}


def test_every_verb_is_given_to_somebody():
    assert [verb for verb in Verb if not any(TABLE[verb])] == []


def test_every_noun_can_be_read():
    assert {verb.noun for verb in Verb} == {verb.noun for verb in Verb if verb.reads}


def test_reading_never_asks_for_two_things_at_once():
    for role, verb in itertools.product(Role, Verb):
        if verb.reads:
            assert Scope.PATROL not in scopes(role, verb)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("role", Role)
def test_nobody_does_anything_in_another_county(role, verb):
    assert not can(actor(role, "member-1"), verb, FOREIGN)
    with pytest.raises(NotFound):
        require(actor(role, "member-1"), verb, FOREIGN)


@pytest.mark.parametrize("verb", [v for v in Verb if not v.reads and v is not Verb.ACCOUNT_WRITE])
def test_an_auditor_writes_nothing(verb):
    assert not any(can(actor(Role.AUDITOR), verb, subject) for subject in SUBJECTS)


@pytest.mark.parametrize("verb", [v for v in Verb if v.reads and v is not Verb.ACCOUNT_READ])
def test_an_auditor_reads_everything_of_the_county(verb):
    assert all(can(actor(Role.AUDITOR), verb, subject) for subject in SUBJECTS)


def test_only_an_auditor_reads_the_audit_trail():
    readers = [role for role in Role if any(can(actor(role), Verb.AUDIT_READ, s) for s in SUBJECTS)]
    assert readers == [Role.AUDITOR]


def test_who_sets_up_does_not_decide_and_who_decides_does_not_record():
    for verb in Verb:
        if verb.noun in ("visit", "finding") and not verb.reads:
            assert not can(actor(Role.ADMIN), verb, OWN), verb
    for verb in (Verb.VISIT_RECORD, Verb.VISIT_SUBMIT, Verb.FINDING_RECORD, Verb.USER_WRITE):
        assert not can(actor(Role.SUPERVISOR), verb, OWN)


def test_a_mine_user_only_answers_for_findings_of_the_own_mine():
    mine = actor(Role.MINE_USER)
    written = {v for v in Verb if not v.reads and any(can(mine, v, s) for s in SUBJECTS)}
    assert written == {Verb.FINDING_PLAN, Verb.FINDING_ASK_RECHECK, Verb.FINDING_ASK_EXTENSION}
    assert can(mine, Verb.FINDING_PLAN, OWN)
    assert not can(mine, Verb.FINDING_PLAN, SIBLING_MINE)


def test_the_mine_does_not_see_where_the_patrol_will_not_look():
    mine = actor(Role.MINE_USER)
    for verb in (Verb.COVERAGE_READ, Verb.DUTY_READ, Verb.VISIT_READ):
        assert not any(can(mine, verb, subject) for subject in SUBJECTS)
    assert can(mine, Verb.RECORD_READ, OWN)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.LEADER])
def test_a_patrol_records_in_its_own_visits_at_its_contracted_mines(role):
    patrol = actor(role)
    assert can(patrol, Verb.VISIT_RECORD, OWN)
    for elsewhere in (SIBLING_TEAM, SIBLING_MINE, SIBLING, Subject(COUNTY)):
        assert not can(patrol, Verb.VISIT_RECORD, elsewhere)


def test_an_actor_without_a_team_does_not_match_a_subject_without_one():
    lost = actor(Role.MEMBER, team=None, contracted=("m1",))
    assert not can(lost, Verb.VISIT_RECORD, Subject(COUNTY, mine="m1"))
    assert not can(lost, Verb.TEAM_READ, Subject(COUNTY))


def test_a_team_reads_its_own_visits_and_those_at_its_mines():
    member = actor(Role.MEMBER)
    seen = [can(member, Verb.VISIT_READ, s) for s in (OWN, SIBLING_TEAM, SIBLING_MINE, SIBLING)]
    assert seen == [True, True, True, False]


def test_the_leader_submits_and_a_member_does_not():
    assert can(actor(Role.LEADER), Verb.VISIT_SUBMIT, OWN)
    assert not can(actor(Role.MEMBER), Verb.VISIT_SUBMIT, OWN)


def test_a_phone_syncs_for_its_own_person_only():
    member = actor(Role.MEMBER, "u1")
    assert can(member, Verb.DEVICE_SYNC, Subject(COUNTY, team="t1", person="u1"))
    assert not can(member, Verb.DEVICE_SYNC, Subject(COUNTY, team="t1", person="u2"))


@pytest.mark.parametrize("role", Role)
def test_everybody_keeps_the_own_account_and_no_other(role):
    me = actor(role, "u1")
    assert can(me, Verb.ACCOUNT_WRITE, Subject(COUNTY, person="u1"))
    assert not can(me, Verb.ACCOUNT_WRITE, Subject(COUNTY, person="u2"))


def test_what_is_in_sight_but_not_ones_own_to_do_is_not_allowed():
    with pytest.raises(NotAllowed) as refused:
        require(actor(Role.MEMBER), Verb.VISIT_SUBMIT, OWN)
    assert refused.value.details == {"verb": "visit.submit", "role": "member"}


def test_what_is_out_of_sight_is_not_found():
    with pytest.raises(NotFound) as refused:
        require(actor(Role.MEMBER), Verb.VISIT_SUBMIT, SIBLING)
    assert refused.value.details == {"noun": "visit"}


def test_what_belongs_to_the_county_alone_hides_nothing():
    with pytest.raises(NotAllowed):
        require(actor(Role.MEMBER), Verb.MINE_WRITE, Subject(COUNTY))


def test_what_is_allowed_passes_in_silence():
    require(actor(Role.SUPERVISOR), Verb.VISIT_SEAL, SIBLING)


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb.reads])
@pytest.mark.parametrize("role", Role)
def test_a_list_shows_exactly_what_may_be_read_one_by_one(role, verb):
    me = actor(role, "x")
    for subject in (*SUBJECTS, FOREIGN):
        assert reach(me, verb).covers(subject) is can(me, verb, subject)


def test_a_reach_says_its_terms_for_sql():
    assert reach(actor(Role.MEMBER), Verb.VISIT_READ) == Reach(COUNTY, teams=frozenset({"t1"}), mines=frozenset({"m1"}))
    assert reach(actor(Role.AUDITOR), Verb.VISIT_READ) == Reach(COUNTY, whole=True)
    assert reach(actor(Role.MINE_USER), Verb.FINDING_READ).mines == {"m1"}
    assert reach(actor(Role.MEMBER, "u1"), Verb.USER_READ).persons == {"u1"}


def test_a_reach_that_covers_nothing_says_so():
    assert reach(actor(Role.MINE_USER), Verb.COVERAGE_READ).is_empty
    assert reach(actor(Role.MEMBER, contracted=()), Verb.MINE_READ).is_empty
    assert not reach(actor(Role.AUDITOR), Verb.AUDIT_READ).is_empty
