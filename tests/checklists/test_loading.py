"""Files → library, and every mistake of every file at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.definition import Limits, Number
from checklists.loading import BadFiles, load
from checklists.sentences import REASONS, mistake_line
from tests.checklists.factories import FILES, make_files
from tests.checklists.mistakes import GAS, HEAD, MISTAKES, WATER


def mistakes_of(files):
    with pytest.raises(BadFiles) as raised:
        load(files)
    return raised.value.mistakes


def test_files_without_mistakes_become_a_checklist():
    library = load(FILES)
    item = library.checklist.items()["GAS-001"]
    assert item.answer == Number(unit="%CH4", accepts={"%CH4": "1", "ppm": "0.0001"}, limits=Limits(below="1"))
    assert item.applies == ["in", "status", ["生产", "建设"]]
    assert library.ledger["L1-2"].why_not == "机关自身工作"
    assert [section.domain for section in library.checklist.sections] == ["gas", "water"]


def test_decimals_are_read_as_written():
    checklist = load(make_files((GAS, "below: 1.0", "below: 0.3"))).checklist
    assert checklist.items()["GAS-001"].answer.limits == Limits(below="0.3")


def test_the_default_is_added_where_the_expression_names_none_of_its_attributes():
    applies = load(FILES).checklist.items()["WAT-001"].applies
    assert applies == ["and", ["in", "status", ["生产", "建设"]], ["not", ["true", "blasting"]]]


def test_the_default_gives_way_where_the_expression_names_its_attribute():
    files = make_files((WATER, "not blasting", "status = 停产 or blasting"))
    assert load(files).checklist.items()["WAT-001"].applies == ["or", ["in", "status", ["停产"]], ["true", "blasting"]]


def test_the_default_joins_an_and_without_nesting():
    files = make_files((WATER, "not blasting", "blasting and capacity >= 90"))
    joined = ["and", ["in", "status", ["生产", "建设"]], ["true", "blasting"], [">=", "capacity", "90"]]
    assert load(files).checklist.items()["WAT-001"].applies == joined


@pytest.mark.parametrize(("file", "right", "wrong", "complaint"), MISTAKES)
def test_a_mistake_is_reported_with_file_line_path_and_code(file, right, wrong, complaint):
    found = mistakes_of(make_files((file, right, wrong)))
    assert complaint in [mistake[:4] for mistake in found]


def test_every_reason_is_met_by_one_of_these_mistakes_or_the_one_below():
    assert set(REASONS) == {complaint[3] for *_, complaint in MISTAKES} | {"empty_file"}


def test_an_empty_file_is_a_mistake():
    assert mistakes_of(FILES | {"places.yaml": "# nothing\n"})[-1][3] == "empty_file"


def test_all_mistakes_of_all_files_come_at_once():
    files = make_files(
        (GAS, "photo: optional", "photo: maybe"),
        (GAS, "standard: code", "standard: codex"),
        (WATER, "not blasting", "not blastin"),
        (HEAD, "number: 1", "number: one"),
        ("units.yaml", "factor: 60", "factor: sixty"),
    )
    assert {(mistake.file, mistake.code) for mistake in mistakes_of(files)} == {
        (GAS, "unknown_word"),
        (GAS, "unknown_standard"),
        (WATER, "unknown_attribute"),
        (HEAD, "whole_number_expected"),
        (HEAD, "edition_numbers_run_on"),
        ("units.yaml", "number_expected"),
    }


def test_a_missing_vocabulary_is_one_mistake_and_not_one_for_every_word():
    files = {name: text for name, text in FILES.items() if name != "ledger.yaml"}
    assert [mistake.code for mistake in mistakes_of(files)] == ["missing_file"]


def test_no_files_at_all_are_mistakes_too():
    assert {mistake.file for mistake in mistakes_of({})} == {name for name in FILES if "/" not in name}


def test_a_mistake_is_told_in_one_line():
    [mistake] = mistakes_of(make_files((GAS, "photo: optional", "photo: maybe")))
    assert (
        mistake_line(mistake) == "items/gas.yaml:11: items[0].photo: not one of the allowed words: maybe [unknown_word]"
    )


def test_a_word_is_not_accepted_as_a_boolean_because_yaml_of_old_took_it():
    files = make_files(("ledger.yaml", "patrol: true", "patrol: yes"))
    assert "boolean_expected" in [mistake.code for mistake in mistakes_of(files)]


@given(st.data())
def test_files_damaged_at_random_load_or_complain_and_nothing_else(data):
    files = dict(FILES)
    for _ in range(data.draw(st.integers(1, 3))):
        file = data.draw(st.sampled_from(sorted(files)))
        files[file] = damaged(files[file], data)
    try:
        load(files)
    except BadFiles as error:
        assert [mistake_line(mistake) for mistake in error.mistakes]  # noqa: PT017 - loading is as good


def damaged(text, data):
    """Without a stretch, or with something else in its place."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    return (
        text[:start]
        + data.draw(st.sampled_from(["", "x", "[", "{", "}", ": ", "- ", "\n", "&a ", "*a", "!!x ", "'"]))
        + text[end:]
    )


def test_an_item_without_its_key_is_told_by_its_place_in_the_file():
    found = mistakes_of(make_files((GAS, "key: GAS-001\n    title", "title")))
    assert [(mistake.path, mistake.code, mistake.found) for mistake in found] == [("items[0]", "missing_key", "key")]


def test_an_article_that_is_not_said_is_missing():
    found = mistakes_of(make_files((GAS, ', article: "192"', "")))
    assert [(mistake.path, mistake.code) for mistake in found] == [("items[0].clauses[0]", "missing_key")]


def test_an_empty_expression_is_a_mistake_and_not_every_mine():
    found = mistakes_of(make_files((WATER, "not blasting", "''")))
    assert [(mistake.path, mistake.code) for mistake in found] == [("items[0].applies", "text_expected")]
