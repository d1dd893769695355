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
    "admin-1": Role.ADMIN,
    "auditor-1": Role.AUDITOR,
}
GRADES = [Severity.GENERAL, Severity.SUSPECTED_MAJOR, Severity.SERIOUS_VIOLATION]
# Lawful, but they end a walk or lead it in circles; they are tried all the same.
ASIDE = {Step.VOID, Step.RETRACT, Step.TRANSFER, Step.LINK, Step.DOWNGRADE}
ASIDE |= {Step.ASK_EXTENSION, Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION}
ENDED = {Status.CLOSED, Status.TRANSFERRED, Status.VOID}


class FindingLife(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.day = MONDAY
        self.finding = finding()
        self.roles = []

    @initialize(severity=st.sampled_from(GRADES))
    def is_recorded_as(self, severity):
        self.finding = finding(severity=severity)

    @rule(days=st.integers(0, 12))
    def time_goes_by(self, days):
        self.day += timedelta(days=days)

    @rule(person=st.sampled_from(sorted(PEOPLE)), step=st.sampled_from(Step), data=st.data())
    def somebody_tries_a_step(self, person, step, data):
        self.attempt(person, step, data)

    @rule(data=st.data())
    def somebody_takes_what_is_offered(self, data):
        ways = [
            (offer.step, person)
            for person in sorted(PEOPLE)
            for offer in offered(self.finding, self.by(person))
            if not offer.blocked and offer.step not in ASIDE
        ]
        if ways:
            step = data.draw(st.sampled_from(sorted({step for step, _ in ways})))
            person = data.draw(st.sampled_from([who for what, who in ways if what == step]))
            self.attempt(person, step, data, sensible=True)

    def by(self, person):
        return Attempt(actor(PEOPLE[person], person), instant(self.day))

    def attempt(self, person, step, data, *, sensible=False):
        before = self.finding
        offer = {o.step: o for o in offered(before, self.by(person))}.get(step)
        values = self.values(step, data, sensible)
        if offer is None or offer.blocked:
            with pytest.raises((NotAllowed, Conflict)):
                take(before, step, self.by(person), values)
            return
        try:
            self.finding = take(before, step, self.by(person), values)
        except Invalid:
            return
        self.roles.append(PEOPLE[person])
        assert self.finding.history[:-1] == before.history

    def values(self, step, data, sensible):
        fields = next(rule for rule in TABLE if rule.step == step).fields
        return {field.name: self.value(step, field, data, sensible) for field in fields}

    def value(self, step, field, data, sensible):
        if field.kind is FieldKind.DATE and sensible:
            ahead = max(self.day, self.finding.deadline) + timedelta(days=1)
            return self.finding.deadline if step == Step.FILE_PLAN else ahead
        if field.kind is FieldKind.DATE:
            near = data.draw(st.sampled_from([self.day, self.finding.deadline]))
            return near + timedelta(days=data.draw(st.integers(-1, 9)))
        if field.kind is FieldKind.IDS:
            return ["p1"]
        if field.name == "fixed_by":
            return data.draw(st.sampled_from(["miner", "member-1", "boss-1"]))
        return field.choices[0] if field.choices else "x"

    def steps(self):
        return [done.step for done in self.finding.history]

    @invariant()
    def a_general_finding_is_closed_by_a_passed_recheck_and_a_major_by_a_sign_off(self):
        if self.finding.status is Status.CLOSED:
            closing = [step for step in self.steps() if step != Step.LINK][-1]
            ways = {Severity.GENERAL: Step.PASS_RECHECK, Severity.MAJOR: Step.SIGN_OFF}
            assert closing == ways[self.finding.severity]

    @invariant()
    def the_mine_and_those_who_set_up_or_audit_never_close_or_decide(self):
        allowed = {
            Role.MINE_USER: {Step.FILE_PLAN, Step.ASK_RECHECK, Step.ASK_EXTENSION, Step.ASK_ACCEPTANCE},
            Role.ADMIN: set(),
            Role.AUDITOR: set(),
        }
        for role, step in zip(self.roles, self.steps(), strict=True):
            assert step in allowed.get(role, set(Step))

    @invariant()
    def a_major_was_confirmed_by_a_supervisor_under_a_standard(self):
        if self.finding.severity is Severity.MAJOR:
            place = self.steps().index(Step.CONFIRM)
            assert self.roles[place] is Role.SUPERVISOR
            assert self.finding.history[place].values.keys() >= {"standard", "article"}

    @invariant()
    def a_closed_major_was_listed_planned_and_accepted_by_two_others_than_the_signer(self):
        if self.finding.status is Status.CLOSED and self.finding.severity is Severity.MAJOR:
            steps = self.steps()
            start = len(steps) - 1 - steps[::-1].index(Step.ASK_ACCEPTANCE)
            signed = {d.by for d in self.finding.history[start:] if d.step in (Step.ACCEPT, Step.SIGN_OFF)}
            assert len(signed) == 3
            assert steps.index(Step.CONFIRM) < steps.index(Step.LIST) < start
            assert Step.FILE_PLAN in steps[steps.index(Step.LIST) : start]

    @invariant()
    def nobody_who_stands_for_the_fixing_has_passed_it(self):
        for place, done in enumerate(self.finding.history):
            if done.step in (Step.PASS_RECHECK, Step.ACCEPT, Step.SIGN_OFF):
                fixing = [d for d in self.finding.history[:place] if "fixed_by" in d.values]
                assert done.by not in {d.values["fixed_by"] for d in fixing}

    @invariant()
    def a_closed_finding_was_told_to_the_mine(self):
        if self.finding.status is Status.CLOSED:
            assert {Step.NOTIFY, Step.LIST} & set(self.steps())

    @invariant()
    def what_is_void_says_why_and_what_has_ended_only_gets_links(self):
        after = iter(self.steps())
        for step in after:
            if step in (Step.PASS_RECHECK, Step.SIGN_OFF, Step.TRANSFER):
                assert set(after) <= {Step.LINK}
        if self.finding.status is Status.VOID:
            assert self.finding.history[-1].values["reason"]
        assert (self.finding.closed_at is not None) == (self.finding.status is Status.CLOSED)


TestFindingLife = FindingLife.TestCase
TestFindingLife.settings = settings(max_examples=120, stateful_step_count=40)


def test_every_status_can_be_reached():
    reached, edge = {Status.RECORDED}, [Status.RECORDED]
    while edge:
        here = edge.pop()
        onward = {Status(r.to) for r in TABLE if here in r.sources and r.to} - reached
        reached |= onward
        edge += onward
    assert reached == set(Status)
    left = {source for rule in TABLE if rule.step != Step.LINK for source in rule.sources}
    assert set(Status) - left == ENDED
