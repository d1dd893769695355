"""Reading YAML by hand-held shape: every mistake is noted with file, line, path and code, and reading goes on.

Works on YAML's nodes instead of its values, so that 0.75 stays the text 0.75, a duplicate key is seen and
each mistake knows its line. After a mistake a placeholder of the right type is returned; whoever finds
mistakes at the end must throw the result away. Never opens a file.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import yaml

from checklists.days import read_day
from checklists.decimals import plain, read_decimal, read_whole

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TRUE, FALSE = frozenset({"true", "True"}), frozenset({"false", "False"})


class Mistake(NamedTuple):
    """`code` is stable, `path` leads to the spot (items[3].answer.unit), `found` is what stands there."""

    file: str
    line: int
    path: str
    code: str
    found: str


class Spot:
    """One node of a file, and where its mistakes go."""

    def __init__(self, file: str, path: str, node: yaml.Node, mistakes: list[Mistake]) -> None:
        self.file = file
        self.path = path
        self.node = node
        self.mistakes = mistakes

    def complain(self, code: str, found: str = "") -> None:
        self.mistakes.append(Mistake(self.file, self.node.start_mark.line + 1, self.path, code, found))

    def record(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Spot"]:
        """The fields of a mapping; unknown, duplicate and missing ones are mistakes."""
        fields = self.mapping()
        for name, spot in fields.items():
            if name not in required and name not in optional:
                spot.complain("unknown_key", name)
        if isinstance(self.node, yaml.MappingNode):
            for name in sorted(set(required) - set(fields)):
                self.complain("missing_key", name)
        return fields

    def mapping(self) -> dict[str, "Spot"]:
        """The fields of a mapping whose keys are free; duplicates are mistakes."""
        fields: dict[str, Spot] = {}
        for key, value in self._pairs():
            name = str(key.value)
            spot = Spot(self.file, f"{self.path}.{name}".lstrip("."), value, self.mistakes)
            if name in fields:
                Spot(self.file, spot.path, key, self.mistakes).complain("duplicate_key", name)
            fields.setdefault(name, spot)
        return fields

    def _pairs(self) -> list[tuple[yaml.Node, yaml.Node]]:
        if isinstance(self.node, yaml.MappingNode):
            return list(self.node.value)
        self.complain("mapping_expected")
        return []

    def sequence(self) -> list["Spot"]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.complain("list_expected")
            return []
        return [
            Spot(self.file, f"{self.path}[{number}]", node, self.mistakes)
            for number, node in enumerate(self.node.value)
        ]

    def text(self) -> str:
        """A scalar as written, its outer blanks removed; empty is a mistake."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.complain("text_expected")
            return ""
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of different texts."""
        texts: list[str] = []
        for spot in self.sequence():
            text = spot.text()
            if text in texts:
                spot.complain("repeated", text)
            texts.append(text)
        return tuple(texts)

    def one_of(self, allowed: Collection[str], code: str = "unknown_word") -> str:
        """One of the words; where there are none at all, the file that should hold them has its own mistake."""
        text = self.text()
        if text and allowed and text not in allowed:
            self.complain(code, text)
        return text

    def boolean(self) -> bool:
        text = self.text()
        if text and text not in TRUE | FALSE:
            self.complain("boolean_expected", text)
        return text in TRUE

    def decimal(self) -> str:
        """A decimal in its shortest spelling."""
        text = self.text()
        number = read_decimal(text)
        if text and number is None:
            self.complain("number_expected", text)
        return "" if number is None else plain(number)

    def whole(self) -> int:
        text = self.text()
        number = read_whole(text)
        if text and number is None:
            self.complain("whole_number_expected", text)
        return int(number or 0)

    def day(self) -> date:
        text = self.text()
        day = read_day(text)
        if text and day is None:
            self.complain("date_expected", text)
        return day or date.min


def open_file(file: str, text: str, mistakes: list[Mistake]) -> Spot | None:
    """The root of a file, or None and a mistake if it is no YAML or empty."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        mistakes.append(Mistake(file, line, "", "no_yaml", str(getattr(error, "problem", error))))
        return None
    if node is None:
        mistakes.append(Mistake(file, 1, "", "empty_file", ""))
        return None
    return Spot(file, "", node, mistakes)
