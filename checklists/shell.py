"""The commands of `python -m checklists`: opens files, calls the pure core, says in English what came out."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from checklists.loading import BadFiles, Library, load
from checklists.reading import Mistake

LIBRARY = Path(__file__).parent / "library"

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

Say = Callable[[str], object]


def main(arguments: Sequence[str], say: Say, complain: Say) -> int:
    """Run one command. 0 = done, 1 = the files have mistakes, 2 = wrong usage (argparse exits)."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options, say)
    except BadFiles as error:
        for mistake in error.mistakes:
            complain(f"{sentence(mistake)}\n")
        complain(f"{len(error.mistakes)} mistakes\n")
        return 1
    return 0


def sentence(mistake: Mistake) -> str:
    place = f"{mistake.file}:{mistake.line}: " + (f"{mistake.path}: " if mistake.path else "")
    return f"{place}{REASONS[mistake.code]} {mistake.found}".rstrip() + f" [{mistake.code}]"


def read_folder(folder: Path) -> dict[str, str]:
    """Every YAML file of the folder by its name relative to it."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))
    }


def _library(folder: Path) -> Library:
    return load(read_folder(folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m checklists", description="Work on a checklist's files.")
    commands = parser.add_subparsers(required=True, metavar="command")
    validate = commands.add_parser("validate", help="report every mistake of every file")
    validate.add_argument("folder", type=Path, nargs="?", default=LIBRARY)
    validate.set_defaults(run=_validate)
    return parser


def _validate(options: argparse.Namespace, say: Say) -> None:
    checklist = _library(options.folder).checklist
    items = checklist.items().values()
    rounds = sum(item.cadence == "round" for item in items)
    say(f"{checklist.title}, edition {checklist.number}: {len(items)} items, {rounds} of them in the weekly round\n")
