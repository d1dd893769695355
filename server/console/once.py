"""A form that is sent twice, by a bouncing mouse or an impatient hand, does its thing once: the second time only leads
to where the first one led.

Known again is the very form with what was typed into it: who goes back and changes a word means something new. Kept in
the session's row, in the transaction of the action itself; it ends with the session.
"""

import hashlib
import json
import secrets

from flask import request
from sqlalchemy import select

from server.console.call import Call
from server.console.forms import CSRF_FIELD, ONCE_FIELD, PROOF_FIELD
from server.db import db
from server.models.user import ConsoleSession

#: So many forms of a session are remembered: nobody sends a thirteenth before the first one's answer is there.
REMEMBERED = 12


def new_mark() -> str:
    """What tells one form on a page from the same form on the next."""
    return secrets.token_urlsafe(9)


def led_to(call: Call) -> str | None:
    """Where this form led when it was sent before; None the first time. Locks the session, so that twins wait."""
    row, sent = _session(call), _sent()
    if row is None or sent is None:
        return None
    return next((address for known, address in row.forms_sent or () if known == sent), None)


def remember(call: Call, address: str) -> None:
    """This form has done its thing and leads to `address`."""
    row, sent = _session(call), _sent()
    if row is not None and sent is not None:
        row.forms_sent = [*(row.forms_sent or ()), [sent, address]][-REMEMBERED:]


def _session(call: Call) -> ConsoleSession | None:
    """The row as it is now; None for a phone, on an open page, and where the action has ended the session."""
    session = call.caller.session if call.caller else None
    if session is None:
        return None
    wanted = select(ConsoleSession).where(ConsoleSession.token_hash == session.token_hash).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def _sent() -> str | None:
    if ONCE_FIELD not in request.form:
        return None
    told = sorted((name, values) for name, values in request.form.lists() if name not in {CSRF_FIELD, PROOF_FIELD})
    return hashlib.sha256(json.dumps([request.path, told]).encode()).hexdigest()[:32]
