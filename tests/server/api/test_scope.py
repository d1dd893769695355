"""The matrix: every route × every caller × own, shared, sibling and foreign things. No read and no write out of scope.

What is expected is computed from the one permission table; routes are read from the application, and one that is not
listed here fails.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from patrol.permissions import Actor, Role, Subject, Verb, can, scopes
from server import create_app
from server.db import Base, db
from tests.server.api import world
from tests.server.api.world import PLACES, SPOTS
from tests.settings import make_config

CALLERS = ("anonymous", "revoked", "phone", *world.ROLES)
PREFIX = "/api/v1"
#: Routes that tests elsewhere hold to their scope, and why they are not of this matrix.
ELSEWHERE = {
    "/sync": "the phones' own protocol: its scope is the plan's (tests of the exchange and of enrolment)",
    "/enrolment": "open: code, token and key are the proof (test_enrolment)",
    "/findings/<finding>/steps": "each step has a permission of its own (test_office_work)",
    "/visits/<visit>/sealed/<int(max=999999):number>": "the document of a sealed visit (test_office_work)",
    "/withheld-operations": "operations are nobody's in the world (test_office_work)",
    "/photos": "bytes of phones and of those in sight (tests/server/photos)",
    "/openapi.json": "open: holds no data",
    "/docs": "open: the same for people",
    "/docs.css": "open: its looks",
    "/session": "open or about the caller alone (test_session)",
    "/me": "about the caller alone (test_session)",
    "/one-time-links": "open: the link is the proof (test_session, test_second_factor)",
}
QUERIES = {
    "/duties": {"period": "2026-W48"},
    "/board": {"month": "2026-10"},
    "/coverage": {"month": "2026-10"},
}
Body = Callable[[str], Any]
#: Every write, with a body that is good but for whose things it names (the spot's).
WRITES: dict[tuple[str, str], Body] = {
    ("POST", "/mines"): lambda _: {"code": "N", "name": "矿", "township": "乡"},
    ("PATCH", "/mines/<mine>"): lambda _: {"township": "改"},
    ("POST", "/mines/<mine>/attributes"): lambda _: {
        "name": "gas_grade", "value": "突出", "from_date": "2026-11-01", "source": "报告",
    },
    ("POST", "/mines/<mine>/places"): lambda _: {
        "kind": "face", "name": "面", "code": "N", "opened_on": "2026-11-01",
    },
    ("PATCH", "/places/<place>"): lambda _: {"name": "改"},
    ("POST", "/places/<place>/confirm"): lambda _: None,
    ("POST", "/places/<place>/decline"): lambda _: None,
    ("POST", "/places/<place>/close"): lambda _: {"closed_on": "2026-11-01"},
    ("POST", "/teams"): lambda _: {"name": "组"},
    ("PATCH", "/teams/<team>"): lambda _: {"name": "改"},
    ("POST", "/teams/<team>/members"): lambda spot: {
        "user_id": id_of("user", spot), "role": "member", "specialty": "mining", "from_date": "2026-11-01",
    },
    ("POST", "/memberships/<membership>/end"): lambda _: {"until_date": "2026-12-31"},
    ("POST", "/contracts"): lambda spot: {
        "team_id": PLACES[spot].team, "mine_id": PLACES[spot].mine, "from_date": "2026-12-01",
    },
    ("POST", "/contracts/<contract>/end"): lambda _: {"until_date": "2026-12-31"},
    ("POST", "/contracts/<contract>/hand-over"): lambda _: {"team_id": "team-2", "from_date": "2026-11-16"},
    ("POST", "/excuses"): lambda spot: {
        "mine_id": PLACES[spot].mine, "duty_kind": "both", "from_date": "2026-05-01",
        "until_date": "2026-05-31", "reason": "停产",
    },
    ("POST", "/excuses/<excuse>/withdraw"): lambda _: None,
    ("POST", "/users"): lambda _: {"name": "人"},
    ("PATCH", "/users/<user>"): lambda _: {"name": "改"},
    ("POST", "/users/<user>/disable"): lambda _: None,
    ("POST", "/users/<user>/enable"): lambda _: None,
    ("POST", "/users/<user>/one-time-link"): lambda _: None,
    ("POST", "/users/<user>/second-factor-link"): lambda _: None,
    ("POST", "/users/<user>/roles"): lambda _: {"role": "auditor", "from_date": "2026-12-01"},
    ("POST", "/roles/<role>/end"): lambda _: {"until_date": "2026-12-31"},
    ("POST", "/users/<user>/certificates"): lambda _: {"kind": "证", "number": "1", "issued_on": "2026-01-01"},
    ("POST", "/devices/<device>/revoke"): lambda _: {"reason": "丢失"},
    ("POST", "/devices/<device>/confirm"): lambda _: {"digits": "000000"},
    ("POST", "/visits/<visit>/seal"): lambda _: {"gaps_reason": "x"},
    ("POST", "/visits/<visit>/addenda"): lambda _: {"operations": ["x"], "reason": "x"},
    ("POST", "/visits/<visit>/approve"): lambda _: {"gaps_reason": "x"},
    ("POST", "/visits/<visit>/settle"): lambda _: {"item": "GAS-001", "place": "-", "operation": "x"},
    ("POST", "/findings/<finding>/settle"): lambda _: {"field": "text", "operation": "x"},
    ("POST", "/visits/<visit>/send-back"): lambda _: {"reason": "x"},
    ("POST", "/visits/<visit>/void"): lambda _: {"reason": "x"},
    ("POST", "/teams/<team>/enrolment-codes"): lambda _: None,
}  # fmt: skip
#: Writes whose body alone names things: the matrix moves the body's spot instead of the path's.
BY_BODY = {
    ("POST", "/contracts"): "mine",
    ("POST", "/excuses"): "mine",
}
#: What a list shows of a spot: the noun whose id must be there exactly when it is in reach.
LISTED = {
    "/mines": "mine",
    "/teams": "team",
    "/contracts": "contract",
    "/excuses": "excuse",
    "/users": "user",
    "/visits": "visit",
    "/findings": "finding",
    "/devices": "device",
    "/duties": "contract",
    "/board": "mine",
    "/coverage": "mine",
    "/audit": "canary",
    "/checklists": None,
}
#: Constants in paths, that are nobody's.
FIXED = {"month": "2026-10", "digest": world.DIGEST}


def home(spot: str) -> str:
    """Where the spot's team is at home."""
    return "sibling" if spot == "shared" else spot


