"""A patrol with reference phones at a running site, for tests of the pages that show what phones bring."""

import http.client
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from media.digest import sha256_of
from patrol.periods import local_date
from server.db import db
from server.demo.callers import Line
from server.demo.phones import ToldClock
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract
from server.models.team import Membership
from server.models.user import RoleGrant, User
from sync import bodies
from sync.chain import b64
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from tests.browser.desks import Desks
from tests.browser.office import Office
from tests.browser.site import Site

_TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True)
class Ground:
    """Where and by whom: the mine of the mine's user, the team that is contracted to it, its people."""

    mine: str
    team: str
    people: tuple[str, ...]
    edition: str


def ground_of(desks: Desks) -> Ground:
    """The ground of the demo's mine user."""
    with desks.at_work():
        mine = db.session.scalars(
            select(RoleGrant.mine_id).join(User, User.id == RoleGrant.user_id).where(User.login == "demo-mine")
        ).first()
        team = db.session.scalars(
            select(Contract.team_id).where(Contract.mine_id == mine).order_by(Contract.from_date.desc())
        ).first()
        leads = select(Membership.user_id).where(Membership.team_id == team)
        people = tuple(db.session.scalars(leads.order_by(Membership.role != "leader", Membership.id)))
        edition = db.session.scalars(select(ChecklistEdition.digest).order_by(ChecklistEdition.number.desc())).first()
    assert mine
    assert team
    assert edition
    return Ground(mine, team, people, edition)


@dataclass
class Walker:
    """One person with a reference phone."""

    ground: Ground
    person: str
    line: Line
    visit: str = ""

    @property
    def phone(self) -> Phone:
        return self.line.phone

    def enter(self, ordinal: int, *, opening: bool = True) -> None:
        """Open or join the day's visit with that number."""
        day = local_date(datetime.now(UTC)).isoformat()
        identity = bodies.VisitIdentity(
            self.ground.team, self.ground.mine, "special", day, ordinal, self.ground.edition
        )
        self.visit = self.phone.edit(edits.enter_visit, self.person, identity, opening=opening)

    def find(self, text: str, severity: str = "general") -> str:
        """Record a finding; returns its id."""
        finding = self.phone.desk.uid()
        due = (local_date(datetime.now(UTC)) + timedelta(days=7)).isoformat()
        fields = bodies.FindingFields(text=text, severity=severity, deadline=due)
        self.phone.edit(edits.edit_finding, self.person, finding, fields, self.visit)
        return finding

    def photograph(self, content: bytes, of: str) -> None:
        """Declare a photo, tell the county, and bring its bytes."""
        photo = b64(secrets.token_bytes(16))
        digest = sha256_of(content)
        body = bodies.Photo(
            photo=photo, sha256=digest, size=len(content), mime="image/jpeg", width=640, height=480, of=of,
            source="stream",
        )  # fmt: skip
        self.phone.edit(edits.photo, self.person, body, self.visit)
        self.sync()
        headers = _TUS | {"Authorization": f"Bearer {self.line.token}", "Upload-Offset": "0"}
        connection = http.client.HTTPConnection("127.0.0.1", self.line.port, timeout=30)
        connection.request("PATCH", f"/api/v1/photos/{digest}", content, headers)
        assert connection.getresponse().status == 204
        connection.close()

    def submit(self) -> None:
        """Hand the visit in."""
        self.phone.edit(edits.submit, self.person, self.visit)
        self.sync()

    def sync(self) -> None:
        """Talk to the county until nothing is left to say."""
        while self.line.exchange():
            pass


def walk(site: Site, office: Office, ground: Ground, number: int) -> Walker:
    """The `number`-th of the team, on a phone enrolled for it just now."""
    person = ground.people[number]
    keys = SoftwareKeys(secrets.token_bytes)
    phone = Phone(ToldClock(datetime.now(UTC)), secrets.token_bytes, keys, MemoryStorage())
    line = Line(urlsplit(site.url).port or 0, phone)
    _, digits = line.enrol(office.code(ground.team), f"测试手机 {number}")
    assert office.confirm(ground.team, digits)
    line.phone.open_chain(person)
    return Walker(ground, person, line)
