"""What the first page shows of a demo county, and nothing of any other: its board, and a code for a phone.

A database that holds a real county shows nothing here, whatever else is in it.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from patrol.errors import Invalid
from patrol.periods import Period, PeriodKind, local_date, month_of, parse
from patrol.permissions import Actor, Role
from server.db import db, transaction
from server.keys import current_key
from server.models.county import County
from server.models.device import EnrolmentCode
from server.models.team import Membership, Team
from server.models.user import User
from server.queries.reach import open_on
from server.services.board import view_board
from server.services.enrolment import IssuedCode, address, issue_code
from server.tokens import hash_of

_MINES = 200
#: A code that ends sooner is not worth showing.
_AT_LEAST = timedelta(minutes=3)


@dataclass
class _Shown:
    """The code on show. Each process shows one of its own until it is used or nearly over."""

    code: IssuedCode | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def view_overview(wanted: str | None, now: datetime) -> dict[str, Any] | None:
    """Board of the wanted month and the code on show, or None where there is no county but the demo's."""
    counties = db.session.scalars(select(County).limit(2)).all()
    if len(counties) != 1 or not counties[0].is_demo:
        return None
    county, today = counties[0], local_date(now)
    month = _month(wanted) or month_of(today)
    actor = Actor("", Role.AUDITOR, county.id)
    board = view_board(actor, {"month": month.id, "limit": _MINES}, today)
    teams = {team.id: team.name for team in db.session.scalars(select(Team).where(Team.county_id == county.id))}
    return {
        "county": county.name,
        "today": today,
        "month": month,
        "is_running": today in month,
        "board": board,
        "teams": teams,
        "phone": _phone(county.id, now),
    }


def _month(wanted: str | None) -> Period | None:
    try:
        period = parse(wanted or "")
    except Invalid:
        return None
    return period if period.kind is PeriodKind.MONTH else None


def _phone(county: str, now: datetime) -> dict[str, Any] | None:
    """Where a phone enrols, for which team, and until when."""
    query = (
        select(Membership.user_id, Team.id, Team.name, User.login)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.county_id == county, Membership.role == "leader")
        .where(open_on(Membership.from_date, Membership.until_date, local_date(now)))
        .join(User, User.id == Membership.user_id)
        .order_by(User.login.is_(None), User.login)
    )
    found = db.session.execute(query.limit(1)).one_or_none()
    if found is None:
        return None
    leader = Actor(found.user_id, Role.LEADER, county, team=found.id)
    code = _code_on_show(leader, now)
    return {
        "team": found.name,
        "leader": found.login or "",
        "address": address(code.code, current_key()),
        "until": code.expires_at,
    }


def _code_on_show(leader: Actor, now: datetime) -> IssuedCode:
    shown: _Shown = current_app.extensions.setdefault("qianshao_demo_code", _Shown())
    with shown.lock:
        if shown.code is None or not _is_good(shown.code, now):
            with transaction():
                shown.code = issue_code(leader, str(leader.team), now)
        return shown.code


def _is_good(code: IssuedCode, now: datetime) -> bool:
    row = db.session.get(EnrolmentCode, hash_of(code.code))
    return row is not None and row.used_at is None and code.expires_at - now > _AT_LEAST
