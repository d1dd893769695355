"""Reading an item of items/<domain>.yaml against the vocabulary. What is written there is docs/checklist-format.md."""

import re
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from checklists.answers import read_answer
from checklists.definition import Condition, Item, Link, Severity
from checklists.expression import BadExpression, names_in, parse
from checklists.reading import Spot
from checklists.vocabulary import Vocabulary

KEY = re.compile(r"[A-Z]{2,4}-[0-9]{3}")
ARTICLE = re.compile(r"[0-9A-Za-z一-鿿().\-、]+")
REQUIRED = ("key", "title", "answer", "repeat", "cadence", "photo", "specialty", "clauses", "notice", "basis")
OPTIONAL = ("guidance", "evidence", "accepts", "applies", "at", "unplaced", "severity")
TEXTS = ("title", "guidance", "evidence")
WORDS = ("repeat", "cadence", "photo", "specialty", "basis", "unplaced")
ALLOWED = {name: get_args(get_type_hints(Item)[name]) for name in WORDS}


def read_item(spot: Spot, words: Vocabulary, default_applies: Condition | None) -> tuple[str, Item | None]:
    """The item's key, and the item unless a mistake leaves nothing to build."""
    before = len(spot.mistakes)
    fields = spot.record(REQUIRED, OPTIONAL)
    said: dict[str, Any] = {
        "key": _key(fields),
        "answer": read_answer(fields["answer"], fields.get("accepts"), words.units) if "answer" in fields else None,
        "applies": _applies(fields, words, default_applies),
        "at": _at(spot, fields, words),
        "severity": _severity(fields, words),
        "clauses": _links(fields.get("clauses"), words),
        "notice": _notice(fields, words),
    }
    said |= {name: fields[name].text() for name in TEXTS if name in fields}
    said |= {name: fields[name].one_of(ALLOWED[name]) for name in WORDS if name in fields}
    return said["key"], Item(**said) if len(spot.mistakes) == before else None


def _key(fields: Mapping[str, Spot]) -> str:
    if "key" not in fields:
        return ""
    key = fields["key"].text()
    if key and not KEY.fullmatch(key):
        fields["key"].complain("bad_key", key)
    return key


def read_condition(spot: Spot, words: Vocabulary) -> Condition | None:
    text = spot.text()
    if not text:
        return None
    try:
        return parse(text, words.attributes)
    except BadExpression as error:
        spot.complain(error.code, error.found)
        return None


def _applies(fields: Mapping[str, Spot], words: Vocabulary, default: Condition | None) -> Condition | None:
    own = read_condition(fields["applies"], words) if "applies" in fields else None
    if own is None or default is None:
        return own or default
    if names_in(own) & names_in(default):
        return own
    return ["and", default, *own[1:]] if own[0] == "and" else ["and", default, own]


def _at(spot: Spot, fields: Mapping[str, Spot], words: Vocabulary) -> tuple[str, ...]:
    repeats = "repeat" in fields and fields["repeat"].text() == "place"
    if repeats and "at" not in fields:
        spot.complain("repeat_place_needs_at")
    if "unplaced" in fields and not repeats:
        fields["unplaced"].complain("unplaced_belongs_to_repeat_place")
    if "at" not in fields:
        return ()
    for kind in fields["at"].sequence():
        kind.one_of(words.places, "unknown_place_kind")
    return fields["at"].texts()


def _severity(fields: Mapping[str, Spot], words: Vocabulary) -> Severity:
    if "severity" not in fields:
        return Severity()
    spot = fields["severity"]
    said = spot.record((), ("serious_violation", "may_be_major"))
    serious = "serious_violation" in said and said["serious_violation"].boolean()
    links = _links(said.get("may_be_major"), words)
    if serious == bool(links):
        spot.complain("severity_is_one_of_two")
    return Severity(serious_violation=serious, may_be_major=links)


def _links(spot: Spot | None, words: Vocabulary) -> tuple[Link, ...]:
    return () if spot is None else tuple(_link(link, words) for link in spot.sequence())


def _link(spot: Spot, words: Vocabulary) -> Link:
    fields = spot.record(("standard", "article"))
    standard = fields["standard"].one_of(words.standards, "unknown_standard") if "standard" in fields else ""
    article = fields["article"].text() if "article" in fields else ""
    if article and not ARTICLE.fullmatch(article):
        fields["article"].complain("bad_article", article)
    return Link(standard=standard, article=article)


def _notice(fields: Mapping[str, Spot], words: Vocabulary) -> tuple[str, ...]:
    if "notice" not in fields:
        return ()
    for row in fields["notice"].sequence():
        row.one_of(words.ledger, "unknown_ledger_row")
    return fields["notice"].texts()
