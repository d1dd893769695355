"""Numbers as people write them: exact decimals, the same in Python and on the phone. Never a float."""

import re
from decimal import Decimal

#: At most nine digits before and nine after the point: any product of two is exact in 28 digits.
_spells_decimal = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?").fullmatch
_spells_whole = re.compile(r"[0-9]{1,9}").fullmatch
BEYOND = 10**9


def read_decimal(text: str) -> Decimal | None:
    """The number that the text spells, or None. No exponent, no bare point, ASCII digits only."""
    return Decimal(text) if _spells_decimal(text) else None


def read_whole(text: str) -> Decimal | None:
    return Decimal(text) if _spells_whole(text) else None


def typed(value: object) -> str | None:
    """What was typed: text stays as it is, a JSON number becomes its shortest spelling, else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A whole number of thousands of digits cannot even be spelled.
    return repr(value) if abs(value) < BEYOND else None


def plain(number: Decimal) -> str:
    """The shortest spelling without an exponent: 2.400 → 2.4, 100 → 100, -0 → 0."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """The quotient where it is an exact decimal that `read_decimal` can spell, else None."""
    quotient = numerator / denominator
    exact = quotient * denominator == numerator and read_decimal(plain(quotient)) is not None
    return quotient if exact else None
