from dataclasses import replace
from datetime import date

import pytest

from patrol.errors import Conflict, Invalid, NotAllowed, NotFound
from patrol.finding_steps import TABLE, Said, follow, offered, take
from patrol.findings import ENDED, OPEN, Severity, Status, Step, check_new, day_of
from patrol.permissions import Role
from patrol.steps import Done
from tests.patrol.factories import MONDAY, attempt, finding, instant

FRIDAY = date(2026, 11, 20)
DEADLINE = date(2026, 11, 23)
AFTER = date(2026, 11, 24)
NOTICE = {"handed_to": "王某 安全矿长", "answer": "signed"}
PLAN = {
    "responsible": "李某",
    "measures": "更换传感器并重新标校",
    "funds": "0.5万元",
    "deadline": "2026-11-23",
    "contingency": "人工检测瓦斯",
}
FIXED = {"fixed_by": "李某", "measures": "已更换", "photos": ["p1"]}
FAILED = {"reason": "仍未标校", "deadline": "2026-11-30"}
CONFIRM = {"standard": "major-hazards-21", "article": "5(1)"}
LISTED = {"supervised_by": "赵某", "until": "2026-12-20"}

LEADER, MINE, BOSS = Role.LEADER, Role.MINE_USER, Role.SUPERVISOR
TO_RECHECK = [(Step.NOTIFY, LEADER, NOTICE), (Step.FILE_PLAN, MINE, PLAN), (Step.ASK_RECHECK, MINE, FIXED)]
TO_LISTED = [(Step.CONFIRM, BOSS, CONFIRM), (Step.LIST, BOSS, LISTED)]
TO_ACCEPTANCE = [*TO_LISTED, (Step.FILE_PLAN, MINE, PLAN), (Step.ASK_ACCEPTANCE, MINE, FIXED)]


def walk(start, steps, day=MONDAY):
    for step, role, values in steps:
        start = take(start, step, attempt(role, day=day), values)
    return start


def suspected(**more):
    return finding(severity=Severity.SUSPECTED_MAJOR, **more)


def refusal(start, step, role, values, person=None, day=MONDAY, **more):
    with pytest.raises((Conflict, Invalid, NotAllowed, NotFound)) as refused:
        take(start, step, attempt(role, person, day, **more), values)
    return refused.value.code


def test_a_general_finding_goes_from_sight_to_closure():
    at_recheck = walk(finding(), TO_RECHECK)
    assert at_recheck.status is Status.AWAITING_RECHECK
    closed = take(at_recheck, Step.PASS_RECHECK, attempt(Role.MEMBER, day=FRIDAY), {})
    assert closed.status is Status.CLOSED
    assert closed.closed_at == instant(FRIDAY)
    assert [done.step for done in closed.history] == ["notify", "file_plan", "ask_recheck", "pass_recheck"]


def test_a_suspected_major_is_confirmed_listed_accepted_by_two_and_signed_off():
    waiting = walk(suspected(), TO_ACCEPTANCE)
    assert waiting.severity is Severity.MAJOR
    once = take(waiting, Step.ACCEPT, attempt(BOSS, "s1"), {})
    assert once.status is Status.ACCEPTED_ONCE
    twice = take(once, Step.ACCEPT, attempt(BOSS, "s2"), {})
    assert (twice.status, twice.acceptors) == (Status.AWAITING_SIGN_OFF, ("s1", "s2"))
    assert take(twice, Step.SIGN_OFF, attempt(BOSS, "s3"), {}).status is Status.CLOSED


def test_the_two_acceptors_and_the_signer_are_three_people():
    once = take(walk(suspected(), TO_ACCEPTANCE), Step.ACCEPT, attempt(BOSS, "s1"), {})
    assert refusal(once, Step.ACCEPT, BOSS, {}, "s1") == "accepted_by_you"
    twice = take(once, Step.ACCEPT, attempt(BOSS, "s2"), {})
    assert refusal(twice, Step.SIGN_OFF, BOSS, {}, "s2") == "accepted_by_you"


