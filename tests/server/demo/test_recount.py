"""The recount agrees with the product where both are right, though they share no code, and reads the same words."""

import json
import random
from datetime import date

import pytest

from checklists.editions import Edition
from server.demo import answers, recount
from server.demo.material import county, editions, places_of
from sync.bodies import Answer
from tests.guards.tree import ROOT, parsed

DAY = date(2026, 11, 3)


class Place:
    def __init__(self, place, kind, opened_on, closed_on=None):
        self.id, self.kind, self.opened_on, self.closed_on = place, kind, opened_on, closed_on


def register_of(mine, attributes):
    values = {name: False for name, a in attributes.items() if a.type == "bool"} | mine["attributes"]
    values |= dict.fromkeys(mine["flags"], True)
    places = [(place.code, place.kind, date(2026, 1, 1), None) for place in places_of(mine)]
    places.append(("closed", "longwall_face", date(2026, 1, 1), date(2026, 11, 2)))
    return recount.Register([(name, value, date(2026, 1, 1)) for name, value in values.items()], places)


@pytest.mark.parametrize("number", range(len(editions())))
@pytest.mark.parametrize("mine", county()["mines"], ids=lambda mine: mine["code"])
@pytest.mark.parametrize("cadence", ["round", "monthly"])
def test_the_same_pairs_apply(number, mine, cadence):
    edition = Edition(editions()[number])
    register = register_of(mine, edition.checklist.attributes)
    places = [Place(*place) for place in register.places]

    counted = recount.applicable(json.loads(edition.compiled), register, DAY, only_round=cadence == "round")

    assert sorted(counted) == sorted(edition.pairs(register.values(DAY), places, DAY, cadence))
    assert not any("/closed" in pair for pair in counted)


def test_an_attribute_that_is_not_known_hides_nothing():
    edition = Edition(editions()[-1])
    counted = recount.applicable(json.loads(edition.compiled), recount.Register([], []), DAY, only_round=False)

    assert sorted(counted) == sorted(edition.pairs({}, [], DAY, "monthly"))


def strange(dice):
    """Something that a person may type where a value belongs."""
    return dice.choice(
        ["", "abc", "1e3", "-5", "0", "200", "1000001", "2026-13-01", "2026-11-04", "2027-11-04", "0.0024"]
    )


def test_the_same_is_judged_of_whatever_was_typed():
    edition, dice = Edition(editions()[-1]), random.Random(3)  # noqa: S311 - dice of a test
    content = json.loads(edition.compiled)
    for key, item in edition.items.items():
        for _ in range(6):
            right = answers.passing(item, DAY, dice)
            value = None if right.value is None else strange(dice)
            for said in (right, Answer(dice.choice(("pass", "fail")), value, right.unit, right.settings)):
                fields = {
                    n: getattr(said, n)
                    for n in ("outcome", "value", "unit", "settings")
                    if getattr(said, n) is not None
                }
                merged = recount.merge({"u": ([], fields)}, f"{key}/-", content, DAY)

                assert merged == edition.judge(key, said, DAY).outcome, (key, said)


def test_heads_are_what_nobody_has_seen_and_the_graver_counts():
    content = json.loads(editions()[-1])
    passed, failed = {"outcome": "pass"}, {"outcome": "fail"}
    apart = {"a": ([], passed), "b": ([], failed)}
    settled = apart | {"c": (["a", "b"], passed)}
    key = next(i["key"] for s in content["sections"] for i in s["items"] if i["answer"]["type"] == "pass_fail")

    assert recount.merge(apart, f"{key}/-", content, DAY) == "fail"
    assert recount.merge(settled, f"{key}/-", content, DAY) == "pass"


def test_it_imports_nothing_of_the_product():
    for line in parsed(ROOT / "server" / "demo" / "recount.py").body:
        module = getattr(line, "module", "") or ""

        assert module.partition(".")[0] not in {"server", "patrol", "checklists", "sync", "schemas"}
