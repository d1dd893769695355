"""What is under way at a mine when it is handed over. Reads only, for callers that have the contract in reach."""

from sqlalchemy import func, select

from patrol.findings import ENDED
from server.db import db
from server.models.device import Device
from server.models.finding import Finding
from server.models.visit import Visit


def open_findings(mine: str) -> int:
    """Findings that are not closed."""
    ended = [status.value for status in ENDED]
    query = select(func.count()).select_from(Finding).where(Finding.mine_id == mine, Finding.status.not_in(ended))
    return db.session.scalar(query) or 0


def unsubmitted_visits(mine: str, team: str) -> int:
    """Visits of the team that are still being made."""
    query = select(func.count()).select_from(Visit)
    return db.session.scalar(query.where(Visit.mine_id == mine, Visit.team_id == team, Visit.status == "open")) or 0


def unsent_of(team: str) -> tuple[int, int]:
    """Operations and photos that the team's phones hold, as they last told."""
    query = select(
        func.coalesce(func.sum(Device.unsent_operations), 0), func.coalesce(func.sum(Device.unsent_photos), 0)
    )
    told = db.session.execute(query.where(Device.team_id == team, Device.revoked_at.is_(None))).one()
    return int(told[0]), int(told[1])
