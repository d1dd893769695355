"""The signed-in console as the place where the office's operations are signed: each session has a chain of its own."""

from patrol.errors import NotAllowed
from server.console.call import Call
from server.db import Transaction
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services import epochs
from server.services.exchange import Moment, Now
from server.services.office import Desk


def desk_of(call: Call, running: Transaction | None = None) -> Desk:
    """The caller's desk in the action's transaction, or in `running` where the action opens its own."""
    session, tx = call.signed_in.session, running or call.transaction
    if session is None or tx is None:
        raise NotAllowed("console_only")
    key = current_key()
    now = Now(call.now, new_receipt_id(key, call.now))
    return Desk(call.actor, session.token_hash, Moment(now, epochs.current()), key, tx)
