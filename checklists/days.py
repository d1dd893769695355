"""Days as files and answers write them."""

import re
from datetime import date

#: Python also reads week dates of the same length; a phone and a person do not.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date | None:
    """YYYY-MM-DD and nothing else, a day that exists; else None."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
