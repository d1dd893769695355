"""The small language of `applies`: text → a condition (JSON arrays), checked against the vocabulary.

The grammar is in docs/checklist-format.md. This runs when files are loaded and nowhere else: phones and
the server evaluate the condition that comes out. Complaints are raised as `BadExpression`, never printed.
"""

import re
from collections.abc import Mapping

from checklists.decimals import read_decimal
from checklists.definition import Attribute, Condition

TOKEN = re.compile(r"\s*(?:(?P<symbol><=|>=|[<>=(),])|'(?P<quoted>[^']*)'|(?P<word>[^\s<>=(),'!&|\"]+))")
KEYWORDS = frozenset({"and", "or", "not", "in"})
COMPARISONS = frozenset({"<", "<=", ">", ">="})
#: Parentheses and `not` inside one another; a person cannot read more than a few.
DEEPEST = 20


class BadExpression(ValueError):
    """Why an expression cannot be used: a stable code and what was met."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(f"{code}: {found}")
        self.code = code
        self.found = found


def parse(text: str, attributes: Mapping[str, Attribute]) -> Condition:
    """Read an `applies`. Raises BadExpression at the first thing that does not fit."""
    reader = _Reader(_tokens(text), attributes)
    condition = reader.either(DEEPEST)
    if reader.peek() != END:
        raise BadExpression("unexpected", reader.peek()[1])
    return condition


def names_in(condition: Condition) -> frozenset[str]:
    """The attributes that a condition looks at."""
    head, *rest = condition
    if head in ("and", "or", "not"):
        return frozenset[str]().union(*(names_in(part) for part in rest))
    return frozenset({rest[0]})


Token = tuple[str, str]
END: Token = ("end", "end of the expression")


def _tokens(text: str) -> list[Token]:
    tokens, at, text = [], 0, text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadExpression("unexpected", text[at:].strip()[:12])
        tokens.append(_token(match))
        at = match.end()
    return tokens


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    word = match[kind]
    return ("symbol" if word in KEYWORDS else kind, word) if kind == "word" else (kind, word)


class _Reader:
    """One pass over the tokens, one method a line of the grammar."""

    def __init__(self, tokens: list[Token], attributes: Mapping[str, Attribute]) -> None:
        self._tokens = [*tokens, END]
        self._at = 0
        self._attributes = attributes

    def peek(self) -> Token:
        return self._tokens[self._at]

    def either(self, depth: int) -> Condition:
        return self._chain("or", [self._all(depth)], depth)

    def _all(self, depth: int) -> Condition:
        return self._chain("and", [self._one(depth)], depth)

    def _chain(self, word: str, parts: list[Condition], depth: int) -> Condition:
        while self._took(word):
            parts.append(self._all(depth) if word == "or" else self._one(depth))
        return parts[0] if len(parts) == 1 else [word, *parts]

    def _one(self, depth: int) -> Condition:
        if depth == 0:
            raise BadExpression("too_deep", self.peek()[1])
        if self._took("not"):
            return ["not", self._one(depth - 1)]
        if self._took("("):
            inside = self.either(depth - 1)
            self._expect(")")
            return inside
        return self._test()

    def _test(self) -> Condition:
        name = self._word("attribute_expected")
        attribute = self._attributes.get(name)
        if attribute is None:
            raise BadExpression("unknown_attribute", name)
        if attribute.type == "bool":
            return ["true", name]
        return self._among(name, attribute) if attribute.type == "enum" else self._compared(name)

    def _among(self, name: str, attribute: Attribute) -> Condition:
        if self._took("="):
            return ["in", name, [self._value(attribute)]]
        if not self._took("in"):
            raise BadExpression("enum_needs_values", name)
        self._expect("(")
        values = [self._value(attribute)]
        while self._took(","):
            values.append(self._value(attribute))
        self._expect(")")
        return ["in", name, values]

    def _value(self, attribute: Attribute) -> str:
        value = self._word("value_expected")
        if value not in attribute.values:
            raise BadExpression("unknown_value", value)
        return value

    def _compared(self, name: str) -> Condition:
        kind, symbol = self.peek()
        if kind != "symbol" or symbol not in COMPARISONS:
            raise BadExpression("number_needs_comparison", name)
        self._at += 1
        number = self._word("number_expected")
        if read_decimal(number) is None:
            raise BadExpression("number_expected", number)
        return [symbol, name, number]

    def _took(self, symbol: str) -> bool:
        if self.peek() != ("symbol", symbol):
            return False
        self._at += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._took(symbol):
            raise BadExpression("unexpected", self.peek()[1])

    def _word(self, code: str) -> str:
        kind, word = self.peek()
        if kind not in ("word", "quoted"):
            raise BadExpression(code, word)
        self._at += 1
        return word
