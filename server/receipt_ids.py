"""Ids of receipts that carry their own time: what an operation names as its `anchor` proves "not before" without a
table.

An id is 12 bytes (milliseconds since the epoch, random) and a 10 byte code over them that only this server can make.
"""

import base64
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from server.keys import ServerKey

_PURPOSE = "receipt ids"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_receipt_id(key: ServerKey, now: datetime) -> str:
    """A fresh id for a receipt given at `now`: 30 characters of base64url."""
    body = ((now - _EPOCH) // timedelta(milliseconds=1)).to_bytes(6, "big") + secrets.token_bytes(6)
    return base64.urlsafe_b64encode(body + _code(key, body)).rstrip(b"=").decode()


def issued_at(key: ServerKey, receipt_id: str) -> datetime | None:
    """When this server gave that receipt, to the millisecond; None where it is not one of its own."""
    try:
        raw = base64.b64decode(receipt_id + "==", altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) != 22 or not hmac.compare_digest(raw[12:], _code(key, raw[:12])):
        return None
    return _EPOCH + timedelta(milliseconds=int.from_bytes(raw[:6], "big"))


def _code(key: ServerKey, body: bytes) -> bytes:
    return hmac.digest(key.secret(_PURPOSE), body, "sha256")[:10]
