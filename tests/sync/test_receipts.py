"""The county's signed answer (SPEC, part RC)."""

import pytest
from msgspec.structs import replace

from sync import receipts, wire
from tests.sync.county import SERVER_KEY, SERVER_NAME, SERVER_PUBLIC

KEYS = {SERVER_NAME: SERVER_PUBLIC}
CHAIN = wire.ChainAnswer("c" * 22, wire.Mark(9, "h" * 43), wire.Mark(7, "a" * 43), 5, "gap")
PAGE = wire.Page("visit:v", 3, 8)
ANSWER = wire.Answer(1, "n" * 22, "phone", "e1", 1_767_200_000_000, chains=[CHAIN], pages=[PAGE])


def test_rc_1_the_statement_is_plain_text_one_fact_a_line():
    sealed = receipts.seal(ANSWER, "r1", SERVER_NAME, SERVER_KEY)
    assert receipts.statement(sealed, "r1").decode().split("\n") == [
        "qianshao-receipt-1", "r1", "phone", "n" * 22, "e1", "1767200000000",
        f"{'c' * 22} 7 {'a' * 43} 9 {'h' * 43} 5 gap", "visit:v 3 8",
    ]  # fmt: skip
    assert receipts.holds(sealed, "n" * 22, "phone", KEYS)


@pytest.mark.parametrize(
    "other",
    [
        {"epoch": "e2"}, {"time": 1}, {"chains": []}, {"chains": [CHAIN, CHAIN]}, {"pages": []},
        *({"chains": [replace(CHAIN, **part)]} for part in (
            {"chain": "d" * 22}, {"ack": wire.Mark(8, "a" * 43)}, {"ack": wire.Mark(7, "b" * 43)},
            {"head": wire.Mark(8, "h" * 43)}, {"head": wire.Mark(9, "b" * 43)}, {"safe": 6}, {"error": None},
        )),
        *({"pages": [replace(PAGE, **part)]} for part in ({"stream": "visit:w"}, {"after": 2}, {"upto": 9})),
    ],
)  # fmt: skip
def test_rc_1_an_answer_that_says_one_fact_otherwise_is_no_answer(other):
    sealed = receipts.seal(ANSWER, "r1", SERVER_NAME, SERVER_KEY)
    assert not receipts.holds(replace(sealed, **other), "n" * 22, "phone", KEYS)


@pytest.mark.parametrize("name", ["nonce", "device"])
def test_rc_1_whose_answer_it_is_and_to_which_request_is_signed(name):
    sealed = replace(receipts.seal(ANSWER, "r1", SERVER_NAME, SERVER_KEY), **{name: "x" * 22})
    asked = {"nonce": "n" * 22, "device": "phone"} | {name: "x" * 22}
    assert not receipts.holds(sealed, asked["nonce"], asked["device"], KEYS)


def test_rc_1_the_receipt_s_own_id_is_signed():
    sealed = receipts.seal(ANSWER, "r1", SERVER_NAME, SERVER_KEY)
    renamed = replace(sealed, receipt=replace(sealed.receipt, id="r2"))
    assert not receipts.holds(renamed, "n" * 22, "phone", KEYS)
