"""Decide one exchange: from what is known and what was sent to what must be written (SPEC, part PL).

The server and the simulator both call `plan_exchange`; it is pure, and raises nothing because of
what an operation means.
"""

from sync.known import Context, Known, Needs, Plan, Prepared

__all__ = ["Context", "Known", "Needs", "Plan", "Prepared", "needs", "plan_exchange"]


def needs(request: Prepared) -> Needs:
    """What has to be gathered, and which streams locked, before `plan_exchange` may run."""
    raise NotImplementedError


def plan_exchange(known: Known, request: Prepared, context: Context) -> Plan:
    """Decide what to store and what to answer. Same inputs, same plan."""
    raise NotImplementedError
