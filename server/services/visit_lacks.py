"""What a submitted visit still lacks, phone by phone, in words that a person can act on. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.services.witness import Witness
from sync.sheets import Sheet
from sync.visits import photos


@dataclass(frozen=True, slots=True)
class Lack:
    """`what`: join, done, answers, findings or photos (of counts promised), photo (bytes). `count`: how many."""

    what: str
    name: str
    phone: str
    count: int = 1


def lacks_of(missing: Iterable[str], sheet: Sheet, witness: Witness) -> list[Lack]:
    """The lines of `sync.visits.state_of`, photos counted by the phone that has them."""
    waiting: dict[tuple[str, str], int] = {}
    holders = _holders(sheet)
    lacks = []
    for line in missing:
        what, _, rest = line.partition(":")
        if what == "photo":
            holder = holders.get(rest, ("", ""))
            waiting[holder] = waiting.get(holder, 0) + 1
        else:
            lacks.append(_lack(what, rest, witness))
    return lacks + list(_bytes(waiting, witness))


def _lack(what: str, rest: str, witness: Witness) -> Lack:
    participant, _, count = rest.partition(":")
    person, _, device = participant.partition("@")
    return Lack(what, witness.name(person), witness.phone(device) or "", int(count or 1))


def _bytes(waiting: dict[tuple[str, str], int], witness: Witness) -> Iterator[Lack]:
    for (person, device), count in sorted(waiting.items()):
        yield Lack("photo", witness.name(person), witness.phone(device) or "", count)


def _holders(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Digest → who photographed, and on which phone."""
    found = {}
    for photo in photos(sheet):
        first, *_ = sheet.registers[f"photo/{photo.photo}"].entries.values()
        found[photo.sha256] = (first.stamp.person, first.stamp.device)
    return found
