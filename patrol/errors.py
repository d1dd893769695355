"""What a broken rule raises: a stable code and the facts, never a sentence and never an HTTP
status.

A code is a slug that clients may switch on and that the message catalogue translates; it is never
reused for another meaning. Leaf errors stand beside the rule that raises them.
"""

from datetime import date


class DomainError(Exception):
    """A rule was broken. Raise one of the four families, or a leaf of one; never this class itself.

    `code` says which rule, `details` the facts that a message needs (what JSON can say; dates
    become ISO text). A leaf class sets its own `code`; a family is raised with the code as its
    first argument: `raise Conflict("visit_sealed", visit=…)`.
    """

    code: str = "domain_error"

    def __init__(self, code: str | None = None, /, **details: object) -> None:
        self.code = code or type(self).code
        self.details = {name: _plain(value) for name, value in details.items()}
        super().__init__(self.code, details)

    def __str__(self) -> str:
        """For logs: `contract_overlap(mine=m1)`."""
        facts = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code}({facts})"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


class Invalid(DomainError):
    """What was given is malformed or incomplete."""

    code = "invalid"


class NotAllowed(DomainError):
    """The actor may see the thing but may not do this to it."""

    code = "not_allowed"


class NotFound(DomainError):
    """There is no such thing, or none in the actor's scope: the two are never told apart."""

    code = "not_found"


class Conflict(DomainError):
    """The request is sound, but not in the state that things are in."""

    code = "conflict"
