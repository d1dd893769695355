"""The commands of `python -m checklists`: opens files, calls the pure core, says in English what came out."""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from checklists.difference import difference, difference_for
from checklists.editions import BadEdition, Edition, compile_edition
from checklists.ledger_page import ledger_page, standings
from checklists.loading import BadFiles, load
from checklists.mine_file import MineFile, read_mine, strangers
from checklists.sentences import asked_line, difference_lines, mine_lines, mistake_line

LIBRARY = Path(__file__).parent / "library"

Say = Callable[[str], object]


def main(arguments: Sequence[str], today: date, say: Say, complain: Say) -> int:
    """Run one command. 0 = done, 1 = a file has mistakes or is missing; wrong usage exits with 2 (argparse)."""
    options = _parser(today).parse_args(arguments)
    try:
        options.run(options, lambda line: say(f"{line}\n"))
    except BadFiles as error:
        for mistake in error.mistakes:
            complain(f"{mistake_line(mistake)}\n")
        complain(f"mistakes: {len(error.mistakes)}\n")
        return 1
    except (BadEdition, OSError) as error:
        complain(f"{error}\n")
        return 1
    return 0


def read_folder(folder: Path) -> dict[str, str]:
    """Every YAML file of the folder by its name relative to it."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))
    }


def compiled_of(source: Path) -> bytes:
    """The edition that a folder compiles to, or the bytes of a compiled file."""
    if source.is_file():
        return source.read_bytes()
    return compile_edition(load(read_folder(source)).checklist)


def _mine(path: Path) -> MineFile:
    return read_mine(path.name, path.read_text(encoding="utf-8"))


def _parser(today: date) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m checklists", description="Work on a checklist and its editions.")
    commands = parser.add_subparsers(required=True, metavar="command")
    validate = commands.add_parser("validate", help="report every mistake of every file of a folder")
    validate.add_argument("folder", type=Path, nargs="?", default=LIBRARY)
    validate.set_defaults(run=_validate)

    applies = commands.add_parser("applies", help="what a mine is asked, and why")
    applies.add_argument("mine", type=Path, help="YAML: attributes, places")
    applies.add_argument("source", type=Path, nargs="?", default=LIBRARY, help="folder or compiled edition")
    applies.add_argument("--on", type=date.fromisoformat, default=today, help="the day, YYYY-MM-DD (today)")
    applies.add_argument("--cadence", choices=("round", "monthly"), default="monthly")
    applies.add_argument("--all", action="store_true", help="also what is not asked, and why not")
    applies.set_defaults(run=_applies)

    diff = commands.add_parser("diff", help="the difference of two editions, for all or for one mine")
    diff.add_argument("before", type=Path, help="folder or compiled edition")
    diff.add_argument("after", type=Path, nargs="?", default=LIBRARY, help="folder or compiled edition")
    diff.add_argument("--mine", type=Path, help="YAML: attributes, places")
    diff.add_argument("--on", type=date.fromisoformat, default=today, help="the day, YYYY-MM-DD (today)")
    diff.set_defaults(run=_diff)

    compiling = commands.add_parser("compile", help="write the compiled edition and say its digest")
    compiling.add_argument("out", type=Path)
    compiling.add_argument("folder", type=Path, nargs="?", default=LIBRARY)
    compiling.set_defaults(run=_compile)

    ledger = commands.add_parser("ledger", help="write the page that shows what of the notice the items serve")
    ledger.add_argument("out", type=Path)
    ledger.add_argument("folder", type=Path, nargs="?", default=LIBRARY)
    ledger.set_defaults(run=_ledger)
    return parser


def _validate(options: argparse.Namespace, say: Say) -> None:
    checklist = load(read_folder(options.folder)).checklist
    items = checklist.items().values()
    rounds = sum(item.cadence == "round" for item in items)
    say(f"{checklist.title}, edition {checklist.number}: {len(items)} items, {rounds} of them in the weekly round")


def _applies(options: argparse.Namespace, say: Say) -> None:
    edition, mine = Edition(compiled_of(options.source)), _mine(options.mine)
    for stranger in strangers(mine, edition.checklist):
        say(f"taken as unknown: {stranger}")
    everything = edition.explain(mine.attributes, mine.places, options.on, options.cadence)
    shown = [asked for asked in everything if asked.places or options.all]
    for asked in shown:
        say(asked_line(asked, edition.items[asked.item]))
    pairs = sum(len(asked.places) for asked in everything)
    say(f"items: {sum(bool(asked.places) for asked in everything)}, pairs: {pairs}")


def _diff(options: argparse.Namespace, say: Say) -> None:
    before, after = Edition(compiled_of(options.before)), Edition(compiled_of(options.after))
    if options.mine is None:
        lines = difference_lines(difference(before.checklist, after.checklist))
    else:
        mine = _mine(options.mine)
        lines = mine_lines(difference_for(before, after, mine.attributes, mine.places, options.on))
    for line in lines:
        say(line)


def _compile(options: argparse.Namespace, say: Say) -> None:
    edition = Edition(compiled_of(options.folder))
    options.out.write_bytes(edition.compiled)
    say(f"edition {edition.checklist.number}, {len(edition.compiled)} bytes, digest {edition.digest}")


def _ledger(options: argparse.Namespace, say: Say) -> None:
    library = load(read_folder(options.folder))
    options.out.write_text(ledger_page(library), encoding="utf-8")
    unserved = sum(each.unserved for each in standings(library))
    say(f"{len(library.ledger)} sections and rows, {unserved} of them unserved")
