"""The matrix of the console: every page and every action × every role × own, shared, sibling and foreign things.

What is expected is computed from the one permission table; pages and actions are read from the application.
"""

import pytest

from patrol.finding_steps import TABLE
from patrol.permissions import scopes
from server.console.page import Action
from tests.server.api import world
from tests.server.api.test_scope import fingerprint, id_of
from tests.server.api.world import SPOTS, Browser
from tests.server.console.desks import FIXED, ask, places, send

PLACES = list(places())
PAGES = [place for place in PLACES if place.method == "GET"]
ACTIONS = [place for place in PLACES if isinstance(place.promise, Action)]
#: Pages of what an installation may have and the world has not.
NEED_NOT_BE = {"/map/outline"}
GUARDED = [place for place in ACTIONS if place.promise.verb is not None]


@pytest.fixture
def callers(as_role):
    """Everybody, signed in."""
    return {role: as_role(role) for role in world.ROLES}


def test_every_page_and_action_is_of_something_that_the_world_has():
    nouns = {place.noun for place in PLACES} - {None}

    assert nouns <= {"user", "mine", "team", "membership", "role", "contract", "device", "visit", "finding", "excuse"}
    assert len(PAGES) > 20, "the pages are no longer found"
    assert len(ACTIONS) > 30, "the actions are no longer found"
    assert set(FIXED) <= {part[1:-1] for place in PLACES for part in place.rule.split("/") if part.startswith("<")}


def test_nobody_sees_a_page_out_of_scope_and_no_page_changes_anything(made, callers):
    with made.app_context():
        before = fingerprint()
    for place in PAGES:
        for role, browser in callers.items():
            for spot in SPOTS if place.noun else ("own",):
                answer = ask(browser, place.path(spot))
                where = f"{place}: {role} → {spot}: {answer.status_code} {answer.text[:200]}"
                assert answer.status_code < 500, where
                match place.may(role, spot):
                    case "never":
                        assert answer.status_code == 403, where
                    case "hidden":
                        assert answer.status_code == 404, where
                    case "yes" if place.rule.count("<") == 0 or place.noun:
                        assert answer.status_code in (200, 302, 303) or place.rule in NEED_NOT_BE, where
    with made.app_context():
        assert fingerprint() == before, "a page changed something"


def test_nobody_is_led_to_sign_in_and_back(made):
    nobody = Browser(made.test_client())
    for place in PAGES:
        if place.promise.verb is None:
            continue
        answer = ask(nobody, place.path("own"))
        assert answer.status_code == 303, place
        assert answer.headers["Location"].startswith("/sign-in?next=/"), place


@pytest.mark.parametrize("place", GUARDED, ids=str)
def test_nobody_acts_out_of_scope(made, callers, place):
    nobody = Browser(made.test_client())
    assert send(nobody, place.path("own")).headers["Location"].startswith("/sign-in")
    with made.app_context():
        before = fingerprint()
    for role, browser in callers.items():
        for spot in SPOTS if place.noun else ("own",):
            may = place.may(role, spot)
            if may == "yes":
                continue
            answer = send(browser, place.path(spot))
            where = f"{place}: {role} → {spot}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code in {"never": (403,), "hidden": (403, 404, 422), "elsewhere": (403, 422)}[may], (
                where
            )
    with made.app_context():
        assert fingerprint() == before, "a refused action changed something"


@pytest.mark.parametrize("place", GUARDED, ids=str)
def test_whoever_may_act_is_not_refused(callers, place):
    """With an empty form: what is asked for is told, and nobody is sent away."""
    roles = [role for role in callers if scopes(world_role(role), place.promise.verb)]
    assert roles, "nobody may do this at all: the table is wrong"
    for role in roles:
        for spot in SPOTS if place.noun else ("own",):
            if place.may(role, spot) == "yes":
                answer = send(callers[role], place.path(spot))
                where = f"{place}: {role} → {spot}: {answer.status_code} {answer.text[:300]}"
                assert answer.status_code not in (401, 403), where
                assert answer.status_code < 500, where
                # Once is enough: after an act the next answer is about another state.
                break


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        None,
    ],
    ids=str,
)
def test_a_form_that_is_not_our_own_pages_changes_nothing(made, callers, headers):
    with made.app_context():
        before = fingerprint()
    for place in ACTIONS:
        role = next((role for role in callers if place.may(role, "own") == "yes"), "admin")
        browser = callers[role]
        if headers is None:
            if place.promise.verb is None:
                continue
            answer = send(Browser(browser.client), place.path("own"))
        else:
            answer = send(browser, place.path("own"), headers=headers)
        assert answer.status_code == 403, (place, role, answer.status_code)
    with made.app_context():
        assert fingerprint() == before


def world_role(role):
    from patrol.permissions import Role

    return Role(role)


#: Whatever any step asks for: nothing but whose step it is stands in the way.
STEP_SAID = {
    "handed_to": "矿长", "answer": "signed", "reason": "试", "document": "移送书", "note": "试",
    "supervised_by": "县局", "until": "2027-12-31", "relation": "duplicate",
}  # fmt: skip


@pytest.mark.parametrize("rule", [rule for rule in TABLE if "recorded" in rule.sources], ids=lambda rule: rule.step)
def test_nobody_takes_a_step_that_their_role_does_not_take(made, callers, rule):
    """The page's permission is to read the finding; each step on it has its own."""
    others = [role for role in callers if not scopes(world_role(role), rule.verb)]
    assert others, "everybody may"
    with made.app_context():
        before = fingerprint()
    said = STEP_SAID | {"step": rule.step, "finding": id_of("finding", "sibling")}
    for role in others:
        answer = send(callers[role], f"/findings/{id_of('finding', 'own')}/steps", said)
        assert answer.status_code in (403, 404, 409), (role, answer.status_code)
        send(callers[role], "/findings/steps", said | {"findings": id_of("finding", "own")})
    with made.app_context():
        assert fingerprint() == before, "a step was taken"
