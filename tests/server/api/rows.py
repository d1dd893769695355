"""Many more rows for the county of the world, for tests of lists."""

from datetime import date, timedelta

from server.db import db
from server.models.contract import Contract, Excuse
from server.models.coverage import CoverageMonth
from server.models.device import Device
from server.models.finding import Finding
from server.models.mine import Mine, Place
from server.models.team import Team
from server.models.user import User
from server.models.visit import Visit
from sync import sheets
from tests.server.api.world import DIGEST, NOW, TODAY

COUNTY = "county-a"


def add_many(count: int) -> None:
    """Add `count` of each noun that lists show, inside the caller's transaction."""
    numbers = [f"{number:04}" for number in range(count)]
    db.session.add_all(Mine(id=f"n-{n}", county_id=COUNTY, code=f"N{n}", name=n, township="乡") for n in numbers)
    db.session.add_all(Team(id=f"t-{n}", county_id=COUNTY, name=f"组{n}") for n in numbers)
    db.session.add_all(User(id=f"u-{n}", county_id=COUNTY, name=f"人{n}", created_at=NOW) for n in numbers)
    db.session.flush()
    for n in numbers:
        db.session.add_all(_of_a_mine(n))
    db.session.flush()
    db.session.add_all(_finding(n) for n in numbers)
    db.session.flush()


def _of_a_mine(n: str):
    yield Place(id=f"p-{n}", mine_id="mine-1", kind="face", name=n, code=f"P{n}", opened_on=TODAY)
    yield Contract(id=f"c-{n}", county_id=COUNTY, team_id=f"t-{n}", mine_id=f"n-{n}", from_date=date(2026, 1, 1))
    yield Excuse(
        id=f"e-{n}",
        county_id=COUNTY,
        mine_id=f"n-{n}",
        duty_kind="both",
        from_date=TODAY,
        until_date=TODAY,
        reason="停产",
        excused_by="supervisor-a",
        excused_at=NOW,
    )
    yield CoverageMonth(
        mine_id=f"n-{n}", month="2026-10", county_id=COUNTY, edition_digest=DIGEST, applicable=2, changed_at=NOW
    )
    yield Device(
        id=f"d-{n}",
        county_id=COUNTY,
        team_id=f"t-{n}",
        label=n,
        algorithm="ES256",
        public_key="k",
        nonce="n",
        enrolled_at=NOW,
        check_code="000000",
    )
    yield Visit(
        id=f"v-{n}",
        county_id=COUNTY,
        team_id=f"t-{n}",
        mine_id=f"n-{n}",
        kind="round",
        local_date=TODAY - timedelta(days=int(n) % 7),
        ordinal=1,
        week="2026-W47",
        month="2026-11",
        edition_digest=DIGEST,
        status="open",
        opened_at=NOW,
        received_at=NOW,
        changed_at=NOW,
    )


def _finding(n: str) -> Finding:
    return Finding(
        id=f"f-{n}",
        county_id=COUNTY,
        mine_id=f"n-{n}",
        visit_id=f"v-{n}",
        severity="general",
        status="recorded",
        text=n,
        recorded_by="member-own",
        recorded_at=NOW - timedelta(minutes=int(n) % 5),
        received_at=NOW,
        feed_seq=1,
        registers=sheets.encode(sheets.Sheet()),
    )
