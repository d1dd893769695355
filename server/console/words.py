"""What templates of the console may use: the catalogue, the county's clock, numbers as people read them."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from markupsafe import Markup

from patrol.periods import SHANGHAI
from patrol.permissions import Verb, scopes
from server.console import assets, navigation
from server.console.forms import CSRF_FIELD, ONCE_FIELD
from server.console.once import new_mark
from server.db import db
from server.http.headers import nonce
from server.messages import catalogue, text
from server.models.county import County
from server.models.user import ConsoleSession
from server.services import second_factor, sessions

THEME = "qianshao_theme"
_BROWSER = re.compile(r"(?P<name>Edg|Firefox|HuaweiBrowser|QQBrowser|(?:Headless)?Chrome|Safari)/(?P<version>\d+)")
_THEMES = ("light", "dark")


def install(app: Flask) -> None:
    """Give the templates of `app` their words."""
    env = app.jinja_env
    env.globals.update(t=text, nonce=nonce, theme=theme, may=may, asset=assets.asset, csrf_field=csrf_field)
    env.globals.update(navigation=navigation.groups_for, is_current=navigation.is_current, with_query=with_query)
    env.globals.update(county_name=county_name, person_name=person_name, proof_wanted=proof_wanted)
    env.globals.update(browser_word=browser_word, word=word, role_words=role_words, kind_words=kind_words)
    # What scripts read is Chinese: letters as they are, in half the room.
    env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    env.filters.update(moment=moment, day=day, clock=clock_time, percent=percent)


def theme() -> str | None:
    """The theme that this browser was told to show; None: as the system says."""
    wanted = request.cookies.get(THEME)
    return wanted if wanted in _THEMES else None


def may(call: Any, verb: str) -> bool:
    """Whether the caller's role ever does this: to leave out buttons that lead nowhere."""
    return call.caller is not None and bool(scopes(call.actor.role, Verb(verb)))


def csrf_field(call: Any) -> Markup:
    """The hidden fields that show a form is our own page's, and which one; nothing on an open page."""
    if call.caller is None or call.caller.csrf_token is None:
        return Markup("")
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format(CSRF_FIELD, call.caller.csrf_token) + hidden.format(ONCE_FIELD, new_mark())


def with_query(**changed: object) -> str:
    """The address of this page with other filters; None takes one away."""
    kept = {name: values for name, values in request.args.lists() if name not in changed}
    added = {name: [value] for name, value in changed.items() if value is not None}
    query = urlencode(kept | added, doseq=True)
    return f"{request.path}?{query}" if query else request.path


def county_name(call: Any) -> str:
    """The county that the caller works for; nobody's county is not told."""
    return "" if call.caller is None else db.session.get_one(County, call.actor.county).name


def person_name(call: Any) -> str:
    """Who is signed in."""
    return call.caller.user.name if call.caller and call.caller.user else ""


def word(code: str, otherwise: str) -> str:
    """The catalogue's word, or for what the catalogue does not know the thing's own name."""
    return text(code) if code in catalogue() else otherwise


def browser_word(sent: str | None) -> str:
    """A browser's name out of what it says about itself, as far as people know it by one."""
    found = _BROWSER.search(sent or "")
    return f"{found['name'].removeprefix('Headless')} {found['version']}" if found else "—"


def role_words(roles: Iterable[str]) -> list[tuple[str, str]]:
    """Roles to choose from."""
    return [(role, text(f"console.role.{role}")) for role in roles]


def kind_words(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Kinds of the trail's subjects to choose from."""
    return [(kind, text(f"audit.kind.{kind}")) for kind in kinds]


def proof_wanted(call: Any) -> bool:
    """Whether an action that much depends on will ask this caller for the second factor."""
    session: ConsoleSession | None = call.caller.session if call.caller else None
    return (
        session is not None and not sessions.is_proved(session, call.now) and second_factor.is_enrolled(session.user_id)
    )


def moment(instant: datetime | None, *, seconds: bool = False) -> Markup:
    """An instant as clocks in the county show it: 2026-11-23 14:05."""
    if instant is None:
        return Markup("—")
    shown = instant.astimezone(SHANGHAI)
    form = "%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"
    return Markup('<time datetime="{}">{}</time>').format(instant.isoformat(timespec="seconds"), shown.strftime(form))


def clock_time(instant: datetime | None) -> str:
    """The time of day in the county: 14:05."""
    return "—" if instant is None else instant.astimezone(SHANGHAI).strftime("%H:%M")


def day(value: date | datetime | None) -> str:
    """A day: 2026-11-23; of an instant the county's day."""
    if value is None:
        return "—"
    return (value.astimezone(SHANGHAI) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def percent(ratio: float | None) -> str:
    """A share from 0 to 1 as a whole per cent; never rounded up to 100 %, which is a claim."""
    if ratio is None:
        return "—"
    whole = round(100 * ratio)
    return f"{99 if whole == 100 and ratio < 1 else whole}%"
