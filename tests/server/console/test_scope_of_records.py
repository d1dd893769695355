"""The matrix: the pages and actions of visits and findings × every role × own, shared, sibling and foreign ones.

What is expected is computed from the one permission table.
"""

import pytest
from sqlalchemy import func, select

from patrol.permissions import Actor, Role, Subject, Verb, can, scopes
from server.db import db
from server.models.segment import Segment
from tests.server.api import world
from tests.server.api.world import PLACES, SPOTS
from tests.server.console.rounds import begin, post

PAGES = {
    "/visits/{visit}": Verb.RECORD_READ,
    "/findings/{finding}": Verb.FINDING_READ,
}
SETTLED = {"item": "GAS-001", "place": "-", "operation": "x"}
ACTIONS = {
    "/visits/{visit}/approve": (Verb.VISIT_REVIEW, {"gaps_reason": "x"}),
    "/visits/{visit}/send-back": (Verb.VISIT_REVIEW, {"reason": "x"}),
    "/visits/{visit}/seal": (Verb.VISIT_SEAL, {"gaps_reason": "x"}),
    "/visits/{visit}/void": (Verb.VISIT_VOID, {"reason": "x"}),
    "/visits/{visit}/settle": (Verb.VISIT_SETTLE, SETTLED),
    "/visits/{visit}/addenda": (Verb.VISIT_RELEASE, {"operations": "x", "reason": "x"}),
    "/visits/{visit}/release/x": (Verb.OPERATION_RELEASE, {"reason": "x"}),
    "/findings/{finding}/settle": (Verb.VISIT_SETTLE, {"field": "text", "operation": "x"}),
    "/findings/{finding}/steps": (Verb.FINDING_VOID, {"step": "void", "reason": "x"}),
}


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    begin(made)
    return made


def subject(spot):
    return Subject(PLACES[spot].county, team=PLACES[spot].team, mine=PLACES[spot].mine)


def actor(role):
    own = {"team": "team-1", "contracted": frozenset({"mine-1"})} if role in ("member", "leader") else {}
    mines = frozenset({"mine-1"}) if role == "mine_user" else frozenset()
    return Actor(world.user_of(role), Role(role), "county-a", mines=mines, **own)


def at(rule, spot):
    return rule.format(visit=PLACES[spot].id("visit"), finding=PLACES[spot].id("finding"))


def segments(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Segment))


@pytest.mark.parametrize("role", world.ROLES)
def test_a_page_is_there_for_whoever_may_read_it_and_for_nobody_else(made, as_role, role):
    client = as_role(role).client
    for rule, verb in PAGES.items():
        for spot in SPOTS:
            answer = client.get(at(rule, spot), headers={"Accept": "text/html"})
            expected = 200 if can(actor(role), verb, subject(spot)) else 404
            assert answer.status_code == expected, (rule, spot)
            if expected == 404:
                assert f"canary-{spot}" not in answer.text, (rule, spot)


@pytest.mark.parametrize("role", world.ROLES)
@pytest.mark.parametrize("rule", ACTIONS)
def test_an_action_of_somebody_else_changes_nothing(made, as_role, role, rule):
    verb, form = ACTIONS[rule]
    browser = as_role(role)
    for spot in SPOTS:
        if can(actor(role), verb, subject(spot)):
            continue
        before = segments(made)
        answer = post(browser, at(rule, spot), form)
        allowed = (403, 404, 409) if scopes(Role(role), verb) or "findings" in rule else (403,)
        assert answer.status_code in allowed, (spot, answer.status_code)
        assert segments(made) == before, spot


@pytest.mark.parametrize("rule", [*PAGES, *ACTIONS])
def test_nobody_without_a_session_is_let_in(made, rule):
    client = made.test_client()
    answer = client.get(at(rule, "own")) if rule in PAGES else client.post(at(rule, "own"), data={"reason": "x"})
    assert answer.status_code in (302, 303, 401)
    assert b"canary" not in answer.data
