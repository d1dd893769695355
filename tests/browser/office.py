"""The leader at the desk, for tests of phones: hands out codes and types six digits, by the services that the console
calls. Works beside the running server on the same database.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select

from patrol.permissions import Actor, Role
from server import create_app
from server.db import db, transaction
from server.keys import current_key
from server.models.county import County
from server.models.device import Device
from server.models.segment import Chain, Segment
from server.models.team import Membership, Team
from server.models.visit import VisitSheet
from server.queries import log
from server.services import enrolment
from sync.segments import operations_of
from sync.sheets import decode
from tests.browser.site import Site
from tests.settings import make_config


@dataclass(frozen=True)
class Office:
    """The office of a site's county."""

    app: Flask

    def teams(self) -> list[str]:
        """The county's teams, by name."""
        with self.at_work():
            return list(db.session.scalars(select(Team.id).order_by(Team.name)))

    def code(self, team: str) -> str:
        """The address that the leader's picture carries."""
        with self.at_work(), transaction():
            issued = enrolment.issue_code(_leader(team), team, datetime.now(UTC))
            return enrolment.address(issued.code, current_key())

    def confirm(self, team: str, digits: str) -> str | None:
        """The leader types what the phone shows; the phone of the team that waited with these digits, if one did."""
        with self.at_work(), transaction():
            waiting = select(Device.id).where(Device.team_id == team, Device.confirmed_at.is_(None))
            for device in db.session.scalars(waiting.where(Device.check_code == digits)).all():
                if enrolment.confirm(_leader(team), device, digits, datetime.now(UTC)).outcome == "confirmed":
                    return device
        return None

    def revoke(self, device: str) -> None:
        """The phone was lost: it may deliver, and reads nothing."""
        with self.at_work(), transaction():
            team = db.session.get_one(Device, device).team_id
            enrolment.revoke(_leader(team), device, "丢失", datetime.now(UTC))

    def delivered(self, device: str) -> list[dict[str, Any]]:
        """Every operation of the phone in the log, whatever came of it."""
        with self.at_work():
            chains = db.session.scalars(select(Chain.id).where(Chain.device_id == device)).all()
            segments = [segment for chain in chains for segment in log.segments_from(chain, 1)]
            return [json.loads(data) for segment in segments for data in operations_of(segment)]

    def answers(self, visit: str) -> dict[str, list[str]]:
        """Pair → what stands in the county's record, more than one where it is disputed."""
        with self.at_work():
            row = db.session.get(VisitSheet, visit)
            kept = decode(row.data).under("answer/") if row else []
            told = {key: {json.loads(head.value)["outcome"] for head in one.heads()} for key, one in kept}
        return {key.removeprefix("answer/"): sorted(said) for key, said in told.items()}

    def log_size(self) -> int:
        """How many operations the log holds."""
        with self.at_work():
            return db.session.scalar(select(func.sum(Segment.last_seq - Segment.first_seq + 1))) or 0

    def phones(self, visit: str) -> list[str]:
        """The phones that have joined the visit, by what the log says."""
        with self.at_work():
            sheet = decode(db.session.get_one(VisitSheet, visit).data)
            return sorted({head.stamp.device for _, one in sheet.under("join/") for head in one.heads()})

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """On the site's own database, beside its server."""
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()


def office_of(site: Site) -> Office:
    """The office of the county that `site` serves."""
    return Office(create_app(make_config(site.folder, PORT=urlsplit(site.url).port)))


def _leader(team: str) -> Actor:
    leads = select(Membership.user_id).where(Membership.team_id == team, Membership.role == "leader")
    county = db.session.scalars(select(County.id)).one()
    return Actor(db.session.scalars(leads).first() or "", Role.LEADER, county, team=team)
