"""Every walk through the table, with whoever tries whatever; the law is written here apart."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from patrol.errors import Conflict, Invalid, NotAllowed
from patrol.finding_steps import TABLE, offered, take
from patrol.findings import Severity, Status, Step
from patrol.permissions import Role
from patrol.steps import Attempt, FieldKind
from tests.patrol.factories import MONDAY, actor, finding, instant

PEOPLE = {
    "member-1": Role.MEMBER,
    "leader-1": Role.LEADER,
    "mine-1": Role.MINE_USER,
    "boss-1": Role.SUPERVISOR,
    "boss-2": Role.SUPERVISOR,
    "boss-3": Role.SUPERVISOR,
    "boss-4": Role.SUPERVISOR,
    "admin-1": Role.ADMIN,
    "auditor-1": Role.AUDITOR,
}
# Enough for every part; the others are tried by the random walks.
CAST = ("member-1", "mine-1", "boss-1", "boss-2", "boss-3", "boss-4")
GRADES = [Severity.GENERAL, Severity.SUSPECTED_MAJOR, Severity.SERIOUS_VIOLATION]
ENDED = {Status.CLOSED, Status.TRANSFERRED, Status.VOID}
OF_THE_MINE = {Step.FILE_PLAN, Step.ASK_RECHECK, Step.ASK_EXTENSION, Step.ASK_ACCEPTANCE}
OF_THE_OFFICE = {Step.CONFIRM, Step.DOWNGRADE, Step.LIST, Step.ACCEPT, Step.REJECT, Step.SIGN_OFF}
OF_THE_OFFICE |= {Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION, Step.TRANSFER, Step.VOID}


def steps_of(finding):
    return [done.step for done in finding.history]


def everybody_kept_to_the_own_part(finding):
    for done in finding.history:
        role = PEOPLE[done.by]
        assert role not in (Role.ADMIN, Role.AUDITOR)
        assert (role is Role.MINE_USER) == (done.step in OF_THE_MINE)
        assert role is Role.SUPERVISOR or done.step not in OF_THE_OFFICE


def a_major_was_confirmed_under_a_standard(finding):
    if finding.severity is Severity.MAJOR:
        confirmed = finding.history[steps_of(finding).index(Step.CONFIRM)]
        assert confirmed.values.keys() >= {"standard", "article"}


def a_closed_finding_went_the_lawful_way(finding):
    if finding.status is not Status.CLOSED:
        return
    steps = [step for step in steps_of(finding) if step != Step.LINK]
    assert {Step.NOTIFY, Step.LIST} & set(steps)
    if finding.severity is Severity.MAJOR:
        a_closed_major_was_listed_planned_and_passed_by_three(finding, steps)
    else:
        assert (steps[-1], finding.severity) == (Step.PASS_RECHECK, Severity.GENERAL)


def a_closed_major_was_listed_planned_and_passed_by_three(finding, steps):
    asked = len(steps) - 1 - steps[::-1].index(Step.ASK_ACCEPTANCE)
    passing = [Step.ACCEPT, Step.ACCEPT, Step.SIGN_OFF]
    assert [step for step in steps[asked:] if step in passing] == passing
    listed = steps.index(Step.LIST)
    assert steps.index(Step.CONFIRM) < listed
    assert Step.FILE_PLAN in steps[listed:asked]
    assert len({done.by for done in finding.history if done.step in passing}) >= 3
    at = [place for place, done in enumerate(finding.history) if done.step == Step.ASK_ACCEPTANCE][-1]
    assert len({done.by for done in finding.history[at:] if done.step in passing}) == 3


def a_major_never_waits_for_a_recheck(finding):
    assert (finding.status, finding.severity) != (Status.AWAITING_RECHECK, Severity.MAJOR)


def nobody_passed_the_own_fixing(finding):
    for place, done in enumerate(finding.history):
        if done.step in (Step.PASS_RECHECK, Step.ACCEPT, Step.SIGN_OFF):
            fixing = [d.values["fixed_by"] for d in finding.history[:place] if "fixed_by" in d.values]
            assert done.by not in fixing


def a_deadline_was_moved_only_by_who_may(finding):
    moving = {Step.LIST, Step.FAIL_RECHECK, Step.REJECT, Step.GRANT_EXTENSION}
    if finding.deadline != START.deadline:
        assert moving & set(steps_of(finding))


def an_end_is_an_end(finding):
    ending = [Step.PASS_RECHECK, Step.SIGN_OFF, Step.TRANSFER, Step.VOID, Step.RETRACT]
    steps = steps_of(finding)
    for place, step in enumerate(steps):
        if step in ending:
            assert set(steps[place + 1 :]) <= {Step.LINK}
            assert finding.status in ENDED
    if finding.status is Status.VOID:
        assert finding.history[-1].values["reason"]
    assert (finding.closed_at is not None) == (finding.status is Status.CLOSED)


START = finding()
LAWS = (
    everybody_kept_to_the_own_part,
    a_major_was_confirmed_under_a_standard,
    a_closed_finding_went_the_lawful_way,
    a_major_never_waits_for_a_recheck,
    nobody_passed_the_own_fixing,
    a_deadline_was_moved_only_by_who_may,
    an_end_is_an_end,
)


def by(person, day):
    return Attempt(actor(PEOPLE[person], person), instant(day))


def sensible(step, here, day, fixed_by):
    """Values that a step accepts."""
    ahead = max(day, here.deadline) + timedelta(days=1)
    return {
        field.name: {
            FieldKind.DATE: here.deadline if step == Step.FILE_PLAN else ahead,
            FieldKind.IDS: ["p1"],
            FieldKind.CHOICE: (field.choices or ("",))[0],
            FieldKind.TEXT: fixed_by if field.name == "fixed_by" else "x",
        }[field.kind]
        for field in next(rule for rule in TABLE if rule.step == step).fields
    }


def essence(here):
    """What the future of a finding depends on, as far as the laws can tell."""
    marks = {Step.NOTIFY, Step.CONFIRM, Step.LIST, Step.FAIL_RECHECK, Step.REJECT, Step.GRANT_EXTENSION}
    planned = Step.FILE_PLAN in [done.step for done in here.after_last(Step.LIST)]
    return (
        here.status,
        here.severity,
        frozenset(marks & set(steps_of(here))),
        planned,
        frozenset(here.acceptors),
        here.fixers & {"boss-1"},
        here.extension_asked is not None,
    )


def onward(here):
    """Every finding that anybody can make of this one in a step, in time or long after."""
    if here.status is Status.VOID:
        return
    for day in (MONDAY, here.deadline + timedelta(days=1)):
        for person in CAST:
            for offer in offered(here, by(person, day)):
                if offer.blocked:
                    continue
                names = ("miner", "boss-1") if any(f.name == "fixed_by" for f in offer.fields) else ("",)
                for name in names:
                    values = sensible(offer.step, here, day, name)
                    yield take(here, offer.step, by(person, day), values)


@pytest.fixture(scope="module")
def explored():
    """Every essence that can be reached, with those that one step leads to; all laws held."""
    edge = [finding(severity=severity) for severity in GRADES]
    ways = {essence(here): set() for here in edge}
    while edge:
        here = edge.pop()
        for after in onward(here):
            for law in LAWS:
                law(after)
            if essence(after) not in ways:
                ways[essence(after)] = set()
                edge.append(after)
            ways[essence(here)].add(essence(after))
    return ways


def test_every_finding_that_can_be_reached_keeps_every_law(explored):
    assert {status for status, *_ in explored} == set(Status)
    assert len(explored) > 200


def test_from_wherever_a_finding_stands_there_is_a_way_to_an_end_without_voiding_it(explored):
    ended = {here for here in explored if here[0] in (Status.CLOSED, Status.TRANSFERRED)}
    grown = True
    while grown:
        before = len(ended)
        ended |= {here for here, onto in explored.items() if onto & ended}
        grown = len(ended) > before
    assert {here for here in explored if here[0] is not Status.VOID} == ended


class FindingLife(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.day = MONDAY
        self.finding = START

    @initialize(severity=st.sampled_from(GRADES))
    def is_recorded_as(self, severity):
        self.finding = finding(severity=severity)

    @rule(days=st.integers(0, 12))
    def time_goes_by(self, days):
        self.day += timedelta(days=days)

    @rule(person=st.sampled_from(sorted(PEOPLE)), step=st.sampled_from(Step), data=st.data())
    def somebody_tries_a_step(self, person, step, data):
        before, who = self.finding, by(person, self.day)
        offer = {o.step: o for o in offered(before, who)}.get(step)
        values = {
            field.name: self.value(field, data) for field in next(rule for rule in TABLE if rule.step == step).fields
        }
        if offer is None or offer.blocked:
            with pytest.raises((NotAllowed, Conflict)):
                take(before, step, who, values)
            return
        try:
            self.finding = take(before, step, who, values)
        except Invalid:
            return
        assert self.finding.history[:-1] == before.history

    def value(self, field, data):
        if field.kind is FieldKind.DATE:
            near = data.draw(st.sampled_from([self.day, self.finding.deadline]))
            return near + timedelta(days=data.draw(st.integers(-1, 9)))
        if field.kind is FieldKind.IDS:
            return ["p1"]
        if field.name == "fixed_by":
            return data.draw(st.sampled_from(["miner", "member-1", "boss-1"]))
        return data.draw(st.sampled_from(field.choices or ("x", "")))

    @invariant()
    def every_law_is_kept(self):
        for law in LAWS:
            law(self.finding)


TestFindingLife = FindingLife.TestCase
TestFindingLife.settings = settings(max_examples=60, stateful_step_count=30)


def test_every_step_that_ends_a_finding_is_the_last_but_for_links():
    left = {source for rule in TABLE if rule.step != Step.LINK for source in rule.sources}
    assert set(Status) - left == ENDED
