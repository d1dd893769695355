"""The first start of an installation that nobody has set up: fill it with the demo county and say how to sign in.

Only where the database is the embedded one and holds no county at all; whoever names a database of their own never
gets demo data.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select

from patrol.periods import local_date, month_of, start_of
from server import clock, create_app
from server.arrival import arrive
from server.config import Config
from server.db import db, transaction
from server.demo.calendar import first_day
from server.demo.county import DemoCounty, excuse_idle, make_county
from server.demo.history import make_history
from server.demo.people import SignIn
from server.messages import text
from server.models.county import County

Say = Callable[[str], object]


_ROLES = {
    "admin": "demo_admin",
    "supervisor": "demo_supervisor",
    "auditor": "demo_auditor",
    "mine_user": "demo_mine_user",
    "leader": "demo_leader",
    "member": "demo_member",
}


def fill_if_new(config: Config, goes_on: Callable[[], bool], say: Say) -> bool:
    """Fill an installation that has no county yet; whether it was one. Stops early when `goes_on` says no."""
    if not config.demo:
        return False
    app = create_app(config)
    with app.app_context():
        try:
            if db.session.scalar(select(County.id).limit(1)) is not None:
                return False
            now = clock.now()
            arrive(config, now)
            say(text("demo_begins"))
            made = make_demo_county(now)
            # Before the history: whoever stops that half way still knows how to sign in.
            tell_sign_ins(made.people.sign_ins, say)
            make_history(made, now, goes_on=goes_on)
        finally:
            db.session.remove()
            db.engine.dispose()
    return True


def make_demo_county(now: datetime) -> DemoCounty:
    """The county as it was when the two months before `now` began."""
    since = start_of(first_day(now))
    with transaction():
        made = make_county(local_date(since), since)
        excuse_idle(made, month_of(local_date(now)).next.last, since)
    return made


def tell_sign_ins(sign_ins: Iterable[SignIn], say: Say) -> None:
    """Print the fresh passwords and authenticators' seeds: here, once, and never again."""
    say(text("demo_sign_ins"))
    for one in sign_ins:
        say(f"  {one.login:<16} {one.password}  {one.seed or '—':<32}  {text(_ROLES[one.role])}")
    say(text("demo_codes"))
