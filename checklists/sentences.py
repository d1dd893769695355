"""How the commands speak: mistakes, reasons and changes as English lines. Says what the core found, decides nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping

from checklists.applicability import Asked
from checklists.definition import MINE_ITSELF, Condition, Item
from checklists.difference import Change, Difference, MineDifference
from checklists.reading import Mistake

REASONS = {
    "accepts_belongs_to_number": "only readings have accepted units, not",
    "attribute_expected": "an attribute's name should stand here:",
    "bad_article": "no article number:",
    "bad_key": "a key is two to four capitals, a hyphen, three digits:",
    "boolean_expected": "true or false, not",
    "date_expected": "a date is written YYYY-MM-DD and exists:",
    "date_needs_one_limit": "a date has either max_age_days or min_days_left",
    "domain_is_file_name": "the domain is the file's name,",
    "duplicate_key": "said twice:",
    "edition_begins_after_the_one_before": "an edition begins after the one before it:",
    "edition_is_frozen": "this edition is published and its content has changed; add an edition:",
    "edition_needs_digest": "an edition that has a successor needs its digest:",
    "edition_numbers_run_on": "editions are numbered 1, 2, 3 …:",
    "editions_are_empty": "at least one edition is needed",
    "empty_file": "the file is empty",
    "ends_before_it_begins": "its last day is before its first:",
    "enum_needs_values": "an enum is tested with = or in (…):",
    "factor_must_be_positive": "a factor is greater than 0:",
    "fields_are_empty": "fields names at least one of alarm, cut, restore",
    "file_not_in_domains": "checklist.yaml does not list this domain",
    "limits_exclude_everything": "no value can pass:",
    "limits_or_fields": "a number has limits or fields, not both",
    "list_expected": "a list should stand here",
    "mapping_expected": "a mapping should stand here",
    "missing_file": "the file is missing",
    "missing_key": "missing:",
    "no_exact_conversion": "these units do not convert exactly:",
    "no_yaml": "not readable as YAML:",
    "number_expected": "a decimal of at most nine digits on each side should stand here, not",
    "number_needs_comparison": "a number is tested with <, <=, > or >=:",
    "repeat_place_needs_at": "repeat: place needs at",
    "repeated": "already there:",
    "severity_is_one_of_two": "severity is serious_violation: true or a list may_be_major; leave it out for general",
    "text_expected": "a text should stand here",
    "too_deep": "nested too deeply:",
    "two_bounds_on_one_side": "min and above, or max and below, exclude each other",
    "unexpected": "not expected here:",
    "unit_and_fields_go_together": "a pass_fail has unit and fields together or neither",
    "unknown_attribute": "attributes.yaml does not know",
    "unknown_key": "unknown key",
    "unknown_ledger_row": "ledger.yaml does not know",
    "unknown_place_kind": "places.yaml does not know",
    "unknown_standard": "standards.yaml does not know",
    "unknown_unit": "units.yaml does not know",
    "unknown_value": "not a value of this attribute:",
    "unknown_word": "not one of the allowed words:",
    "unplaced_belongs_to_repeat_place": "unplaced belongs to repeat: place",
    "value_expected": "a value should stand here, not",
    "values_belong_to_enum": "values belong to an enum, and an enum needs them; type",
    "whole_number_expected": "a whole number should stand here, not",
    "why_not_belongs_to_patrol_false": "why_not belongs to patrol: false, which needs it",
}


BECAUSE = {
    "always": "every mine",
    "true": "because",
    "unknown": "asked until it is known:",
    "false": "not here:",
    "not_in_round": "monthly table only",
}
TRUTH = {True: "yes", False: "no", None: "unknown"}


def mistake_line(mistake: Mistake) -> str:
    place = f"{mistake.file}:{mistake.line}: " + (f"{mistake.path}: " if mistake.path else "")
    return f"{place}{REASONS[mistake.code]} {mistake.found}".rstrip() + f" [{mistake.code}]"


def asked_line(asked: Asked, item: Item) -> str:
    places = ", ".join("the mine" if place == MINE_ITSELF else place for place in asked.places)
    return f"{asked.item} {item.title}  [{places or 'not asked'}]  {_reason(asked, item)}"


def _reason(asked: Asked, item: Item) -> str:
    tests = "; ".join(f"{test_text(tested.test)}: {TRUTH[tested.truth]}" for tested in asked.tests)
    condition = f"{BECAUSE[asked.because]} {tests}".strip()
    if asked.placing == "no_open_place" and asked.because not in ("false", "not_in_round"):
        return f"{condition}; no open place of kind {', '.join(item.at)}"
    return condition


def test_text(test: Condition) -> str:
    """A single test as it is written in the files."""
    if test[0] == "true":
        return str(test[1])
    if test[0] == "in":
        return f"{test[1]} in ({', '.join(test[2])})"
    return f"{test[1]} {test[0]} {test[2]}"


def difference_lines(found: Difference) -> Iterator[str]:
    yield from _keys("added", found.added)
    yield from _keys("removed", found.removed)
    yield from _changed(found.changed)
    yield from (f"vocabulary {_change(change)}" for change in found.vocabulary)


def mine_lines(found: MineDifference) -> Iterator[str]:
    yield from _keys("asked from now on", found.added)
    yield from _keys("no longer asked", found.removed)
    yield from _changed(found.changed)


def _keys(what: str, keys: Iterable[str]) -> Iterator[str]:
    return (f"{what}: {key}" for key in keys)


def _changed(changed: Mapping[str, Iterable[Change]]) -> Iterator[str]:
    return (f"changed: {key} {_change(change)}" for key, changes in changed.items() for change in changes)


def _change(change: Change) -> str:
    return f"{change.path}: {_said(change.before)} → {_said(change.after)}"


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
