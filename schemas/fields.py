# ruff: noqa: ANN401, ARG002 - the signatures are marshmallow's
"""The kinds of field that the wire is made of, stricter than marshmallow's own.

Messages are stable codes (`required`, `not_text` …) that the message catalogue translates; no sentence is written
here. Every kind refuses what a database or a calendar would choke on later: NUL, lone surrogates, years out of reach.
"""

from datetime import UTC, date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

EARLIEST_DAY = date(1990, 1, 1)
LATEST_DAY = date(2199, 12, 31)
#: One line that a person can read: something visible, no control characters, no lone surrogates.
#: Spaces first, then the first visible character: no two parts fit the same text, so matching is linear.
LINE = r"^[^\S\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f\ud800-\udfff][^\x00-\x1f\x7f\ud800-\udfff]*$"
#: The same, over several lines.
PROSE = (
    r"^[^\S\x00-\x08\x0b\x0c\x0e-\x1f]*[^\s\x00-\x1f\x7f\ud800-\udfff]"
    r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*$"
)
IDENTIFIER = r"^[A-Za-z0-9_-]{1,64}$"
SLUG = r"^[a-z][a-z0-9_]{0,63}$"


class Shape(Schema):
    """A thing on the wire: unknown names are refused, names keep their order."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown", "type": "not_object"}


class Coded:
    """Says what is wrong as a code instead of marshmallow's English sentence."""

    codes = {"required": "required", "null": "null", "validator_failed": "invalid"}
    wrong = "invalid"

    def make_error(self, key: str, **_: Any) -> ValidationError:
        """Answer with the code of `key`; `wrong` names this kind of field's own mistake."""
        return ValidationError(self.codes.get(key, self.wrong))


class Text(Coded, fields.String):
    """One line of text, 1 to `longest` characters; `pattern` narrows it."""

    wrong = "not_text"

    def __init__(self, longest: int = 200, pattern: str = LINE, **kwargs: Any) -> None:
        length = validate.Length(min=1, max=longest, error="length")
        super().__init__(validate=[length, Whole(pattern)], **kwargs)


class Whole(validate.Regexp):
    """A pattern that must fit to the very end: `$` alone forgives a trailing line break."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern, error="pattern")

    def __call__(self, value: Any) -> Any:
        """Return `value` if the pattern fits all of it."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError("pattern")
        return value


class Prose(Text):
    """Several lines of text."""

    def __init__(self, longest: int = 2000, **kwargs: Any) -> None:
        super().__init__(longest, PROSE, **kwargs)


class Identifier(Text):
    """An id as its creator made it: base64url or base32 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(64, IDENTIFIER, **kwargs)


class Slug(Text):
    """A name out of a vocabulary that is data: an attribute, a kind of place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(64, SLUG, **kwargs)


class OneOf(Coded, fields.String):
    """A word out of a closed list."""

    wrong = "not_text"

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(words, error="choice"), **kwargs)


class Count(Coded, fields.Integer):
    """A whole number, written as one; `2.0`, `"2"` and `true` are refused."""

    wrong = "not_integer"

    def __init__(self, low: int = 0, high: int = 2**31 - 1, **kwargs: Any) -> None:
        bounds = validate.Range(low, high, error="range")
        super().__init__(strict=True, validate=bounds, **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._validated(value)


class QueryCount(Coded, fields.Integer):
    """A whole number in a query string, where everything is text."""

    wrong = "not_integer"

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high, error="range"), **kwargs)


class Number(Coded, fields.Float):
    """A finite number, written as one."""

    wrong = "not_number"

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high, error="range"), **kwargs)

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool | str):
            raise self.make_error("invalid")
        return super()._validated(value)


class Flag(Coded, fields.Boolean):
    """true or false and nothing that merely looks like it."""

    wrong = "not_boolean"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class QueryFlag(Coded, fields.Boolean):
    """`true` or `false` in a query string."""

    wrong = "not_boolean"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={"true"}, falsy={"false"}, **kwargs)


class Day(Coded, fields.Date):
    """A calendar day `2026-11-23` between 1990 and 2199."""

    wrong = "not_day"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or len(value) != len("2026-11-23"):
            raise self.make_error("invalid")
        day = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValidationError("range")
        return day


class Moment(Coded, fields.AwareDateTime):
    """An instant as RFC 3339 with an offset; given back in UTC."""

    wrong = "not_moment"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST_DAY.year <= moment.year <= LATEST_DAY.year:
            raise ValidationError("range")
        return moment.astimezone(UTC)


class Nested(Coded, fields.Nested):
    """A thing within a thing."""

    wrong = "not_object"


class Listed(Coded, fields.List[Any]):
    """A list of at most `longest` values."""

    wrong = "not_list"

    def __init__(self, inner: Any, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(inner, validate=validate.Length(max=longest, error="length"), **kwargs)


class Anything(Coded, fields.Raw):
    """A JSON value whose type the vocabulary decides, not the schema: an attribute's value."""


class Facts(Coded, fields.Dict):
    """An object with free names, in answers only."""

    wrong = "not_object"
