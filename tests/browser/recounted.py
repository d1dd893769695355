"""What the county says of a visit over its API, and what a recount from the log alone says; they share no code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from patrol.periods import local_date
from server.db import db
from server.demo import evidence, recount
from server.demo.callers import Console
from server.demo.findings_of_fact import Before, Said, ask, ask_before
from server.demo.people import SignIn
from server.demo.report import differences
from server.models.mine import Mine
from tests.browser.office import Office
from tests.browser.site import Site


@dataclass(frozen=True)
class County:
    """Somebody who may see all of it, and its files."""

    office: Office
    console: Console

    def before(self, visit: str) -> Before:
        """The visit while its conflicts stand."""
        return ask_before(self.console, visit)

    def after(self, visit: str, before: Before) -> Said:
        """The visit, its week and its mine's month."""
        return ask(self.console, visit, before)

    def differences(self, visit: str, mine: str, said: Said) -> list[str]:
        """Where the county's figures and the recount are not the same."""
        with self.office.at_work():
            visits, register = recount.read_visits(evidence.chains()), evidence.register(_mine(mine))
            return differences(said, recount.count(visits, visit, register, evidence.editions(), _today()))

    def judged_by_eye(self, mine: str) -> frozenset[str]:
        """The pairs of this week's round that are answered by a verdict alone, by the recount's own reading."""
        return frozenset(pair for pair, _ in judged_by_eye(self.office, mine))


def general(office: Office, mine: str) -> list[str]:
    """Of the pairs that are answered by a verdict alone those whose failing can be nothing graver than general."""
    return sorted(pair for pair, item in judged_by_eye(office, mine) if not item.get("severity"))


def judged_by_eye(office: Office, mine: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The pairs of this week's round that are answered by a verdict alone, each with its item in the edition."""
    with office.at_work():
        edition = recount._in_force(evidence.editions(), _today())
        items = recount._items(edition)
        pairs = recount.applicable(edition, evidence.register(_mine(mine)), _today(), only_round=True)
    found = [(pair, items[pair.partition("/")[0]]) for pair in pairs]
    return [(pair, item) for pair, item in found if item["answer"]["type"] == "pass_fail"]


def county_of(site: Site, office: Office) -> County:
    """Signed in as the county's supervisor."""
    console = Console(urlsplit(site.url).port or 0)
    login = "demo-supervisor"
    console.sign_in(SignIn(login, site.passwords[login], "supervisor", site.seeds.get(login)))
    return County(office, console)


def _mine(name: str) -> str:
    return db.session.scalars(select(Mine.id).where(Mine.name == name)).one()


def _today() -> date:
    return local_date(datetime.now(UTC))