def id_of(noun: str, spot: str) -> str:
    """The id of the spot's thing of that noun."""
    if noun == "user":
        return f"member-{home(spot)}"
    if noun in ("contract", "membership", "device", "role"):
        return f"role-user-{home(spot)}" if noun == "role" else f"{noun}-{home(spot)}"
    return PLACES[spot].canary if noun == "canary" else PLACES[spot].id(noun)


def subject_of(noun: str, spot: str) -> Subject:
    """Whose the thing is."""
    place = PLACES[spot]
    county, team, mine = place.county, place.team, place.mine
    match noun:
        case "mine" | "place" | "excuse":
            return Subject(county, mine=mine)
        case "team" | "membership":
            return Subject(county, team=team)
        case "device":
            return Subject(county, team=team, person=id_of("device", spot))
        case "user":
            return Subject(county, team=team, person=id_of("user", spot))
        case "contract":
            return Subject(county, team=team, mine=PLACES[home(spot)].mine)
        case "role" | "canary":
            return Subject(county)
        case _:
            return Subject(county, team=team, mine=mine)


def actor_of(caller: str) -> Actor:
    """The caller as the table sees it."""
    if caller == "phone":
        return Actor("device-own", Role.MEMBER, "county-a", "team-1", frozenset({"mine-1"}))
    person, role = world.user_of(caller), Role(caller)
    if caller in ("member", "leader"):
        return Actor(person, role, "county-a", "team-1", frozenset({"mine-1"}))
    mines = frozenset({"mine-1"}) if caller == "mine_user" else frozenset[str]()
    return Actor(person, role, "county-a", mines=mines)


