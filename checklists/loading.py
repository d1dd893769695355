"""A folder's texts → a library: vocabulary, checklist, editions; or every mistake of every file at once.

Takes texts by file name and opens nothing. References between the files are checked here too, so that a
library without mistakes can be compiled and judged without another look.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from checklists.definition import Checklist, Condition, Item, Section
from checklists.editions import compile_edition, digest_of
from checklists.items import read_condition, read_item
from checklists.publications import Published, check_frozen, check_order, read_publication
from checklists.reading import Mistake, Spot, open_file
from checklists.vocabulary import (
    LedgerRow,
    Vocabulary,
    read_attribute,
    read_ledger_row,
    read_place_kind,
    read_standard,
    read_unit,
)

Entry = TypeVar("Entry")


class Library(NamedTuple):
    """What a folder says: the checklist as its last edition, the editions so far, the notice's ledger."""

    checklist: Checklist
    published: tuple[Published, ...]
    ledger: Mapping[str, LedgerRow]


class Head(NamedTuple):
    """What checklist.yaml says, each edition with its spot: it is compared with all the other files."""

    key: str
    title: str
    default_applies: Condition | None
    domains: tuple[str, ...]
    editions: tuple[tuple[Published, Spot], ...]


class BadFiles(ValueError):
    """All the mistakes, in the order of files and lines."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = sorted(set(mistakes))


def load(texts: Mapping[str, str]) -> Library:
    """Read a folder's files, by their names relative to it. Raises BadFiles with all mistakes."""
    mistakes: list[Mistake] = []
    library = _read(texts, mistakes)
    if mistakes or library is None:
        raise BadFiles(mistakes)
    return library


def _read(texts: Mapping[str, str], mistakes: list[Mistake]) -> Library | None:
    words = read_vocabulary(texts, mistakes)
    head = _head(texts, words, mistakes)
    if head is None:
        return None
    sections = _sections(texts, head, words, mistakes)
    if mistakes:
        return None
    edition, spot = head.editions[-1]
    checklist = Checklist(
        checklist=head.key,
        title=head.title,
        number=edition.number,
        since=edition.since,
        attributes=dict(words.attributes),
        places=dict(words.places),
        units=dict(words.units),
        standards=dict(words.standards),
        sections=sections,
    )
    check_frozen(edition, spot, digest_of(compile_edition(checklist)))
    return Library(checklist, tuple(each for each, _ in head.editions), words.ledger)


def read_vocabulary(texts: Mapping[str, str], mistakes: list[Mistake]) -> Vocabulary:
    """The five vocabularies; a missing or wrong one leaves holes and mistakes."""
    words = Vocabulary(
        attributes=_entries("attributes", read_attribute, texts, mistakes),
        places=_entries("places", read_place_kind, texts, mistakes),
        units=_entries("units", read_unit, texts, mistakes),
        standards=_entries("standards", read_standard, texts, mistakes),
        ledger=_entries("ledger", read_ledger_row, texts, mistakes),
    )
    mistakes.extend(
        Mistake("standards.yaml", 1, slug, "unknown_standard", older)
        for slug, standard in words.standards.items()
        for older in sorted(set(standard.supersedes) - set(words.standards))
    )
    return words


def _entries(
    name: str,
    read: Callable[[Spot], tuple[str, Entry]],
    texts: Mapping[str, str],
    mistakes: list[Mistake],
) -> dict[str, Entry]:
    root = _open(f"{name}.yaml", texts, mistakes)
    fields = root.record((name,)) if root else {}
    entries: dict[str, Entry] = {}
    for spot in fields[name].sequence() if name in fields else ():
        key, entry = read(spot)
        if key in entries:
            spot.complain("repeated", key)
        entries[key] = entry
    return entries


def _head(texts: Mapping[str, str], words: Vocabulary, mistakes: list[Mistake]) -> Head | None:
    root = _open("checklist.yaml", texts, mistakes)
    if root is None:
        return None
    fields = root.record(("key", "title", "domains", "editions"), ("default_applies",))
    return Head(
        key=fields["key"].text() if "key" in fields else "",
        title=fields["title"].text() if "title" in fields else "",
        default_applies=read_condition(fields["default_applies"], words) if "default_applies" in fields else None,
        domains=fields["domains"].texts() if "domains" in fields else (),
        editions=_editions(fields["editions"]) if "editions" in fields else (),
    )


def _editions(spot: Spot) -> tuple[tuple[Published, Spot], ...]:
    editions = tuple(read_publication(entry) for entry in spot.sequence())
    check_order(editions)
    if not editions:
        spot.complain("editions_are_empty")
    return editions


def _sections(texts: Mapping[str, str], head: Head, words: Vocabulary, mistakes: list[Mistake]) -> tuple[Section, ...]:
    listed = [f"items/{domain}.yaml" for domain in head.domains]
    strangers = (file for file in set(texts) - set(listed) if file.startswith("items/"))
    mistakes.extend(Mistake(file, 1, "", "file_not_in_domains", "") for file in strangers)
    keys: dict[str, str] = {}
    sections = []
    for domain, file in zip(head.domains, listed, strict=True):
        root = _open(file, texts, mistakes)
        if root is not None:
            sections.append(_section(root, domain, words, head.default_applies, keys))
    return tuple(sections)


def _section(root: Spot, domain: str, words: Vocabulary, default: Condition | None, keys: dict[str, str]) -> Section:
    fields = root.record(("domain", "title", "items"))
    if "domain" in fields and fields["domain"].text() != domain:
        fields["domain"].complain("domain_is_file_name", domain)
    items: list[Item] = []
    for spot in fields["items"].sequence() if "items" in fields else ():
        key, item = read_item(spot, words, default)
        if key in keys:
            spot.complain("repeated", f"{key} ({keys[key]})")
        keys.setdefault(key, f"{spot.file} {spot.path}")
        if item is not None:
            items.append(item)
    return Section(domain=domain, title=fields["title"].text() if "title" in fields else "", items=tuple(items))


def _open(file: str, texts: Mapping[str, str], mistakes: list[Mistake]) -> Spot | None:
    if file not in texts:
        mistakes.append(Mistake(file, 1, "", "missing_file", ""))
        return None
    return open_file(file, texts[file], mistakes)