def test_a_rejected_acceptance_starts_the_two_signatures_anew():
    once = take(walk(suspected(), TO_ACCEPTANCE), Step.ACCEPT, attempt(BOSS, "s1"), {})
    back = take(once, Step.REJECT, attempt(BOSS, "s2"), FAILED)
    assert (back.status, back.deadline) == (Status.RECTIFYING, date(2026, 11, 30))
    again = take(back, Step.ASK_ACCEPTANCE, attempt(MINE), FIXED)
    assert again.acceptors == ()
    assert take(again, Step.ACCEPT, attempt(BOSS, "s1"), {}).status is Status.ACCEPTED_ONCE


def test_a_major_is_not_closed_by_a_recheck():
    rectifying = walk(suspected(), TO_ACCEPTANCE[:-1])
    assert refusal(rectifying, Step.ASK_RECHECK, MINE, FIXED) == "not_closed_by_recheck"
    late = date(2026, 12, 21)
    assert refusal(rectifying, Step.PASS_RECHECK, LEADER, {}, day=late) == "severity_not_decided"
    assert refusal(rectifying, Step.FAIL_RECHECK, LEADER, FAILED, day=late) == "not_closed_by_recheck"


def test_a_suspected_major_is_not_closed_until_somebody_has_decided_what_it_is():
    waiting = walk(suspected(), TO_RECHECK)
    assert refusal(waiting, Step.PASS_RECHECK, LEADER, {}) == "severity_not_decided"
    general = take(waiting, Step.DOWNGRADE, attempt(BOSS), {"reason": "不符合判定标准"})
    assert general.severity is Severity.GENERAL
    assert take(general, Step.PASS_RECHECK, attempt(LEADER), {}).status is Status.CLOSED


@pytest.mark.parametrize("role", [role for role in Role if role is not BOSS])
def test_only_a_supervisor_confirms_a_major(role):
    assert refusal(suspected(), Step.CONFIRM, role, CONFIRM) == "not_allowed"


def test_a_major_is_confirmed_by_standard_and_article():
    assert refusal(suspected(), Step.CONFIRM, BOSS, {"standard": "major-hazards-21"}) == "missing_fields"
    confirmed = take(suspected(), Step.CONFIRM, attempt(BOSS), CONFIRM)
    assert confirmed.last(Step.CONFIRM).values == CONFIRM


def test_a_general_finding_is_suspected_before_it_is_confirmed():
    assert refusal(finding(), Step.CONFIRM, BOSS, CONFIRM) == "not_suspected_major"
    raised = take(finding(), Step.SUSPECT, attempt(LEADER), {"reason": "风量不足"})
    assert raised.severity is Severity.SUSPECTED_MAJOR
    assert take(raised, Step.CONFIRM, attempt(BOSS), CONFIRM).severity is Severity.MAJOR
    assert refusal(raised, Step.SUSPECT, LEADER, {"reason": "x"}) == "not_general"


def test_the_listing_sets_the_deadline_and_tells_the_mine():
    confirmed = take(suspected(), Step.CONFIRM, attempt(BOSS), CONFIRM)
    assert not confirmed.known_to_mine
    listed = take(confirmed, Step.LIST, attempt(BOSS), LISTED)
    assert (listed.deadline, listed.known_to_mine) == (date(2026, 12, 20), True)


def test_a_confirmed_major_is_handed_to_the_mine_once():
    confirmed = take(suspected(), Step.CONFIRM, attempt(BOSS), CONFIRM)
    told = take(confirmed, Step.NOTIFY, attempt(LEADER), NOTICE)
    assert (told.status, told.known_to_mine) == (Status.CONFIRMED, True)
    assert refusal(told, Step.NOTIFY, LEADER, NOTICE) == "notified_already"


