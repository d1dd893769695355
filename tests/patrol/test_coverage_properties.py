"""The maintained month against a recomputation that shares no code with it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from patrol.coverage import Figures, MonthCoverage
from patrol.pace import difference, freeze

DAY = date(2026, 11, 5)
PAIRS = [f"{item}/{place}" for item in "ABC" for place in ("1", "2", "-")]
VISITS = ["v1", "v2", "v3"]

PAIR = st.sampled_from(PAIRS)
SUBSET = st.sets(PAIR).map(sorted)
CHANGES = st.lists(st.tuples(PAIR, st.sampled_from([None, "pass", "fail", "unseen", "na"])), max_size=6)
APPLY = st.tuples(st.just("apply"), st.sampled_from(VISITS), CHANGES)
DROP = st.tuples(st.just("drop"), st.sampled_from(VISITS), st.just([]))
SET = st.tuples(st.just("set"), SUBSET, SUBSET)
HISTORY = st.lists(APPLY | DROP | SET, max_size=25)


def maintained(history):
    month = MonthCoverage()
    for what, first, second in history:
        if what == "apply":
            month.apply(first, DAY, second)
        elif what == "drop":
            month.drop_visit(first)
        else:
            month.set_applicable(first, second)
    return month


def scratch(history):
    """(pair, visit) -> outcome, and the sets, by plain rules."""
    said, applicable, lapsed = {}, [], []
    for what, first, second in history:
        if what == "apply":
            for pair, outcome in second:
                said[pair, first] = outcome
        elif what == "drop":
            said = {key: value for key, value in said.items() if key[1] != first}
        else:
            applicable, lapsed = first, [p for p in second if p not in first]
    of = {p: {o for (q, _), o in said.items() if q == p and o} for p in PAIRS}
    judged = [p for p in applicable if of[p] & {"pass", "fail", "na"}]
    unseen = [p for p in applicable if p not in judged and "unseen" in of[p]]
    failed = [p for p in applicable if "fail" in of[p]]
    unchecked = [p for p in lapsed if not of[p] & {"pass", "fail", "na"}]
    figures = Figures(len(applicable), len(judged), len(unseen), len(failed))
    return figures, [p for p in applicable if p not in judged], unchecked, of


@given(HISTORY)
def test_the_maintained_month_equals_a_recomputation_from_scratch(history):
    month = maintained(history)
    figures, left, unchecked, of = scratch(history)
    assert month.figures == figures
    assert month.left() == left
    assert month.left_unchecked() == unchecked
    assert {p: set(month.said(p).values()) for p in PAIRS} == of


@given(
    st.dictionaries(st.tuples(st.sampled_from(VISITS), PAIR), st.sampled_from(["pass", "fail", "unseen", "na"])),
    st.data(),
)
def test_the_order_in_which_visits_arrive_does_not_matter(said, data):
    facts = [(visit, pair, outcome) for (visit, pair), outcome in said.items()]
    months = []
    for order in (facts, data.draw(st.permutations(facts))):
        month = MonthCoverage()
        month.set_applicable(PAIRS[:6], PAIRS[6:])
        for visit, pair, outcome in order:
            month.apply(visit, DAY, [(pair, outcome)])
        months.append(month)
    one, other = months
    assert one.figures == other.figures
    assert one.left() == other.left()
    assert all(one.outcome(p) == other.outcome(p) and one.said(p) == other.said(p) for p in PAIRS)


@given(HISTORY)
def test_each_pair_lies_in_one_map_and_no_stray_is_empty(history):
    month = maintained(history)
    maps = (month.applicable, month.lapsed, month.stray)
    assert len(set().union(*maps)) == sum(map(len, maps))
    assert all(month.stray.values())


@given(HISTORY, HISTORY)
def test_a_sent_report_and_its_difference_make_the_month_of_now(before, after):
    sent, now = freeze(maintained(before)), maintained(before + after)
    changed = difference(sent, now)
    judged = {p for p in sent.outcomes if sent.outcomes[p] not in (None, "unseen")}
    again = (judged | set(changed.newly_judged)) - set(changed.no_longer_judged)
    assert len(again) == now.figures.judged
    pairs = (set(sent.outcomes) | set(changed.newly_applicable)) - set(changed.no_longer_applicable)
    assert pairs == set(now.applicable)
    assert (changed.before, changed.after) == (sent.figures, now.figures)
