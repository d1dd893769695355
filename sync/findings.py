"""A finding read from its sheet: one register a field (SPEC, part FN).

Says what each field counts as and which are disputed; which step may follow which is patrol's.
"""

from collections.abc import Iterator

import msgspec

from sync import bodies
from sync.registers import Entry, agree
from sync.sheets import Sheet

_decode = msgspec.json.Decoder().decode
SEVERITY = {"general": 0, "serious_violation": 1, "suspected_major": 2}


_photo = msgspec.json.Decoder(bodies.Photo)


def proofs(sheet: Sheet) -> Iterator[tuple[bodies.Photo, Entry]]:
    """The photos that stand on a finding, each with the entry that declared it."""
    for _, register in sheet.under("photo/"):
        for head in register.heads():
            if not head.value.startswith(b'{"gone"'):
                yield _photo.decode(head.value), head


def fields_of(sheet: Sheet) -> tuple[dict[str, object], tuple[str, ...]]:
    """(counted value by field, names of disputed fields).

    The gravest severity and `live` over `retracted` count while heads differ (FN-4, FN-5); of other
    fields the head with the smallest uid is shown, and the field is listed as disputed.
    Photos and notes come back as lists under `photos` and `notes`.
    """
    values: dict[str, object] = {}
    disputed: list[str] = []
    lists: dict[str, list[object]] = {"photos": [], "notes": []}
    for key, register in sheet.registers.items():
        heads = register.heads()
        if len(heads) > 1 and not agree(heads):
            disputed.append(key)
        sort, _, name = key.partition("/")
        if name:
            lists[sort + "s"].extend(_decode(head.value) for head in heads)
        else:
            values[key] = _counted(key, heads)
    return values | {k: v for k, v in lists.items() if v}, tuple(sorted(disputed))


def _counted(key: str, heads: list[Entry]) -> object:
    values = [_decode(head.value) for head in heads]
    if len(values) == 1:
        return values[0]
    if key == "severity":
        return max(values, key=SEVERITY.__getitem__)
    if key == "state":
        return next((value for value in values if value == "live"), values[0])
    return values[0]
