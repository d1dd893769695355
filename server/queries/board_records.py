"""What stands behind the board's figures: the findings, phones, excuses and mines that it leads to. Reads only."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from patrol.periods import Period
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.contract import Excuse
from server.models.device import Device
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.photo import Photo
from server.models.team import Team
from server.queries.findings import is_overdue
from server.queries.reach import within

#: How many findings a band or list of the board shows; its title says how many there are.
SHOWN = 8
GRAVE = ("suspected_major", "major")
_OPEN_WITH = Finding.closed_at.is_(None)


def grave_findings(actor: Actor) -> Sequence[Row[Any]]:
    """The open findings that are suspected or confirmed major, the oldest first."""
    grave = Finding.severity.in_(GRAVE)
    return db.session.execute(_findings(actor, grave).order_by(Finding.recorded_at, Finding.id).limit(SHOWN)).all()


def overdue_findings(actor: Actor, today: date) -> Sequence[Row[Any]]:
    """The findings whose deadline the mine has let pass, the longest overdue first."""
    query = _findings(actor, is_overdue(today)).order_by(Finding.due_on, Finding.id)
    return db.session.execute(query.limit(SHOWN)).all()


def _findings(actor: Actor, wanted: ColumnElement[bool]) -> Select[Any]:
    in_sight = within(reach(actor, Verb.FINDING_READ), Finding.county_id, mine=Finding.mine_id)
    told: tuple[Any, ...] = (
        Finding.id,
        Finding.text,
        Finding.severity,
        Finding.status,
        Finding.recorded_at,
        Finding.due_on,
    )
    query = select(*told, Mine.id.label("mine_id"), Mine.name.label("mine")).join(Mine, Mine.id == Finding.mine_id)
    return query.where(in_sight, _OPEN_WITH, wanted)


def phones(actor: Actor) -> Sequence[Row[Any]]:
    """The phones in use in reach with their teams' names, those that told of unsent work first, then the silent.

    `waiting`: photos that the county's records name and whose bytes have not come.
    """
    waiting = (
        select(func.count())
        .select_from(Photo)
        .where(Photo.device_id == Device.id, Photo.arrived_at.is_(None), Photo.refusal.is_(None))
        .scalar_subquery()
    )
    told: tuple[Any, ...] = (Device.id, Device.label, Device.told_at, Device.app_version, Device.clock_error_ms)
    unsent = (Device.unsent_operations, Device.unsent_photos, waiting.label("waiting"))
    seen = within(reach(actor, Verb.DEVICE_READ), Device.county_id, team=Device.team_id, person=Device.id)
    query: Select[Any] = select(*told, *unsent, Team.name.label("team")).join(Team, Team.id == Device.team_id)
    in_use = (Device.confirmed_at.is_not(None), Device.revoked_at.is_(None))
    first = (Device.unsent_operations + Device.unsent_photos).desc()
    return db.session.execute(query.where(seen, *in_use).order_by(first, Device.told_at, Device.label)).all()


def excuses_touching(actor: Actor, period: Period) -> Sequence[Row[Any]]:
    """The excuses in force on some day of the period, by mine; whether one covers a duty is `patrol.duties`."""
    told: tuple[Any, ...] = (
        Excuse.id,
        Excuse.mine_id,
        Excuse.duty_kind,
        Excuse.from_date,
        Excuse.until_date,
        Excuse.reason,
    )
    seen = within(reach(actor, Verb.DUTY_READ), Excuse.county_id, mine=Excuse.mine_id)
    touching = (Excuse.from_date <= period.last, Excuse.until_date >= period.first, Excuse.withdrawn_at.is_(None))
    query: Select[Any] = select(*told, Mine.name.label("mine")).join(Mine, Mine.id == Excuse.mine_id)
    return db.session.execute(query.where(seen, *touching).order_by(Mine.code, Excuse.from_date)).all()


def mines_working(actor: Actor) -> Sequence[Row[Any]]:
    """Every mine in reach that is not closed, with its point."""
    told: tuple[Any, ...] = (Mine.id, Mine.code, Mine.name, Mine.township, Mine.latitude, Mine.longitude, Mine.datum)
    seen = within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id)
    return db.session.execute(select(*told).where(seen, Mine.closed_on.is_(None)).order_by(Mine.code)).all()


def team_names(actor: Actor) -> dict[str, str]:
    """Team → name, of the whole county: a contract's bearer is told to whoever sees the contract."""
    query = select(Team.id, Team.name).where(Team.county_id == actor.county)
    return {row.id: row.name for row in db.session.execute(query)}
