from datetime import UTC, date, datetime, timedelta

import pytest

from patrol.errors import Conflict, Invalid, NotAllowed, NotFound
from patrol.permissions import Role
from patrol.visits import TABLE, Signature, SignRole, VisitStatus, VisitStep, arrived_late, offered, take, visit_day
from tests.patrol.factories import MONDAY, attempt, visit

SIGNED = (
    Signature(SignRole.MEMBER, "张某"),
    Signature(SignRole.MEMBER, "李某"),
    Signature(SignRole.COMPANION, "王某"),
)
BOSS = Role.SUPERVISOR
WHOLE = {"joined": frozenset({"u1@d1"}), "done": frozenset({"u1@d1"}), "signatures": SIGNED}


def walk(start, *steps):
    for step, role, values in steps:
        start = take(start, step, attempt(role), values)
    return start


SUBMIT = (VisitStep.SUBMIT, Role.LEADER, {})
SEAL = (VisitStep.SEAL, BOSS, {})
REASON = {"reason": "缺少瓦斯测值"}


def test_a_visit_is_submitted_approved_and_sealed():
    sealed = walk(visit(**WHOLE), SUBMIT, (VisitStep.APPROVE, BOSS, {}), SEAL)
    assert sealed.status is VisitStatus.SEALED
    assert [done.step for done in sealed.history] == ["submit", "approve", "seal"]


def test_review_and_seal_may_be_one_stroke():
    assert walk(visit(**WHOLE), SUBMIT, SEAL).status is VisitStatus.SEALED


@pytest.mark.parametrize("ahead", [(), ((VisitStep.APPROVE, BOSS, {}),)])
def test_a_visit_is_sent_back_with_a_reason_and_is_open_again(ahead):
    submitted = walk(visit(**WHOLE), SUBMIT, *ahead)
    with pytest.raises(Invalid):
        take(submitted, VisitStep.SEND_BACK, attempt(BOSS), {})
    back = take(submitted, VisitStep.SEND_BACK, attempt(BOSS), REASON)
    assert back.status is VisitStatus.OPEN
    assert walk(back, SUBMIT).status is VisitStatus.SUBMITTED


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEADER])
def test_only_the_leader_submits(role):
    with pytest.raises(NotFound if role is Role.MINE_USER else NotAllowed):
        take(visit(), VisitStep.SUBMIT, attempt(role), {})


@pytest.mark.parametrize("role", [role for role in Role if role is not BOSS])
@pytest.mark.parametrize("step", [VisitStep.APPROVE, VisitStep.SEND_BACK, VisitStep.SEAL, VisitStep.VOID])
def test_only_a_supervisor_reviews_seals_and_voids(role, step):
    with pytest.raises(NotFound if role is Role.MINE_USER else NotAllowed):
        take(walk(visit(), SUBMIT), step, attempt(role), REASON)


@pytest.mark.parametrize("status", [VisitStatus.OPEN, VisitStatus.SUBMITTED, VisitStatus.APPROVED])
def test_a_visit_is_voided_with_a_reason_before_its_seal(status):
    gone = take(visit(status=status), VisitStep.VOID, attempt(BOSS), REASON)
    assert (gone.status, gone.history[-1].values) == (VisitStatus.VOID, REASON)


@pytest.mark.parametrize("step", [step for step in VisitStep if step is not VisitStep.RELEASE])
def test_a_sealed_record_never_changes(step):
    role = Role.LEADER if step is VisitStep.SUBMIT else BOSS
    with pytest.raises(Conflict):
        take(visit(status=VisitStatus.SEALED), step, attempt(role), REASON)


def test_what_comes_after_the_seal_is_released_as_an_addendum():
    released = take(
        visit(status=VisitStatus.SEALED),
        VisitStep.RELEASE,
        attempt(BOSS),
        {"operations": ["o1", "o2"], "reason": "迟到的照片"},
    )
    assert released.status is VisitStatus.SEALED
    assert released.history[-1].values["operations"] == ("o1", "o2")


