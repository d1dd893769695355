"""Compiled editions: canonical bytes, digests, which one is in force, and how two differ."""

import hashlib
import json
import subprocess
import sys
from datetime import date

import pytest

from checklists.difference import Change, difference, difference_for
from checklists.editions import BadEdition, compile_edition, digest_of, read_edition
from checklists.loading import BadFiles, load
from checklists.publications import Published, in_force, until
from tests.checklists.cases import Place
from tests.checklists.factories import FILES, make_checklist, make_edition, make_files

GAS, WATER, HEAD = "items/gas.yaml", "items/water.yaml", "checklist.yaml"
ON = date(2026, 11, 23)
EDITIONS = (
    Published(1, date(2026, 2, 1), "a"),
    Published(2, date(2026, 7, 1), "b"),
    Published(3, date(2027, 1, 1), ""),
)


def test_the_same_files_in_another_order_compile_to_the_same_bytes():
    shuffled = dict(reversed(FILES.items()))
    assert compile_edition(load(shuffled).checklist) == compile_edition(load(FILES).checklist)


def test_compiled_bytes_are_canonical_json():
    compiled = compile_edition(make_checklist())
    assert (
        json.dumps(json.loads(compiled), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == compiled
    )


def test_compiled_bytes_hold_no_binary_fraction():
    def refuse(text):
        raise AssertionError(text)

    json.loads(compile_edition(make_checklist()), parse_float=refuse)


def test_the_digest_is_the_sha_256_of_the_bytes():
    compiled = compile_edition(make_checklist())
    assert digest_of(compiled) == hashlib.sha256(compiled).hexdigest() == make_edition().digest


def test_reading_a_compiled_edition_gives_the_checklist_back():
    assert read_edition(compile_edition(make_checklist())) == make_checklist()


def test_a_comment_changes_no_digest_and_a_limit_does():
    commented = make_edition((GAS, "below: 1.0}", "below: 1.00}  # 第192条"))
    assert commented.digest == make_edition().digest
    assert make_edition((GAS, "below: 1.0}", "below: 0.9}")).digest != make_edition().digest


@pytest.mark.parametrize("compiled", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format":1}', b'{"format":"1"'])
def test_bytes_that_are_no_edition_are_refused(compiled):
    with pytest.raises(BadEdition) as raised:
        read_edition(compiled)
    assert raised.value.code == "no_edition"


def test_a_later_form_is_refused_by_its_number():
    compiled = compile_edition(make_checklist()).replace(b'"format":1', b'"format":2')
    with pytest.raises(BadEdition) as raised:
        read_edition(compiled)
    assert (raised.value.code, raised.value.found) == ("unknown_format", "2")


def test_the_form_always_stands_in_the_bytes():
    assert json.loads(compile_edition(make_checklist()))["format"] == 1


@pytest.mark.parametrize(
    ("right", "wrong", "flaw"),
    [
        ('"key":"WAT-001"', '"key":"GAS-001"', "GAS-001: twice"),
        ('["heading"]', '["moon"]', "GAS-001: at moon"),
        ('"standard":"code"', '"standard":"codex"', "GAS-001: standard codex"),
        ('"standard":"new-hazards"', '"standard":"moon"', "GAS-001: standard moon"),
        ('"unit":"%CH4"', '"unit":"%XX"', "GAS-001: unit %XX"),
        ('"ppm":"0.0001"', '"moons":"0.0001"', "GAS-001: unit moons"),
        ('"ppm":"0.0001"', '"ppm":"1e-4"', "GAS-001: answer"),
        ('"below":"1"', '"below":"one"', "GAS-001: answer"),
        ('"factor":"60"', '"factor":"sixty"', "units: min"),
        ('["not",["true","blasting"]]', '["xor",["true","blasting"]]', "WAT-001: applies"),
        ('["not",["true","blasting"]]', '["true","gas_grade"]', "WAT-001: applies"),
        ('["not",["true","blasting"]]', '["in","gas_grade",["超"]]', "WAT-001: applies"),
        ('["not",["true","blasting"]]', '[">","capacity","many"]', "WAT-001: applies"),
        ('["not",["true","blasting"]]', '["<","moon","1"]', "WAT-001: applies"),
        ('["not",["true","blasting"]]', "[]", "WAT-001: applies"),
        ('["not",["true","blasting"]]', '["not",' * 60 + '["true","blasting"]' + "]" * 60, "WAT-001: applies"),
    ],
)
def test_bytes_that_name_what_they_do_not_hold_are_refused(right, wrong, flaw):
    compiled = compile_edition(make_checklist()).decode()
    assert compiled.count(right) == 1
    with pytest.raises(BadEdition) as raised:
        read_edition(compiled.replace(right, wrong).encode())
    assert raised.value.code == "not_whole"
    assert raised.value.found.startswith(flaw)


def test_bytes_nested_beyond_reason_are_refused():
    deep = compile_edition(make_checklist()).decode().replace('["true","blasting"]', "[" * 100_000 + "]" * 100_000)
    with pytest.raises(BadEdition) as raised:
        read_edition(deep.encode())
    assert raised.value.code == "no_edition"


def test_fields_that_a_later_program_added_are_passed_over():
    compiled = compile_edition(make_checklist()).replace(b'"checklist":', b'"colour":"red","checklist":', 1)
    assert read_edition(compiled) == make_checklist()


def test_an_edition_is_in_force_from_its_day_until_the_day_before_the_next():
    assert in_force(EDITIONS, date(2026, 1, 31)) is None
    assert [in_force(EDITIONS, day).number for day in (date(2026, 2, 1), date(2026, 6, 30))] == [1, 1]
    assert [in_force(EDITIONS, day).number for day in (date(2026, 7, 1), date(2027, 1, 1), ON)] == [2, 3, 2]
    assert [until(EDITIONS, number) for number in (1, 2, 3)] == [date(2026, 6, 30), date(2026, 12, 31), None]


def test_a_published_edition_loads_while_its_content_stays():
    digest = make_edition().digest
    frozen = make_files((HEAD, "from: 2026-07-01}", f"from: 2026-07-01, digest: {digest}}}"))
    assert load(frozen).published == (Published(1, date(2026, 7, 1), digest),)


def test_a_published_edition_refuses_a_change_of_its_content():
    digest = make_edition().digest
    frozen = make_files(
        (HEAD, "from: 2026-07-01}", f"from: 2026-07-01, digest: {digest}}}"), (GAS, "below: 1.0", "below: 0.9")
    )
    with pytest.raises(BadFiles) as raised:
        load(frozen)
    assert [mistake.code for mistake in raised.value.mistakes] == ["edition_is_frozen"]


def test_a_second_edition_may_change_what_the_first_one_froze():
    second = f"digest: {make_edition().digest}}}\n  - {{number: 2, from: 2026-12-01}}"
    library = load(
        make_files((HEAD, "from: 2026-07-01}", f"from: 2026-07-01, {second}"), (GAS, "below: 1.0", "below: 0.9"))
    )
    assert (library.checklist.number, library.checklist.since) == (2, date(2026, 12, 1))


def test_an_edition_does_not_differ_from_itself():
    same = difference(make_checklist(), make_checklist())
    assert same == ((), (), {}, ())


def test_a_difference_names_fields_with_before_and_after():
    after = make_checklist((GAS, "below: 1.0", "max: 1.0"), (GAS, "photo: optional", "photo: required"))
    assert difference(make_checklist(), after).changed == {
        "GAS-001": (
            Change("answer.limits.below", "1", None),
            Change("answer.limits.max", None, "1"),
            Change("photo", "optional", "required"),
        )
    }


def test_a_difference_names_items_that_came_and_went():
    after = make_checklist((WATER, "WAT-001", "WAT-002"))
    found = difference(make_checklist(), after)
    assert (found.added, found.removed, found.changed) == (("WAT-002",), ("WAT-001",), {})


def test_a_difference_names_a_change_of_the_vocabulary():
    after = make_checklist(("standards.yaml", "until: 2026-06-30", "until: 2026-07-31"))
    assert difference(make_checklist(), after).vocabulary == (
        Change("standards.old-hazards.until", "2026-06-30", "2026-07-31"),
    )


def test_for_a_mine_only_what_it_is_asked_changes():
    before = make_edition()
    after = make_edition((GAS, "below: 1.0", "below: 0.9"), (WATER, "not blasting", "blasting"))
    register = [Place("h1", "heading", date(2026, 1, 1))]
    blasting = difference_for(before, after, {"status": "生产", "blasting": True}, register, ON)
    assert (blasting.added, blasting.removed) == (("WAT-001/-",), ())
    assert set(blasting.changed) == {"GAS-001"}
    quiet = difference_for(before, after, {"status": "生产", "blasting": False}, register, ON)
    assert (quiet.added, quiet.removed, set(quiet.changed)) == ((), ("WAT-001/-",), {"GAS-001"})
    standing = difference_for(before, after, {"status": "停产"}, register, ON)
    assert standing == ((), (), {})


#: Threads that have msgspec look at one type for the first time together end the process.
_LOOKS_NO_MORE = """
import sys
from msgspec import _utils
from checklists.editions import read_edition
def looked(obj):
    raise SystemExit(f"{obj} is looked at when it is first used")
_utils.get_class_annotations.__code__ = looked.__code__
read_edition(sys.stdin.buffer.read())
"""


def test_opening_an_edition_describes_no_type_that_threads_could_describe_at_once():
    compiled = compile_edition(make_checklist())
    subprocess.run([sys.executable, "-c", _LOOKS_NO_MORE], input=compiled, check=True, timeout=60)
