"""Registers and sheets: heads from the set, conflicts, and the codec (SPEC, parts RG and SH)."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import sheets
from sync.chain import b64
from sync.compression import pack
from sync.registers import Entry, Register, Stamp, agree, contradicts, counted, outcome, relation, said
from sync.visits import answer_change


def uid(n):
    return b64(n.to_bytes(16, "big"))


def entry(n, *parents, value=b'{"outcome":"pass"}', chain="k", seq=None, person="p"):
    stamp = Stamp(uid(n), chain, seq or n, person, "d", 1000 + n)
    return Entry(stamp, tuple(map(uid, parents)), value)


def register(*entries):
    found = Register({})
    for one in entries:
        found.add(one)
    return found


def heads(found):
    return [head.uid for head in found.heads()]


def test_rg_2_an_edit_that_names_the_head_replaces_it():
    assert heads(register(entry(1), entry(2, 1))) == [uid(2)]


def test_rg_2_two_that_did_not_see_each_other_both_stay():
    assert heads(register(entry(1), entry(2), entry(3, 1))) == [uid(2), uid(3)]


def test_rg_2_a_parent_that_turns_up_later_is_already_superseded():
    assert heads(register(entry(2, 1), entry(1))) == [uid(2)]


def test_rg_9_edits_that_name_each_other_or_themselves_hide_nothing():
    assert heads(register(entry(1, 2), entry(2, 1))) == [uid(1), uid(2)]
    assert heads(register(entry(1, 1))) == [uid(1)]
    assert heads(register(entry(1, 1), entry(2))) == [uid(1), uid(2)]


@given(st.data())
def test_rg_1_the_heads_are_a_function_of_the_set(data):
    parents = data.draw(st.lists(st.lists(st.integers(1, 7), max_size=3), min_size=1, max_size=7))
    entries = [entry(n, *named) for n, named in enumerate(parents, 1)]
    shuffled = data.draw(st.permutations(entries + data.draw(st.lists(st.sampled_from(entries)))))
    assert heads(register(*shuffled)) == heads(register(*entries))


@given(st.data())
def test_rg_2_every_entry_is_a_head_or_the_ancestor_of_one(data):
    count = data.draw(st.integers(1, 7))
    entries = [
        entry(n, *data.draw(st.lists(st.integers(1, n - 1), max_size=3)) if n > 1 else ()) for n in range(1, count + 1)
    ]
    found = register(*entries)
    reached, waiting = set(), heads(found)
    while waiting:
        one = waiting.pop()
        reached.add(one)
        waiting += found.entries[one].parents
    assert reached == set(found.entries)


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ([b'{"outcome":"pass"}', b'{"outcome":"pass","note":"ok"}'], True),
        ([b'{"outcome":"na","reason":"x"}', b'{"outcome":"na","reason":"y"}'], True),
        ([b'{"outcome":"pass"}', b'{"outcome":"fail"}'], False),
        ([b'{"outcome":"pass","value":1}', b'{"outcome":"pass","value":2}'], False),
        ([b'"text"', b'"text"'], True),
        ([b'"text"', b'"other"'], False),
    ],
)
def test_rg_4_values_agree_when_they_say_the_same_notes_apart(values, same):
    found = register(*(entry(n, value=v) for n, v in enumerate(values, 1)))
    assert agree(found.heads()) is same
    assert relation(found, found.entries[uid(2)]) == ("same" if same else "concurrent")


def test_rg_3_the_first_and_the_replacing_are_applied():
    assert relation(register(entry(1)), entry(1)) == "applied"
    assert relation(register(entry(1), entry(2, 1)), entry(2, 1)) == "applied"
    assert relation(register(entry(2, 1), entry(1), entry(3)), entry(1)) == "applied"


@pytest.mark.parametrize(
    ("outcomes", "counts"),
    [
        (["pass", "fail"], "fail"),
        (["pass", "unseen"], "unseen"),
        (["na", "pass"], "pass"),
        (["unseen", "fail", "na"], "fail"),
        (["na"], "na"),
    ],
)
def test_rg_6_the_graver_counts_while_heads_differ(outcomes, counts):
    found = register(*(entry(n, value=b'{"outcome":"%s"}' % o.encode()) for n, o in enumerate(outcomes, 1)))
    assert counted(found.heads()) == counts


def test_rg_6_the_graver_of_phone_and_server_counts():
    assert outcome(b'{"outcome":"pass","judged":"fail"}') == "fail"
    assert outcome(b'{"outcome":"fail","judged":"pass"}') == "fail"


def test_rg_7_a_rehomed_copy_keeps_the_smaller_place_in_any_order():
    old, new = entry(1, chain="a", seq=5), entry(1, chain="b", seq=2)
    for order in ((old, new), (new, old)):
        found = register(*order)
        assert found.entries[uid(1)] == old
    assert not register(old).add(new)


def test_rg_8_one_uid_must_not_say_two_things():
    assert not contradicts(entry(1, chain="a"), entry(1, chain="b"))
    assert contradicts(entry(1), entry(1, value=b'{"outcome":"fail"}'))
    assert contradicts(entry(1), entry(1, 2))
    assert contradicts(entry(1), entry(1, person="q"))


def test_rg_4_what_is_said_of_other_registers_is_everything():
    assert said(b'{"note":"x"}') == b'{"note":"x"}'


names = st.text("abcdefgh/-", min_size=1, max_size=12)
moments = st.integers(-(2**53), 2**53)


@st.composite
def filled(draw):
    sheet = sheets.Sheet()
    for key in draw(st.lists(names, unique=True, max_size=8)):
        for n in draw(st.lists(st.integers(0, 9), min_size=1, max_size=4)):
            stamp = Stamp(uid(n), f"k{n % 3}", n + 1, f"p{n % 2}", "d", n * 7 - 3)
            parents = tuple(uid(p) for p in draw(st.lists(st.integers(0, 2**128 - 1), max_size=2)))
            parents += tuple(uid(p) for p in draw(st.lists(st.integers(0, 9), max_size=2)))
            sheet.add(key, Entry(stamp, parents, draw(st.binary(max_size=9))))
        sheet.registers[key].seq = draw(st.integers(0, 2**53))
    return sheet


@given(filled())
def test_sh_1_a_sheet_comes_back_as_it_was(sheet):
    back = sheets.decode(sheets.encode(sheet))
    assert back.registers == sheet.registers
    assert set(back.stamps) == {u for r in sheet.registers.values() for u in r.entries}
    assert back.content() == sheet.content()


def test_sh_1_an_empty_row_is_the_empty_sheet():
    assert sheets.decode(b"").registers == {}
    assert sheets.decode(sheets.encode(sheets.Sheet())).registers == {}


@pytest.mark.parametrize("data", [b"\x00", b"\x02", b"\x02damaged", b"\x03", b"\x03damaged", pack(b"\x01")])
def test_sh_2_a_damaged_row_is_an_error(data):
    with pytest.raises(ValueError, match=r"damaged|unknown"):
        sheets.decode(data)


def test_sh_3_a_register_of_a_visit_takes_about_thirty_bytes():
    rng = random.Random(7)  # noqa: S311 - seeded on purpose
    sheet, wall = sheets.Sheet(), 1_767_200_123_456
    places = [b64(rng.randbytes(16)) for _ in range(12)]
    chain = b64(rng.randbytes(16))
    for n in range(130):
        wall += rng.randrange(2000, 60_000)
        value = b'{"outcome":"pass"}'
        if rng.random() < 0.15:
            value = b'{"outcome":"fail","value":0.%d,"unit":"%%CH4"}' % rng.randrange(100)
        stamp = Stamp(b64(rng.randbytes(16)), chain, n + 3, "p1", "device", wall)
        sheet.add(f"answer/GAS-{n:03d}/{rng.choice(places)}", Entry(stamp, (), value))
        sheet.registers[f"{list(sheet.registers)[-1]}"].seq = n + 1
    assert len(sheets.encode(sheet)) / 130 <= 31


def test_rg_10_a_pass_without_the_value_that_is_asked_for_answers_nothing():
    empty = entry(1, value=b'{"outcome":"pass","judged":"unseen"}')

    change = answer_change("answer/GAS-001/-", register(empty))

    assert (change.outcome, change.answered) == ("unseen", False)


def test_rg_10_somebody_elses_whole_answer_does():
    empty = entry(1, value=b'{"outcome":"pass","judged":"unseen"}')

    change = answer_change("answer/GAS-001/-", register(empty, entry(2)))

    assert (change.answered, change.disputed) == (True, True)


def test_rg_10_could_not_see_is_an_answer():
    assert answer_change("answer/GAS-001/-", register(entry(1, value=b'{"outcome":"unseen","reason":"r"}'))).answered


def test_rg_10_what_was_taken_back_answers_nothing():
    back = entry(2, 1, value=b'{"outcome":"unseen","reason":"r","undone":true}')

    change = answer_change("answer/GAS-001/-", register(entry(1), back))

    assert (change.outcome, change.answered, change.disputed) == ("unseen", False, False)


def test_rg_10_a_note_that_speaks_of_it_takes_nothing_back():
    value = msgspec.json.encode({"outcome": "unseen", "note": ',"undone":true}', "reason": ',"undone":true}'})
    assert answer_change("answer/GAS-001/-", register(entry(1, value=value))).answered
