"""A county to measure on: mines, teams and phones, written straight into the tables; no history."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import zstandard
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert

from checklists.editions import Edition, compile_edition
from checklists.loading import load
from checklists.shell import LIBRARY, read_folder
from server.arrival import arrive
from server.config import Config
from server.db import db, run, transaction
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract
from server.models.county import County
from server.models.device import Device, DeviceToken
from server.models.feed import StreamHead
from server.models.mine import Mine, MineAttribute, Place
from server.models.team import Membership, Team
from server.models.user import User
from server.services import epochs
from server.tokens import hash_of
from sync import chain, enrolment

COUNTY = "bench-county"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 1)
ATTRIBUTES = {
    "status": "生产",
    "gas_grade": "高瓦斯",
    "hydro_type": "中等",
    "ignition": "自燃",
    "blasting": True,
    "belt": True,
}
PLACES = ("longwall_face", "machine_heading", "blast_heading", "main_return", "main_pump_room", "main_fan")


@dataclass(frozen=True)
class Phone:
    """A phone of a team: who uses it, its key and its access token."""

    team: int
    device: str
    person: str
    token: str
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class World:
    """The county and the edition that its visits are made under."""

    mines: int
    teams: int
    phones: tuple[Phone, ...]
    edition: Edition
    epoch: str

    def mine_of(self, team: int, visit: int) -> int:
        """The mine of a team's n-th visit: each team has its own, in turn."""
        own = range(team, self.mines, self.teams)
        return own[visit % len(own)]


def edition() -> Edition:
    """The edition that the library compiles to."""
    return Edition(compile_edition(load(read_folder(Path(LIBRARY))).checklist))


def build(config: Config, mines: int, teams: int) -> World:
    """Write the county; every team has one phone, and holds every `teams`-th mine."""
    arrive(config, NOON)
    known = edition()
    phones = tuple(_phone(number) for number in range(teams))
    with transaction():
        _office(known)
        _mines(mines)
        _teams(teams, mines, phones)
    return World(mines, teams, phones, known, epochs.current())


def _phone(number: int) -> Phone:
    key = ec.derive_private_key(7_000_000 + number, ec.SECP256R1())
    return Phone(number, enrolment.device_id(chain.public_key(key)), f"person-{number}", f"qa_bench-{number}", key)


def _office(known: Edition) -> None:
    run(insert(County), {"id": COUNTY, "code": "000000", "name": "测试县", "duty_telephone": "0", "is_demo": True})
    run(
        insert(ChecklistEdition),
        {
            "digest": known.digest,
            "county_id": COUNTY,
            "number": 1,
            "in_force_from": LONG_AGO,
            "definition": zstandard.compress(known.compiled),
            "item_count": len(known.items),
            "published_at": NOON,
        },
    )


def _mines(mines: int) -> None:
    run(
        insert(Mine),
        [
            {
                "id": f"mine-{n}",
                "county_id": COUNTY,
                "code": f"M{n:05}",
                "name": f"示例{n}矿",
                "township": f"镇{n % 17}",
            }
            for n in range(mines)
        ],
    )
    run(
        insert(MineAttribute),
        [
            {
                "id": f"a-{n}-{name}", "mine_id": f"mine-{n}", "name": name, "value": value,
                "from_date": LONG_AGO, "source": "bench", "recorded_at": NOON,
            }
            for n in range(mines)
            for name, value in ATTRIBUTES.items()
        ],
    )  # fmt: skip
    run(
        insert(Place),
        [
            {
                "id": f"p-{n}-{at}", "mine_id": f"mine-{n}", "kind": kind, "name": f"{kind}{at}",
                "code": f"{n}-{at}", "opened_on": LONG_AGO, "status": "confirmed",
            }
            for n in range(mines)
            for at, kind in enumerate(PLACES)
        ],
    )  # fmt: skip
    run(insert(StreamHead), [{"stream": f"mine:mine-{n}", "seq": 0, "floor": 0} for n in range(mines)])


def _teams(teams: int, mines: int, phones: tuple[Phone, ...]) -> None:
    run(insert(Team), [{"id": f"team-{n}", "county_id": COUNTY, "name": f"{n}组"} for n in range(teams)])
    run(insert(User), [{"id": p.person, "county_id": COUNTY, "name": p.person, "created_at": NOON} for p in phones])
    run(
        insert(Membership),
        [
            {
                "id": f"m-{p.team}", "team_id": f"team-{p.team}", "user_id": p.person, "role": "leader",
                "specialty": "safety", "from_date": LONG_AGO,
            }
            for p in phones
        ],
    )  # fmt: skip
    run(
        insert(Contract),
        [
            {
                "id": f"c-{n}", "county_id": COUNTY, "team_id": f"team-{n % teams}", "mine_id": f"mine-{n}",
                "from_date": LONG_AGO,
            }
            for n in range(mines)
        ],
    )  # fmt: skip
    run(insert(Device), [_device(phone) for phone in phones])
    run(insert(DeviceToken), [_token(phone) for phone in phones])
    streams = [f"team:team-{p.team}" for p in phones] + [f"device:{p.device}" for p in phones]
    run(insert(StreamHead), [{"stream": stream, "seq": 0, "floor": 0} for stream in streams])
    db.session.flush()


def _device(phone: Phone) -> dict[str, object]:
    known = {column.name for column in Device.__table__.columns}
    given = {
        "id": phone.device, "county_id": COUNTY, "team_id": f"team-{phone.team}", "label": f"{phone.team}号手机",
        "public_key": chain.public_key(phone.key), "algorithm": "ES256", "nonce": "bench", "enrolled_at": NOON,
        "check_code": "000000", "confirmed_at": NOON,
    }  # fmt: skip
    return {name: value for name, value in given.items() if name in known}


def _token(phone: Phone) -> dict[str, object]:
    return {
        "token_hash": hash_of(phone.token), "device_id": phone.device, "kind": "access", "generation": 1,
        "issued_at": NOON, "expires_at": datetime.now(UTC) + timedelta(days=1), "used_at": NOON,
    }  # fmt: skip
