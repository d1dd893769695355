"""The vectors: pinned, and true by the rules themselves (SPEC, CH, FD, PN)."""

import json

import pytest

from sync import chain, enrolment, feed, operations, visits
from sync.bodies import VisitIdentity
from tests.sync.make_vectors import FOLDER, STORIES, texts

MADE = texts()


@pytest.mark.parametrize("name", sorted(MADE))
def test_iv_6_the_vectors_are_what_the_seeds_give(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name]


def stories():
    return [json.loads((FOLDER / f"{s.__name__}.json").read_text(encoding="utf-8")) for s in STORIES[:-1]]


def small():
    return json.loads((FOLDER / "small_things.json").read_text(encoding="utf-8"))


def test_ch_1_every_operation_in_the_vectors_hashes_links_and_verifies():
    count = 0
    for story in stories():
        logs, keys = {}, {}
        first = [op for phone in story["phones"] for c in phone["chains"] for op in c["log"]]
        for held in first + [op for step in story["steps"] for op in step.get("operations", [])]:
            data = held["bytes"].encode()
            operation = operations.decode(data)
            if isinstance(operation, operations.ChainOpen):
                keys[held["chain"]] = operation.body.key
            assert chain.hash_of(data) == held["hash"]
            assert chain.verify("ES256", keys[held["chain"]], data, held["signature"])
            before = logs.setdefault(held["chain"], {})
            assert operation.prev == before.get(operation.seq - 1, "")
            before[operation.seq] = held["hash"]
            count += 1
    assert count == 36


def test_ch_4_signatures_ids_digits_and_digests_of_the_vectors_hold():
    facts = small()
    for one in facts["signatures"]:
        assert chain.verify(one["alg"], one["key"], one["bytes"].encode(), one["signature"]) is one["valid"]
    for one in facts["visits"]:
        assert visits.visit_id(VisitIdentity(**one["identity"])) == one["id"]
    for one in facts["check_codes"]:
        assert enrolment.check_code(one["nonce"], one["key"]) == one["digits"]
    for one in facts["digests"]:
        assert feed.digest(map(tuple, one["rows"])) == one["digest"]


def test_pn_3_the_stories_end_as_they_are_told():
    merging, finding, restored, county, disagrees = stories()
    last = {step["phone"]: step for step in merging["steps"] if step["do"] == "exchange"}
    assert all(step["after"]["shown"] == last[1]["after"]["shown"] for step in last.values())
    shown = last[1]["after"]["shown"]
    (answer,) = [register for key, register in shown.items() if "answer/GAS-001" in key]
    assert (answer["counted"], answer["disputed"], len(answer["heads"])) == ("fail", False, 1)
    (fields,) = finding["findings"].values()
    assert [len(fields[name]["heads"]) for name in ("text", "severity", "state")] == [2, 2, 2]
    assert len(restored["steps"][-1]["after"]["chains"]) == 2
    assert county["steps"][-1]["after"]["epoch"] == "e2"
    (counted,) = [r["counted"] for k, r in disagrees["steps"][-1]["after"]["shown"].items() if "answer" in k]
    assert counted == "fail"