def test_a_refusal_to_sign_is_recorded_with_its_reason_and_notifies_all_the_same():
    refused = {"handed_to": "王某", "answer": "refused", "reason": "对整改期限有异议"}
    assert take(finding(), Step.NOTIFY, attempt(LEADER), refused).status is Status.NOTIFIED
    del refused["reason"]
    assert refusal(finding(), Step.NOTIFY, LEADER, refused) == "refusal_without_reason"


def test_a_plan_has_all_five_parts():
    notified = walk(finding(), TO_RECHECK[:1])
    for part in PLAN:
        assert refusal(notified, Step.FILE_PLAN, MINE, PLAN | {part: ""}) == "missing_fields"


def test_a_plan_may_not_outlast_the_deadline():
    notified = walk(finding(), TO_RECHECK[:1])
    late = PLAN | {"deadline": "2026-11-24"}
    assert refusal(notified, Step.FILE_PLAN, MINE, late) == "plan_later_than_deadline"


def test_a_failed_recheck_goes_back_with_a_new_deadline():
    back = take(walk(finding(), TO_RECHECK), Step.FAIL_RECHECK, attempt(LEADER), FAILED)
    assert (back.status, back.deadline) == (Status.RECTIFYING, date(2026, 11, 30))
    yesterday = FAILED | {"deadline": "2026-11-15"}
    assert refusal(walk(finding(), TO_RECHECK), Step.FAIL_RECHECK, LEADER, yesterday) == "deadline_in_the_past"
    closed = walk(back, [(Step.ASK_RECHECK, MINE, FIXED), (Step.PASS_RECHECK, LEADER, {})])
    assert closed.status is Status.CLOSED


def test_the_fixer_does_not_check_the_own_work():
    spot = take(walk(finding(), TO_RECHECK[:1]), Step.FIX_ON_SPOT, attempt(LEADER), FIXED | {"fixed_by": "u7"})
    assert refusal(spot, Step.PASS_RECHECK, Role.MEMBER, {}, "u7") == "checker_is_the_fixer"
    assert refusal(spot, Step.FAIL_RECHECK, Role.MEMBER, FAILED, "u7") == "checker_is_the_fixer"
    assert take(spot, Step.PASS_RECHECK, attempt(LEADER), {}).status is Status.CLOSED


def test_fixed_on_the_spot_is_for_general_findings_that_the_mine_was_told():
    assert refusal(finding(), Step.FIX_ON_SPOT, LEADER, FIXED) == "step_not_from_here"
    notified = walk(suspected(), TO_RECHECK[:1])
    assert refusal(notified, Step.FIX_ON_SPOT, LEADER, FIXED) == "severity_not_decided"


def test_the_patrol_looks_all_the_same_when_the_mine_lets_the_deadline_pass():
    told = walk(finding(), TO_RECHECK[:1])
    assert refusal(told, Step.PASS_RECHECK, LEADER, {}, day=DEADLINE) == "not_asked_and_not_overdue"
    assert refusal(told, Step.FAIL_RECHECK, LEADER, FAILED, day=DEADLINE) == "not_asked_and_not_overdue"
    assert take(told, Step.PASS_RECHECK, attempt(LEADER, day=AFTER), {}).status is Status.CLOSED
    assert take(told, Step.FAIL_RECHECK, attempt(LEADER, day=AFTER), FAILED).status is Status.RECTIFYING


def test_an_extension_is_asked_up_to_the_deadline_and_granted_by_a_supervisor():
    told = walk(finding(), TO_RECHECK[:1])
    ask = {"until": "2026-11-30", "reason": "配件未到"}
    asked = take(told, Step.ASK_EXTENSION, attempt(MINE, day=DEADLINE), ask)
    assert (asked.deadline, asked.extension_asked) == (DEADLINE, date(2026, 11, 30))
    granted = take(asked, Step.GRANT_EXTENSION, attempt(BOSS, day=AFTER), {})
    assert (granted.deadline, granted.extension_asked) == (date(2026, 11, 30), None)
    refused = take(asked, Step.REFUSE_EXTENSION, attempt(BOSS), {"reason": "无正当理由"})
    assert (refused.deadline, refused.extension_asked) == (DEADLINE, None)
    assert refusal(refused, Step.GRANT_EXTENSION, BOSS, {}) == "no_extension_asked"
    assert refusal(asked, Step.ASK_EXTENSION, MINE, ask) == "extension_asked_already"


