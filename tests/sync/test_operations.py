"""What is an operation, what is none, and what is one that is not understood (SPEC, part OP)."""

import msgspec
import pytest

from sync import operations
from sync.chain import b64

UID = b64(bytes(range(16)))
GOOD = {
    "v": 1, "uid": UID, "seq": 3, "prev": "x" * 43, "kind": "answer.set", "visit": "a" * 26,
    "reg": "answer/GAS-001/-", "parents": [UID], "t": [1, 2, "c"], "body": {"outcome": "pass"},
}  # fmt: skip


def decode(**other):
    return operations.decode(msgspec.json.encode({k: v for k, v in (GOOD | other).items() if v is not None}))


def test_op_1_an_operation_decodes_to_the_struct_of_its_kind():
    operation = decode()
    assert (type(operation), operation.kind, operation.body.outcome) == (operations.AnswerSet, "answer.set", "pass")


def test_op_1_every_kind_of_the_table_has_a_struct():
    kinds = {cls.__struct_config__.tag for cls in operations.Known.__args__}
    assert len(kinds) == len(operations.Known.__args__) == 23
    assert kinds >= operations.OFFICE_KINDS | operations.OPENING_KINDS


@pytest.mark.parametrize(
    "other",
    [
        {"uid": None}, {"uid": "short"}, {"uid": "ä" * 22}, {"uid": "A" * 21 + "B"}, {"seq": 0}, {"seq": "3"},
        {"prev": None}, {"prev": 5}, {"kind": None}, {"kind": ""}, {"seq": 2**60}, {"v": None},
    ],
)  # fmt: skip
def test_op_2_what_lacks_identity_or_place_is_no_operation(other):
    with pytest.raises(operations.MalformedOperationError):
        decode(**other)


def test_op_2_more_than_32_kib_is_no_operation():
    with pytest.raises(operations.MalformedOperationError):
        decode(body={"outcome": "pass", "note": "x" * 33_000})


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "robot.walk"}, {"body": None}, {"body": {"outcome": "maybe"}}, {"t": None}, {"t": [1, 2]},
        {"parents": ["A" * 21 + "B"]}, {"parents": [UID] * 65}, {"visit": "A" * 26}, {"visit": 7},
        {"body": {"outcome": "pass", "note": "x" * 4001}}, {"v": 0}, {"reg": "x" * 201},
        {"body": {"outcome": "pass", "value": {"deep": 1}}},
    ],
)  # fmt: skip
def test_op_6_a_body_or_kind_not_understood_is_opaque(other):
    operation = decode(**other)
    assert isinstance(operation, operations.Opaque)
    assert (operation.uid, operation.seq) == (UID, 3)


def test_op_6_unknown_fields_are_ignored():
    assert decode(colour="red", body={"outcome": "pass", "mood": 1}) == decode()


def test_op_8_a_nul_is_not_understood_and_a_written_backslash_is_no_nul():
    assert isinstance(decode(body={"outcome": "pass", "note": "a\0b"}), operations.Opaque)
    assert decode(body={"outcome": "pass", "note": "a\\u0000b"}).body.note == "a\\u0000b"


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"NaN", b"\xff", b'{"a":' * 5000, b'{"uid":"\\ud800"}'])
def test_op_2_other_bytes_are_no_operation(data):
    with pytest.raises(operations.MalformedOperationError):
        operations.decode(data)
