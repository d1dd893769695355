"""What every request that is answered has in common, whether a program sent it or a page: the moment, who asks, the
transaction; and the early refusal of whoever never does such a thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from patrol.errors import NotAllowed
from patrol.permissions import Actor, Verb, scopes
from server.auth import Caller, current_caller, require_own_page
from server.db import Transaction
from server.services.second_factor import ASKED_AGAIN_FOR


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as whoever answers it sees it."""

    now: datetime
    caller: Caller | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    transaction: Transaction | None = None

    @property
    def actor(self) -> Actor:
        """Who asks, where something is not open to everybody."""
        return self.signed_in.actor

    @property
    def signed_in(self) -> Caller:
        """The caller with what else is known; a bug to ask for where everything is open."""
        if self.caller is None:
            raise RuntimeError("what is open to everybody has no caller")
        return self.caller


def admit(verb: Verb | None, unfinished: frozenset[str], now: datetime, *, reads: bool) -> Caller | None:
    """Who asks; None where nobody need say who they are, but even then a change must come from a page of our own.

    The same answer for every id, so nothing is told of any; the services look at the thing. Raises NotAllowed and what
    `current_caller` raises.
    """
    if verb is None:
        if not reads:
            require_own_page()
        return None
    caller = current_caller(now, unfinished)
    if not scopes(caller.actor.role, verb):
        raise NotAllowed("not_allowed", verb=verb.value, role=caller.actor.role.value)
    return caller


def asks_proof(verb: Verb | None, *, always: bool, spared_because: str) -> bool:
    """Whether a change asks for the second factor again: as the one list says, unless there is a reason against it."""
    return always or (verb in ASKED_AGAIN_FOR and not spared_because)
