"""Two counties with everything the API serves, and a signed-in browser or phone for each role.

Spots: `own` (team 1 at its mine 1), `shared` (team 2's visit at mine 1), `sibling` (team 2 at its mine 2, same
county), `foreign` (team 3 at mine 3 of the other county). Every text of a spot carries its canary.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import zstandard
from flask.testing import FlaskClient

from checklists.definition import Attribute, Checklist, Item, PassFail, PlaceKind, Section
from checklists.editions import compile_edition, digest_of
from server.db import db
from server.models.audit import AuditEntry
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract, Excuse
from server.models.county import County
from server.models.coverage import CoverageMonth
from server.models.device import Device
from server.models.feed import ServerEpoch
from server.models.finding import Finding
from server.models.mine import Mine, MineAttribute, Place
from server.models.team import Certificate, Membership, Team
from server.models.user import ConsoleSession, RoleGrant, User
from server.models.visit import Visit, VisitSheet
from server.services import device_tokens, sessions
from server.tokens import hash_of
from sync import sheets
from sync.registers import Entry, Stamp

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OFFICE = ("supervisor", "mine_user", "admin", "auditor")
ROLES = ("member", "leader", *OFFICE)
SPOTS = ("own", "shared", "sibling", "foreign")

CHECKLIST = Checklist(
    checklist="patrol",
    title="对表检查",
    number=1,
    since=date(2026, 1, 1),
    attributes={
        "gas_grade": Attribute(title="瓦斯等级", type="enum", values=("低瓦斯", "高瓦斯", "突出")),
        "depth_m": Attribute(title="开采深度", type="number"),
    },
    places={"face": PlaceKind(title="采煤工作面", place_class="face")},
    units={},
    standards={},
    sections=(
        Section(
            domain="gas",
            title="瓦斯",
            items=(
                Item(
                    key="GAS-001",
                    title="瓦斯检查制度",
                    answer=PassFail(),
                    repeat="mine",
                    cadence="round",
                    photo="none",
                    specialty="ventilation",
                    basis="verified",
                ),
                Item(
                    key="GAS-002",
                    title="工作面风流",
                    answer=PassFail(),
                    repeat="place",
                    at=("face",),
                    cadence="monthly",
                    photo="none",
                    specialty="ventilation",
                    basis="verified",
                ),
            ),
        ),
    ),
)
DEFINITION = compile_edition(CHECKLIST)
DIGEST = digest_of(DEFINITION)


@dataclass(frozen=True)
class Spot:
    """The ids of one place in the world."""

    name: str
    county: str
    team: str
    mine: str

    @property
    def canary(self) -> str:
        """In every text of the spot and in no other."""
        return f"canary-{self.name}"

    def id(self, noun: str) -> str:
        """The id of the spot's thing of that kind."""
        return {"county": self.county, "team": self.team, "mine": self.mine}.get(noun, f"{noun}-{self.name}")


PLACES: dict[str, Spot] = {
    "own": Spot("own", "county-a", "team-1", "mine-1"),
    "shared": Spot("shared", "county-a", "team-2", "mine-1"),
    "sibling": Spot("sibling", "county-a", "team-2", "mine-2"),
    "foreign": Spot("foreign", "county-b", "team-3", "mine-3"),
}