@dataclass(frozen=True)
class Case:
    """One method of one route."""

    method: str
    rule: str
    verb: Verb

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def noun(self) -> str | None:
        """Whose id the path carries, or for some the body."""
        names = [part[1:-1] for part in self.rule.split("/") if part.startswith("<")]
        named = [name for name in names if name not in FIXED]
        return named[0] if named else BY_BODY.get((self.method, self.rule))

    def path(self, spot: str) -> str:
        """The path with the spot's ids."""
        made = self.rule
        for name, value in FIXED.items():
            made = made.replace(f"<{name}>", value)
        return made.replace(f"<{self.noun}>", "unknown") if spot == "" else self._filled(made, spot)

    def _filled(self, path: str, spot: str) -> str:
        return path.replace(f"<{self.noun}>", id_of(self.noun or "", spot))

    def expected(self, caller: str, spot: str) -> set[int]:
        """Statuses that are right; {0} stands for anything but a refusal."""
        if caller in ("anonymous", "revoked"):
            return {401}
        actor = actor_of(caller)
        if not scopes(actor.role, self.verb):
            return {403}
        if self.noun is None:
            return {0}
        subject = subject_of(self.noun, spot)
        if can(actor, self.verb, subject):
            return {0}
        reads = self.read_verb
        return {403} if can(actor, reads, subject) else {404}

    @property
    def read_verb(self) -> Verb:
        """What one must be allowed to read for the thing to be in sight."""
        if self.noun == "excuse" or self.rule == "/excuses":
            return Verb.DUTY_READ
        return Verb(f"{self.verb.noun}.read")


