"""Feeds every operation what its description allows and what it forbids, and holds the answers to the description.

`python -m tests.server.api.fuzz [examples]` runs a long campaign on SQLite; the suite runs a short one on both.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.api import world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Paths that sign the caller out would end the campaign's own sessions.
LEFT_OUT = {
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/users/{user}/disable"),
    ("POST", "/api/v1/roles/{role}/end"),
}
_IDENTITY = ("authorization", "cookie", "x-csrf-token", "origin", "sec-fetch-site")
KNOWN = {
    "mine": "mine-1",
    "place": "place-own",
    "team": "team-1",
    "membership": "membership-own",
    "contract": "contract-own",
    "excuse": "excuse-own",
    "user": "user-own",
    "role": "role-user-own",
    "visit": "visit-own",
    "finding": "finding-own",
    "device": "device-own",
    "month": "2026-11",
    "digest": world.DIGEST,
}


@dataclass(frozen=True)
class Caller:
    """The cookie and the token of a session."""

    cookie: str
    csrf_token: str


def campaign(app: Flask, callers: dict[str, Caller], examples: int) -> tuple[Counter[int], list[str]]:
    """Call every operation so many times in each mode; returns answers by status and what was wrong."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    sent: Counter[int] = Counter()
    wrong: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue
        for mode in GenerationMode:
            wrong += _hold(operation, mode, callers, (examples, sent))
    return sent, wrong


def _hold(operation, mode, callers, budget) -> list[str]:
    examples, sent = budget
    wrong: list[str] = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        caller=st.sampled_from(sorted(callers)),
        known=st.booleans(),
    )
    def call(case, caller, known):
        if known and case.path_parameters:
            case.path_parameters |= {n: v for n, v in KNOWN.items() if n in case.path_parameters}
        sign_in(case, callers[caller], known)
        try:
            response = case.call()
            sent[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)
        except (FailureGroup, AssertionError) as failure:
            wrong.append(f"{operation.label} as {caller}: {failure}"[:1500])

    try:
        call()
    except Exception as error:  # an operation for which nothing wrong can be made
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):
            raise
    return wrong


def sign_in(case, caller: Caller, known: bool) -> None:
    """Put the session in place of whatever was made up; without it nearly all would end at 401."""
    made_up = {n: v for n, v in (case.headers or {}).items() if n.lower() not in _IDENTITY}
    case.headers = made_up | {"X-CSRF-Token": caller.csrf_token}
    if known and "If-Match" in made_up:
        case.headers["If-Match"] = "*"
    case.cookies = {"qianshao": caller.cookie}


def callers_of(app: Flask, roles: tuple[str, ...]) -> dict[str, Caller]:
    """Role → its session; inside an application context."""
    from server.db import transaction

    found = {}
    for role in roles:
        with transaction():
            browser = world.sign_in_as(app.test_client(), world.user_of(role))
        found[role] = Caller(f"token-of-{world.user_of(role)}", browser.headers["X-CSRF-Token"])
    return found


def main() -> None:
    """Run a campaign on a fresh SQLite."""
    from server import create_app
    from server.db import db, transaction
    from server.migrate import migrate
    from tests.settings import make_config

    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    app = create_app(make_config(Path(mkdtemp())))
    app.extensions["qianshao_clock"] = lambda: world.NOW
    with app.app_context():
        migrate(db.engine)
        with transaction():
            world.build()
        callers = callers_of(app, world.ROLES)
    sent, wrong = campaign(app, callers, examples)
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{sent.total()} requests, {len(wrong)} wrong; {dict(sent)}\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