@dataclass
class Browser:
    """Somebody who calls the API: a console with its cookie and token, a phone, or nobody."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Send one request; `json` and `version` (If-Match) as they are given."""
        headers = dict(self.headers) | options.pop("headers", {})
        version = options.pop("version", None)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        return self.call("POST", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> Any:
        return self.call("PATCH", path, json=json, **options)


def build() -> None:
    """Write the world, inside the caller's transaction."""
    db.session.add(ServerEpoch(number=1, id="epoch", reason="first start", started_at=NOW))
    for county in ("county-a", "county-b"):
        _add_county(county)
    for name in ("own", "sibling", "foreign"):
        _add_home(PLACES[name])
    db.session.flush()
    for name in SPOTS:
        _add_work(PLACES[name])
    for role in OFFICE:
        _add_role(f"{role}-a", role, "county-a", "mine-1" if role == "mine_user" else None)
    db.session.flush()


def _add_county(county: str) -> None:
    db.session.add(County(id=county, code=county, name=f"{county}-县", duty_telephone="0356-0000000"))
    db.session.flush()
    for role in OFFICE:
        _add_user(f"{role}-{county[-1]}", county, role)
    db.session.flush()
    db.session.add(
        ChecklistEdition(
            digest=DIGEST,
            county_id=county,
            number=1,
            in_force_from=date(2026, 1, 1),
            definition=zstandard.compress(DEFINITION),
            item_count=2,
            published_at=NOW,
        )
    )


def _add_user(user: str, county: str, name: str) -> None:
    db.session.add(User(id=user, county_id=county, name=name, login=user, created_at=NOW))


def _add_role(user: str, role: str, county: str, mine: str | None) -> None:
    db.session.add(
        RoleGrant(
            id=f"role-{user}",
            user_id=user,
            role=role,
            county_id=county,
            mine_id=mine,
            from_date=date(2026, 1, 1),
        )
    )


def _add_home(spot: Spot) -> None:
    """A mine, a team with a leader and a member, their contract, a phone."""
    mark = spot.canary
    db.session.add(Mine(id=spot.mine, county_id=spot.county, code=mark, name=mark, township=mark))
    db.session.add(Team(id=spot.team, county_id=spot.county, name=mark))
    db.session.flush()
    db.session.add(
        CoverageMonth(
            mine_id=spot.mine,
            month="2026-10",
            county_id=spot.county,
            edition_digest=DIGEST,
            applicable=2,
            changed_at=NOW,
        )
    )
    db.session.flush()
    for role in ("leader", "member"):
        _add_user(f"{role}-{spot.name}", spot.county, mark)
        db.session.flush()
        db.session.add(
            Membership(
                id=f"membership-{spot.name}" if role == "member" else f"leads-{spot.name}",
                team_id=spot.team,
                user_id=f"{role}-{spot.name}",
                role=role,
                specialty="safety",
                from_date=date(2026, 1, 1),
            )
        )
    db.session.add(
        Contract(
            id=spot.id("contract"),
            county_id=spot.county,
            team_id=spot.team,
            mine_id=spot.mine,
            from_date=date(2026, 1, 1),
        )
    )
    _add_user(spot.id("user"), spot.county, mark)
    db.session.flush()
    _add_role(spot.id("user"), "auditor", spot.county, None)
    db.session.add(
        Certificate(
            id=f"certificate-{spot.name}",
            user_id=spot.id("user"),
            kind=mark,
            number="1",
            issued_on=TODAY,
        )
    )
    _add_device(spot.id("device"), spot)


def _add_device(device: str, spot: Spot, **but: Any) -> None:
    facts = {
        "id": device,
        "county_id": spot.county,
        "team_id": spot.team,
        "label": spot.canary,
        "algorithm": "ES256",
        "public_key": "key",
        "nonce": "nonce",
        "enrolled_at": NOW,
        "check_code": "000000",
        "confirmed_at": NOW,
    }
    db.session.add(Device(**(facts | but)))


def _add_work(spot: Spot) -> None:
    """What happened there: a place, an attribute, an excuse, a visit, a finding, an entry of the trail."""
    mark = spot.canary
    office = f"supervisor-{spot.county[-1]}"
    db.session.add(
        Place(
            id=spot.id("place"),
            mine_id=spot.mine,
            kind="face",
            name=mark,
            code=mark,
            opened_on=date(2026, 1, 1),
            status="proposed",
        )
    )
    db.session.add(
        MineAttribute(
            id=spot.id("attribute"),
            mine_id=spot.mine,
            name="gas_grade",
            value="高瓦斯",
            from_date=date(2026, 1, 1),
            source=mark,
            recorded_at=NOW,
        )
    )
    db.session.add(
        Excuse(
            id=spot.id("excuse"),
            county_id=spot.county,
            mine_id=spot.mine,
            duty_kind="both",
            from_date=date(2026, 3, 1),
            until_date=date(2026, 3, 31),
            reason=mark,
            excused_by=office,
            excused_at=NOW,
        )
    )
    _add_visit(spot)
    db.session.add(
        AuditEntry(
            at=NOW,
            county_id=spot.county,
            actor_id=office,
            verb="mine.write",
            subject_kind="mine",
            subject_id=spot.mine,
            after={"name": mark},
        )
    )


def _add_visit(spot: Spot) -> None:
    kind = {"own": "round", "shared": "full"}.get(spot.name, "round")
    db.session.add(
        Visit(
            id=spot.id("visit"),
            county_id=spot.county,
            team_id=spot.team,
            mine_id=spot.mine,
            kind=kind,
            local_date=TODAY,
            ordinal=1,
            week="2026-W48",
            month="2026-11",
            edition_digest=DIGEST,
            status="submitted",
            opened_at=NOW,
            received_at=NOW,
            changed_at=NOW,
        )
    )
    db.session.flush()
    db.session.add(VisitSheet(visit_id=spot.id("visit"), data=sheets.encode(sheets.Sheet())))
    db.session.add(
        Finding(
            id=spot.id("finding"),
            county_id=spot.county,
            mine_id=spot.mine,
            visit_id=spot.id("visit"),
            item_key="GAS-001",
            place_id=None,
            severity="general",
            status="notified",
            text=spot.canary,
            recorded_by=_recorder(spot),
            recorded_at=NOW,
            received_at=NOW,
            due_on=date(2026, 12, 1),
            feed_seq=1,
            registers=sheets.encode(_finding_sheet(spot)),
        )
    )


def _recorder(spot: Spot) -> str:
    return f"member-{'sibling' if spot.name == 'shared' else spot.name}"


def _finding_sheet(spot: Spot) -> sheets.Sheet:
    """The registers that a phone's one `finding.set` writes."""
    sheet = sheets.Sheet()
    said = {
        "text": spot.canary,
        "severity": "general",
        "item": "GAS-001",
        "deadline": "2026-12-01",
        "state": "live",
    }
    stamp = Stamp(
        uid=f"uid-of-{spot.name}".ljust(21, "0") + "A",
        chain="c" * 21 + "A",
        seq=2,
        person=_recorder(spot),
        device=f"device-{spot.name}",
        wall=int(NOW.timestamp() * 1000),
    )
    for name, value in said.items():
        sheet.add(name, Entry(stamp, (), msgspec.json.encode(value)))
    return sheet


def sign_in_as(client: FlaskClient, user: str, *, secure: bool = False) -> Browser:
    """Open a session for the user as sign-in does, inside the caller's transaction."""
    token = f"token-of-{user}"
    db.session.merge(
        ConsoleSession(
            token_hash=hash_of(token),
            user_id=user,
            created_at=NOW,
            last_seen_at=NOW,
            expires_at=NOW + timedelta(hours=12),
            proved_at=NOW,
        )
    )
    client.set_cookie("qianshao", token)
    return Browser(client, {"X-CSRF-Token": sessions.csrf_token(token)})


def user_of(role: str) -> str:
    """Who has the role, seen from the spot `own`."""
    return f"{role}-own" if role in ("member", "leader") else f"{role}-a"


def phone(client: FlaskClient, device: str, *, revoked: bool = False) -> Browser:
    """A phone with a good access token, inside the caller's transaction."""
    tokens = device_tokens.issue(device, NOW)
    if revoked:
        db.session.get_one(Device, device).revoked_at = NOW
    return Browser(client, {"Authorization": f"Bearer {tokens.access}"})
