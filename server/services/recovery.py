"""Ten codes, each once, that stand in for a lost authenticator."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from server.db import db
from server.models.user import RecoveryCode, User
from server.services import audit
from server.tokens import hash_of

HOW_MANY = 10
#: 120 bits, so that a plain hash is enough: 24 letters of base32.
_BYTES = 15


def renew(user: User, now: datetime) -> Sequence[str]:
    """Ten new codes, shown once; older ones stop working."""
    before = audit.snapshot(user)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _ in range(HOW_MANY)]
    db.session.add_all(RecoveryCode(code_hash=hash_of(code), user_id=user.id, made_at=now) for code in codes)
    audit.record_own(user, now, "recovery_codes.renew", before)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def use(user: User, code: str, now: datetime) -> bool:
    """Use a code up, however it was spaced; whether it was one."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    query = select(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == hash_of(plain))
    row = db.session.scalar(query.with_for_update())
    if row is None or row.used_at is not None:
        return False
    before = audit.snapshot(row)
    row.used_at = now
    audit.record_own(user, now, "recovery_code.use", before, row)
    return True


def left(user: str) -> int:
    """How many codes have not been used."""
    unused = select(func.count()).where(RecoveryCode.user_id == user, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(unused) or 0)


def forget(user: str) -> None:
    """Take all codes away."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user))