def test_an_extension_is_not_asked_too_late_nor_backwards():
    told = walk(finding(), TO_RECHECK[:1])
    ask = {"until": "2026-11-30", "reason": "配件未到"}
    assert refusal(told, Step.ASK_EXTENSION, MINE, ask, day=AFTER) == "deadline_has_passed"
    assert refusal(told, Step.ASK_EXTENSION, MINE, ask | {"until": "2026-11-23"}) == "extension_not_later"


def test_a_serious_violation_is_transferred_and_never_rectified_here():
    serious = finding(severity=Severity.SERIOUS_VIOLATION)
    told = walk(serious, TO_RECHECK[:1])
    assert refusal(told, Step.FILE_PLAN, MINE, PLAN) == "serious_violation_is_transferred"
    assert refusal(told, Step.PASS_RECHECK, LEADER, {}, day=AFTER) == "severity_not_decided"
    handed = {"handed_to": "县公安局", "document": "移〔2026〕3号"}
    for start in (serious, told):
        moved = take(start, Step.TRANSFER, attempt(BOSS), handed)
        assert (moved.status, moved.closed_at) == (Status.TRANSFERRED, None)
    assert refusal(finding(), Step.TRANSFER, BOSS, handed) == "not_a_serious_violation"
    assert take(serious, Step.DOWNGRADE, attempt(BOSS), {"reason": "x"}).severity is Severity.GENERAL
    assert refusal(finding(), Step.DOWNGRADE, BOSS, {"reason": "x"}) == "general_already"


def test_a_finding_is_voided_with_a_reason_from_wherever_it_is_open():
    for status in OPEN:
        here = finding(status=status)
        assert refusal(here, Step.VOID, BOSS, {}) == "missing_fields"
        gone = take(here, Step.VOID, attempt(BOSS), {"reason": "重复录入"})
        assert (gone.status, gone.history[-1].values) == (Status.VOID, {"reason": "重复录入"})


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("step", [step for step in Step if step is not Step.LINK])
def test_nothing_moves_a_finding_that_has_ended(status, step):
    ended = finding(status=status)
    codes = {refusal(ended, step, role, {}) for role in Role}
    assert codes <= {"step_not_from_here", "not_allowed", "not_found"}


def test_a_team_retracts_only_what_nobody_was_told():
    assert take(finding(), Step.RETRACT, attempt(Role.MEMBER), {"reason": "误录"}).status is Status.VOID
    told = walk(finding(), TO_RECHECK[:1])
    assert refusal(told, Step.RETRACT, Role.MEMBER, {"reason": "误录"}) == "step_not_from_here"


def test_duplicates_are_linked_even_when_closed_and_never_to_themselves():
    link = {"finding": "f2", "relation": "duplicate"}
    for status in (Status.RECORDED, Status.CLOSED):
        linked = take(finding(status=status), Step.LINK, attempt(LEADER), link)
        assert (linked.status, linked.last(Step.LINK).values) == (status, link)
    assert refusal(finding(), Step.LINK, LEADER, link | {"finding": "f1"}) == "linked_to_itself"


def test_a_link_made_later_does_not_move_the_end():
    closed = take(walk(finding(), TO_RECHECK), Step.PASS_RECHECK, attempt(LEADER, day=FRIDAY), {})
    linked = take(closed, Step.LINK, attempt(LEADER, day=AFTER), {"finding": "f2", "relation": "repeat"})
    assert linked.closed_at == linked.ended_at == instant(FRIDAY)


