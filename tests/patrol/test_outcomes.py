import pytest

from patrol.errors import Invalid
from patrol.outcomes import JUDGED, Outcome, check_reason, gravest


def test_while_people_disagree_the_graver_outcome_counts():
    assert gravest([Outcome.PASS, Outcome.FAIL]) is Outcome.FAIL
    assert gravest([Outcome.UNSEEN, Outcome.PASS, Outcome.NA]) is Outcome.UNSEEN
    assert gravest([Outcome.NA, Outcome.PASS]) is Outcome.PASS
    assert sorted(Outcome, key=[Outcome.NA, Outcome.PASS, Outcome.UNSEEN, Outcome.FAIL].index) == list(Outcome)


def test_of_no_outcome_none_is_gravest():
    with pytest.raises(ValueError, match="empty"):
        gravest([])


def test_everything_but_could_not_see_is_a_judgement():
    assert set(Outcome) - JUDGED == {Outcome.UNSEEN}


@pytest.mark.parametrize("outcome", [Outcome.NA, Outcome.UNSEEN])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_not_applicable_and_could_not_see_need_a_reason(outcome, reason):
    with pytest.raises(Invalid) as refused:
        check_reason(outcome, reason)
    assert refused.value.code == "outcome_without_reason"
    check_reason(outcome, "工作面已回采结束")


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.FAIL])
def test_a_pass_is_one_tap_and_a_fail_speaks_for_itself(outcome):
    check_reason(outcome, None)
