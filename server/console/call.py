"""One request, as a page or an action of the console sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server import calls


@dataclass(frozen=True, slots=True)
class Call(calls.Call):
    """Beside what every request has: the form, and what was wrong with it where it is shown again."""

    form: Mapping[str, Any] = field(default_factory=dict)
    #: What was wrong with the form that is shown again, a sentence a field; "" is about the whole form.
    errors: Mapping[str, str] = field(default_factory=dict)
    #: What was typed into the form that is shown again.
    given: Mapping[str, str] = field(default_factory=dict)
