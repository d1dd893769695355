"""A round made on reference phones and sent over HTTP, for the tests of the pages that show it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from server.db import db, transaction
from server.models.user import RoleGrant, User
from server.services import epochs
from sync import bodies
from sync.phone import edits
from sync.phone.phone import Phone
from tests.server.api import world
from tests.server.api.test_enrolment import enrolled, enter, exchange
from tests.server.api.world import Browser
from tests.server.console.pages import see

FINDING = "findingxxxxxxxxxxxxxxA"
TEXT = "瓦斯传感器 <script>alert(1)</script> 失效"


@dataclass
class Round:
    """A visit of team 1 at mine 1, with the phone that made it."""

    app: Flask
    phone: Phone
    access: str
    visit: str

    def sync(self) -> None:
        """One exchange, as often as the phone wants."""
        assert self.phone.receive(exchange(self.app, self.phone, self.access).data)


def begin(app: Flask) -> None:
    """The county's first epoch."""
    with app.app_context(), transaction():
        epochs.begin(db.session(), "first", world.NOW)


def make_round(app: Flask, as_role: Any, *, severity: str = "general", submit: bool = True) -> Round:
    """An answer that fails, a finding of it, submitted."""
    phone, tokens = enrolled(as_role, app)
    phone.open_chain("leader-own")
    made = Round(app, phone, tokens["access"], enter(phone))
    phone.answer("leader-own", made.visit, "answer/GAS-001/-", "fail")
    fields = bodies.FindingFields(text=TEXT, severity=severity, item="GAS-001", deadline="2026-12-01")
    phone.edit(edits.edit_finding, "leader-own", FINDING, fields, made.visit)
    if submit:
        phone.edit(edits.submit, "leader-own", made.visit)
    made.sync()
    return made


def another(app: Flask, user: str, role: str) -> Browser:
    """One more person of county A, signed in."""
    with app.app_context(), transaction():
        db.session.add(User(id=user, county_id="county-a", name=f"名 {user}", login=user, created_at=world.NOW))
        db.session.flush()
        grant = {"county_id": "county-a", "from_date": world.TODAY.replace(month=1)}
        db.session.add(RoleGrant(id=f"role-{user}", user_id=user, role=role, **grant))
    with app.app_context(), transaction():
        return world.sign_in_as(app.test_client(), user)


def post(browser: Browser, address: str, fields: dict[str, Any], **files: Any) -> Any:
    """Submit a form as its page does; the answer itself."""
    form = {"csrf_token": browser.headers["X-CSRF-Token"], **fields, **files}
    kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
    return browser.client.post(address, data=form, content_type=kind, headers={"Accept": "text/html"})


def follow(browser: Browser, answer: Any) -> str:
    """The page that an action leads to."""
    assert answer.status_code == 303, answer.text
    return see(browser.client, answer.headers["Location"])


def page_of(client: FlaskClient, finding: str = FINDING) -> str:
    """The finding's page."""
    return see(client, f"/findings/{finding}")
