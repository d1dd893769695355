"""Somebody at a desk of a site: signed in without the forms, for tests that are about something else; and all pages."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from patrol.permissions import Role, scopes
from server import create_app
from server.console.page import PROMISE, Action, Page
from server.db import db, transaction
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract, Excuse
from server.models.device import Device
from server.models.finding import Finding
from server.models.team import Membership, Team
from server.models.user import ConsoleSession, RoleGrant, User
from server.models.visit import Visit
from server.queries.visits import HANDED_OVER
from server.services import sessions
from server.tokens import new_secret
from tests.browser.site import Site
from tests.settings import make_config

#: Who sits at a console of the demo county, by role.
LOGINS: Mapping[str, str] = {
    "supervisor": "demo-supervisor",
    "admin": "demo-admin",
    "auditor": "demo-auditor",
    "leader": "demo-leader",
    "mine_user": "demo-mine",
    "member": "demo-member",
}
#: Pages that a county may lack: the demo county has no outline of its own.
_ABSENT = frozenset({"/map/outline"})


@dataclass(frozen=True)
class Desks:
    """The desks of a site's county, and what its console has."""

    site: Site
    app: Flask
    #: Login → id, as the site was when it was new: a test may give somebody another login.
    people: Mapping[str, str]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """On the site's own database, beside its server."""
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()

    def sit_down(self, context: BrowserContext, who: str, *, proved_before: timedelta = timedelta(0)) -> None:
        """Sign somebody in by role or by login, their second factor given just now or so long ago."""
        secret, now = new_secret(), datetime.now(UTC)
        with self.at_work(), transaction():
            user = self.people[LOGINS.get(who, who)]
            row = ConsoleSession(token_hash=secret.hash, user_id=user, created_at=now, last_seen_at=now)
            row.expires_at, row.proved_at = now + sessions.ABSOLUTE, now - proved_before
            db.session.add(row)
        context.add_cookies(
            [
                {
                    "name": "qianshao", "value": secret.token, "url": self.site.url,
                    "httpOnly": True, "sameSite": "Strict",
                }
            ]
        )  # fmt: skip

    def leave_alone(self, login: str, minutes: int) -> None:
        """Let the sessions of somebody be that old."""
        with self.at_work(), transaction():
            user = self.people[login]
            for row in db.session.scalars(select(ConsoleSession).where(ConsoleSession.user_id == user)):
                row.last_seen_at -= timedelta(minutes=minutes)

    def pages_of(self, role: str) -> list[str]:
        """Addresses of every page that the role may see."""
        return list(self.pages_by_rule(role).values())

    def pages_by_rule(self, role: str) -> dict[str, str]:
        """Rule → address, with the demo county's own ids, of every page that the role may see."""
        with self.at_work():
            examples = self._examples(role)
        found: dict[str, str] = {}
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            promise = getattr(self.app.view_functions[rule.endpoint], PROMISE, None)
            if isinstance(promise, Page) and self._is_of(role, promise) and rule.rule not in _ABSENT:
                address = rule.rule.replace("<key:", "<")
                for name, value in examples.items():
                    address = address.replace(f"<{name}>", value)
                found[rule.rule] = address
        return found

    def actions_by_rule(self, role: str) -> dict[str, str]:
        """Rule → address of every action, whoever may take it; on the demo county's own things where there are any."""
        with self.at_work():
            examples = self._examples(role)
        rules = [
            rule.rule
            for rule in self.app.url_map.iter_rules()
            if isinstance(getattr(self.app.view_functions[rule.endpoint], PROMISE, None), Action)
        ]
        named = re.compile(r"<(?:key:)?(\w+)>")
        return {rule: named.sub(lambda name: examples.get(name[1], "nobodys"), rule) for rule in rules}

    def _is_of(self, role: str, promise: Page) -> bool:
        return promise.verb is not None and bool(scopes(Role(role), promise.verb))

    def _examples(self, role: str) -> dict[str, str]:
        """Of each noun one that everybody with the role may see: of the first team and its first mine."""
        contract = db.session.scalars(
            select(Contract).join(Team, Team.id == Contract.team_id).order_by(Team.name.desc(), Contract.id)
        ).first()
        assert contract is not None
        mine, team = contract.mine_id, contract.team_id
        firsts = {
            "visit": select(Visit.id).where(Visit.mine_id == mine, Visit.status.in_(HANDED_OVER)),
            "finding": select(Finding.id).where(Finding.mine_id == mine, Finding.status != "recorded"),
            "device": select(Device.id).where(Device.team_id == team),
            "digest": select(ChecklistEdition.digest),
            "membership": select(Membership.id).where(Membership.team_id == team),
            "role": select(RoleGrant.id),
            "excuse": select(Excuse.id),
        }
        found = {name: db.session.scalars(query.limit(1)).one() for name, query in firsts.items()}
        return found | {"mine": mine, "team": team, "contract": contract.id, "user": self.people[LOGINS[role]]}


def desks_of(site: Site) -> Desks:
    """The desks of the county that `site` serves."""
    desks = Desks(site, create_app(make_config(site.folder, PORT=urlsplit(site.url).port)), people := {})
    with desks.at_work():
        people.update({login: user for login, user in db.session.execute(select(User.login, User.id)) if login})
    return desks