def test_a_voided_finding_has_ended_and_was_never_closed():
    gone = take(finding(), Step.VOID, attempt(BOSS, day=FRIDAY), {"reason": "重复录入"})
    assert (gone.ended_at, gone.closed_at) == (instant(FRIDAY), None)
    assert finding().ended_at is None


def test_a_team_after_a_hand_over_rechecks_and_the_sibling_team_finds_nothing():
    waiting = walk(finding(), TO_RECHECK)
    assert take(waiting, Step.PASS_RECHECK, attempt(LEADER, "u9", team="t2"), {}).status is Status.CLOSED
    assert refusal(waiting, Step.PASS_RECHECK, LEADER, {}, "u9", team="t2", contracted=("m2",)) == "not_found"


def test_the_mine_of_another_finding_finds_nothing():
    told = walk(finding(), TO_RECHECK[:1])
    assert refusal(told, Step.FILE_PLAN, MINE, PLAN, mines=("m2",)) == "not_found"


def test_an_unknown_step_is_refused():
    assert refusal(finding(), "delete", BOSS, {}) == "unknown_step"


def test_an_actor_is_offered_what_may_be_done_now_and_told_what_stands_in_the_way():
    told = walk(finding(), TO_RECHECK[:1])
    mine = {offer.step: offer for offer in offered(told, attempt(MINE, day=AFTER))}
    assert set(mine) == {Step.FILE_PLAN, Step.ASK_EXTENSION}
    assert mine[Step.ASK_EXTENSION].blocked == ("deadline_has_passed",)
    assert [f.name for f in mine[Step.FILE_PLAN].fields] == list(PLAN)
    assert offered(told, attempt(Role.AUDITOR)) == ()


def test_from_one_status_a_step_has_one_row_and_one_verb():
    pairs = [(rule.step, source) for rule in TABLE for source in rule.sources]
    assert len(pairs) == len(set(pairs))
    assert {rule.step for rule in TABLE} == set(Step)
    assert len({(rule.step, rule.verb) for rule in TABLE}) == len(Step)


def test_only_a_recheck_or_a_sign_off_closes():
    assert {rule.step for rule in TABLE if rule.to is Status.CLOSED} == {Step.PASS_RECHECK, Step.SIGN_OFF}


def test_a_replayed_log_gives_the_same_finding_and_names_what_was_refused():
    said = [Said(step, attempt(role), values) for step, role, values in TO_RECHECK]
    early = Said(Step.SIGN_OFF, attempt(BOSS), {})
    result, refused = follow(finding(), [said[0], early, *said[1:]])
    assert result == walk(finding(), TO_RECHECK)
    assert [(number, why.code) for number, why in refused] == [(1, "step_not_from_here")]


def test_a_record_never_says_major():
    with pytest.raises(Invalid) as refused:
        check_new(finding(severity=Severity.MAJOR), MONDAY)
    assert refused.value.code == "major_is_never_recorded"


def test_a_record_has_a_deadline_ahead_and_no_history():
    check_new(finding(deadline=MONDAY), MONDAY)
    for bad in (
        finding(deadline=date(2026, 11, 15)),
        finding(status=Status.NOTIFIED),
        finding(history=(Done("notify", "u1", instant(MONDAY)),)),
    ):
        with pytest.raises(Invalid):
            check_new(bad, MONDAY)


def test_a_date_that_a_step_lacks_is_an_error_and_not_a_default():
    with pytest.raises(Invalid):
        day_of(Done("list", "u1", instant(MONDAY)), "until")


def test_before_anybody_asked_everything_is_after_the_last_asking():
    told = walk(finding(), TO_RECHECK[:1])
    assert told.after_last(Step.ASK_ACCEPTANCE) == told.history
    assert replace(told, history=()).after_last(Step.NOTIFY) == ()
