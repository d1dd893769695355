"""The second factor is asked for again by one list, over REST and on pages alike."""

import re

from server.console.page import Action
from server.services.second_factor import ASKED_AGAIN_FOR
from tests.server.console.desks import places

#: What the list names and is spared; the reasons stand in the code.
SPARED = {"/devices/*/confirm", "/phones/*/confirm", "/users/*/certificates", "/checklists/preview", "/teams"}
_CHANGING = ("post", "put", "patch", "delete")
_NAMED = re.compile(r"<[^>]+>|\{[^}]+\}")


def test_what_the_list_names_takes_a_code_over_rest(client):
    described = client.get("/api/v1/openapi.json").json
    asked, silent = set(), set()
    for path, methods in described["paths"].items():
        for one in (methods[method] for method in _CHANGING if method in methods):
            if one.get("x-permission") in {verb.value for verb in ASKED_AGAIN_FOR}:
                takes = any("SECOND_FACTOR" in str(parameter) for parameter in one.get("parameters", ()))
                (asked if takes else silent).add(_NAMED.sub("*", path).removeprefix("/api/v1"))

    assert {"/contracts", "/contracts/*/end", "/contracts/*/hand-over", "/teams/*/members"} <= asked
    assert silent <= SPARED
    steps = described["paths"]["/api/v1/findings/{finding}/steps"]["post"]
    assert "SECOND_FACTOR" in str(steps["parameters"])
    assert "proof_required" in described["components"]["parameters"]["SECOND_FACTOR"]["description"]


def test_what_the_list_names_takes_a_code_on_pages():
    named = [place for place in places() if isinstance(place.promise, Action) and place.promise.verb in ASKED_AGAIN_FOR]

    assert {_NAMED.sub("*", place.rule) for place in named if not place.promise.asks_proof} == SPARED - {
        "/devices/*/confirm"
    }
