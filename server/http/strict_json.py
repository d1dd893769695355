"""JSON that means one thing: no NaN, no infinities, no key twice in an object."""

import json
import math
from typing import Any, NoReturn


class StrictJsonError(ValueError):
    """The text is not JSON, or JSON that two readers may understand differently."""


def loads(data: bytes) -> Any:
    """Parse UTF-8 JSON. Raises StrictJsonError, also for nesting too deep to parse."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except StrictJsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise StrictJsonError(str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictJsonError("a key stands twice in an object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise StrictJsonError(f"{digits} is too large a number")
    return number