def cases() -> Iterator[Case]:
    """Every method of every route of the API that is not held to its scope elsewhere."""
    from pathlib import Path
    from tempfile import mkdtemp

    app = create_app(make_config(Path(mkdtemp())))
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<key:", "<").removeprefix(PREFIX)
        if not rule.rule.startswith(PREFIX) or _is_elsewhere(path):
            continue
        verb = getattr(app.view_functions[rule.endpoint], "permission", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Case(method, path, Verb(verb))


def _is_elsewhere(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}/") for known in ELSEWHERE)


CASES = list(cases())
READS = [case for case in CASES if case.method == "GET"]
CHANGES = [case for case in CASES if case.method != "GET"]


def fingerprint() -> str:
    """Of every row of every table."""
    found = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        found.update(repr((table.name, sorted(map(repr, rows)))).encode())
    return found.hexdigest()


def send(browser, case: Case, spot: str):
    """The request of that case at that spot; a precondition always fits."""
    body = WRITES.get((case.method, case.rule), lambda _: None)(spot or "own")
    options: dict[str, Any] = {"headers": {"If-Match": "*"}} if case.method != "GET" else {}
    if body is not None:
        options["json"] = body
    if case.method == "GET" and case.rule in QUERIES:
        options["query_string"] = QUERIES[case.rule]
    return browser.call(case.method, case.path(spot), **options)


def told(answer) -> tuple[int, Any]:
    """An answer without what differs from request to request."""
    body = {key: value for key, value in (answer.json or {}).items() if key != "reference"}
    return answer.status_code, body


def test_every_write_is_listed_with_a_body():
    written = {(case.method, case.rule) for case in CHANGES}
    assert written == set(WRITES)


def test_every_list_is_listed_with_what_it_shows():
    lists = {case.rule for case in READS if "<" not in case.rule}
    assert lists == set(LISTED)


@pytest.fixture
def callers(as_role):
    """Everybody, signed in, their first use of a token noted. The revoked phone shares the phone's device."""
    found = {name: as_role(name) for name in CALLERS if name != "revoked"}
    for browser in found.values():
        browser.get("/me")
    return found


def test_nobody_reads_out_of_scope(made, callers, as_role):
    """All reads on one world: nothing they do can change it, which is held too."""
    with made.app_context():
        before = fingerprint()
    for case in READS:
        for caller, browser in callers.items():
            for spot in SPOTS:
                hold(case, caller, browser, spot, case.expected(caller, spot))
    with made.app_context():
        assert fingerprint() == before, "a read changed something"
    refuse_the_revoked(as_role, READS)


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_nobody_writes_out_of_scope(made, callers, as_role, case):
    with made.app_context():
        before = fingerprint()
    everything = [(caller, spot) for caller in callers for spot in SPOTS]
    allowed = [one for one in everything if case.expected(*one) == {0}]
    for caller, spot in everything:
        if (caller, spot) not in allowed:
            hold(case, caller, callers[caller], spot, case.expected(caller, spot))
    with made.app_context():
        assert fingerprint() == before, "a refused request changed something"
    for caller, spot in allowed:
        hold(case, caller, callers[caller], spot, {0})
    assert allowed, "nobody may do this at all: the body or the table is wrong"
    refuse_the_revoked(as_role, [case])


def refuse_the_revoked(as_role, cases) -> None:
    """Comes last: the revoked phone is the phone of the other requests."""
    revoked = as_role("revoked")
    for case in cases:
        assert {send(revoked, case, spot).status_code for spot in SPOTS} == {401}, case


def hold(case: Case, caller: str, browser, spot: str, expected: set[int]) -> None:
    """Send one request and hold its answer against what is expected."""
    answer = send(browser, case, spot)
    where = f"{case}: {caller} → {spot}: {answer.status_code} {answer.data[:300]!r}"
    if expected == {0}:
        assert answer.status_code not in (401, 403, 404), where
        assert answer.status_code < 500, where
    else:
        assert {answer.status_code} == expected, where
    if expected == {404} and "<" in case.rule:
        assert told(answer) == told(send(browser, case, "")), where
    text = json.dumps(answer.json, ensure_ascii=False) if answer.is_json else answer.text
    assert PLACES["foreign"].canary not in text, where
    if caller in ("member", "leader", "phone", "mine_user"):
        assert PLACES["sibling"].canary not in text, where
    if case.method == "GET" and case.rule in LISTED and expected == {0}:
        holds_exactly_what_is_in_reach(case, caller, text)


def holds_exactly_what_is_in_reach(case: Case, caller: str, text: str) -> None:
    """A list shows a spot's thing if and only if it is in reach."""
    noun = LISTED[case.rule]
    if noun is None:
        return
    actor = actor_of(caller)
    in_reach = {id_of(noun, s) for s in SPOTS if can(actor, case.verb, subject_of(noun, s))}
    every = {id_of(noun, s) for s in SPOTS}
    assert {thing for thing in every if f'"{thing}"' in text} == in_reach, (caller, text[:500])


def test_a_foreign_thing_named_in_a_body_is_not_found(made, callers):
    """References in bodies are held to scope as paths are."""
    admin = callers["admin"]
    named = [
        ("POST", "/teams/team-1/members", WRITES["POST", "/teams/<team>/members"]("foreign")),
        ("POST", "/contracts", {"team_id": "team-3", "mine_id": "mine-1", "from_date": "2027-01-01"}),
        ("POST", "/contracts", {"team_id": "team-1", "mine_id": "mine-3", "from_date": "2027-01-01"}),
        ("POST", "/contracts/contract-own/hand-over", {"team_id": "team-3", "from_date": "2026-12-01"}),
        (
            "POST",
            "/users/user-own/roles",
            {"role": "mine_user", "mine_id": "mine-3", "from_date": "2026-12-01"},
        ),
        (
            "POST",
            "/mines/mine-1/attributes",
            WRITES["POST", "/mines/<mine>/attributes"]("own") | {"place_id": "place-foreign"},
        ),
    ]
    with made.app_context():
        before = fingerprint()
    for method, path, body in named:
        answer = admin.call(method, path, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 404, (path, answer.json)
        unknown = json.loads(json.dumps(body).replace("-3", "-9").replace("-foreign", "-9"))
        assert told(answer) == told(admin.call(method, path, json=unknown, headers={"If-Match": "*"}))
    with made.app_context():
        assert fingerprint() == before


OVERPOSTED = {
    "id": "x",
    "county_id": "county-b",
    "version": 9,
    "status": "confirmed",
    "feed_seq": 1,
    "created_at": "2020-01-01T00:00:00Z",
    "password_hash": "x",
    "excused_by": "x",
    "recorded_by": "x",
}


def test_fields_that_are_not_the_callers_to_set_are_refused(made, callers):
    with made.app_context():
        before = fingerprint()
    for case in CHANGES:
        body = WRITES[case.method, case.rule]("own")
        caller = callers[next(role for role in ("admin", "supervisor", "leader") if scopes(Role(role), case.verb))]
        for name, value in OVERPOSTED.items() if body else ():
            given = {"json": body | {name: value}, "headers": {"If-Match": "*"}}
            answer = caller.call(case.method, case.path("own"), **given)
            assert answer.status_code == 422, (case, name)
            found = {error["pointer"]: error["code"] for error in answer.json["errors"]}
            assert found == {f"#/{name}": "unknown"}, case
    with made.app_context():
        assert fingerprint() == before