def test_a_submitted_visit_names_everything_that_it_lacks():
    submitted = walk(visit(joined=frozenset({"u2@d2", "u1@d1"}), done=frozenset({"u1@d1"}), photos_missing=3), SUBMIT)
    assert submitted.shown_status == "submitted_incomplete"
    assert [(gap.code, gap.names, gap.count) for gap in submitted.gaps] == [
        ("phones_not_done", ("u2@d2",), 1),
        ("photos_not_here", (), 3),
        ("members_not_signed", (), 2),
        ("companion_neither_signed_nor_refused", (), 1),
    ]


def test_a_whole_visit_has_no_gaps():
    submitted = walk(visit(**WHOLE), SUBMIT)
    assert (submitted.gaps, submitted.shown_status) == ((), "submitted")
    assert visit().shown_status == "open"


def test_one_member_signing_twice_is_one_member():
    twice = (SIGNED[0], SIGNED[0], SIGNED[2])
    assert [gap.code for gap in visit(signatures=twice).gaps] == ["members_not_signed"]


def test_a_companion_s_recorded_refusal_is_enough():
    refused = Signature(SignRole.COMPANION, "王某", refused=True, reason="对隐患认定有异议")
    assert visit(signatures=(*SIGNED[:2], refused)).gaps == ()


@pytest.mark.parametrize("reason", [None, " "])
def test_a_refusal_needs_its_reason(reason):
    with pytest.raises(Invalid) as refused:
        Signature(SignRole.COMPANION, "王某", refused=True, reason=reason)
    assert refused.value.code == "refusal_without_reason"


def test_a_member_has_nothing_to_refuse():
    with pytest.raises(Invalid) as refused:
        Signature(SignRole.MEMBER, "张某", refused=True, reason="x")
    assert refused.value.code == "member_cannot_refuse"


@pytest.mark.parametrize("step", [VisitStep.APPROVE, VisitStep.SEAL])
def test_gaps_are_passed_over_only_with_a_reason(step):
    submitted = walk(visit(), SUBMIT)
    with pytest.raises(Invalid) as refused:
        take(submitted, step, attempt(BOSS), {})
    assert refused.value.code == "gaps_without_reason"
    assert "members_not_signed" in refused.value.details["gaps"]
    passed = take(submitted, step, attempt(BOSS), {"gaps_reason": "手机在井下损坏"})
    assert passed.history[-1].values == {"gaps_reason": "手机在井下损坏"}


def test_gaps_that_were_passed_over_at_the_review_do_not_stop_the_seal():
    approved = walk(visit(), SUBMIT, (VisitStep.APPROVE, BOSS, {"gaps_reason": "手机损坏"}))
    assert walk(approved, SEAL).status is VisitStatus.SEALED


def test_a_visit_that_spans_midnight_belongs_to_the_day_of_its_opening():
    opened = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    day = visit_day(opened)
    over_midnight = visit(day=day)
    assert day == date(2026, 11, 30)
    assert (over_midnight.month.id, over_midnight.week.id) == ("2026-11", "2026-W49")
    assert visit_day(opened + timedelta(hours=1)) == date(2026, 12, 1)


def test_a_visit_of_new_year_s_eve_belongs_to_the_old_month_and_the_week_of_both_years():
    night = visit(day=visit_day(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)))
    assert (night.month.id, night.week.id) == ("2026-12", "2026-W53")


def test_a_visit_arrives_late_from_the_first_instant_after_its_period():
    month = visit(day=date(2026, 11, 30)).month
    assert not arrived_late(month, datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC))
    assert arrived_late(month, datetime(2026, 11, 30, 16, 0, tzinfo=UTC))


def test_submitted_counts_until_it_is_sent_back_or_void():
    counted = {status for status in VisitStatus if visit(status=status).is_submitted}
    assert counted == {VisitStatus.SUBMITTED, VisitStatus.APPROVED, VisitStatus.SEALED}


def test_a_supervisor_is_offered_the_review_of_what_is_submitted():
    submitted = walk(visit(), SUBMIT)
    steps = [offer.step for offer in offered(submitted, attempt(BOSS))]
    assert steps == ["approve", "send_back", "seal", "void"]
    assert offered(submitted, attempt(Role.MINE_USER)) == ()
    assert submitted.day == MONDAY


def test_from_one_status_a_visit_s_step_has_one_row():
    pairs = [(rule.step, source) for rule in TABLE for source in rule.sources]
    assert len(pairs) == len(set(pairs))
    assert {rule.step for rule in TABLE} == set(VisitStep)
