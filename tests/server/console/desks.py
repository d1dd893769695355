"""Browsers at desks without a screen: pages asked for and forms sent as a browser does, and what all pages are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask

from patrol.permissions import Verb, can, scopes
from server import create_app
from server.console.page import PROMISE, Action, Page
from tests.server.api import world
from tests.server.api.test_scope import actor_of, id_of, subject_of
from tests.server.api.world import Browser
from tests.settings import make_config

#: As Chromium says it.
HTML = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
}
#: Names in paths that are nobody's, or whose scope the services' own tests hold.
FIXED = {"digest": world.DIGEST, "uid": "unknown", "session": "ffffffffffffffff"}


@dataclass(frozen=True)
class Place:
    """A page or an action of the console, where it is and what it promises."""

    method: str
    rule: str
    promise: Page | Action

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def noun(self) -> str | None:
        """Whose id the path carries; None where the path names nothing of anybody's."""
        names = [part[1:-1] for part in self.rule.split("/") if part.startswith("<")]
        return next((name for name in names if name not in FIXED), None)

    def path(self, spot: str) -> str:
        """The path with the spot's ids."""
        made = self.rule
        for name, value in FIXED.items():
            made = made.replace(f"<{name}>", value)
        return made.replace(f"<{self.noun}>", id_of(self.noun, spot)) if self.noun else made

    def may(self, role: str, spot: str) -> str:
        """`yes`; `never` for a role that does not do this at all; `elsewhere` for a thing out of its scope."""
        verb = self.promise.verb
        if verb is None:
            return "yes"
        actor = actor_of(role)
        if not scopes(actor.role, verb):
            return "never"
        if self.noun is None:
            return "yes"
        if can(actor, verb, subject_of(self.noun, spot)):
            return "yes"
        return "hidden" if not can(actor, Verb(f"{verb.noun}.read"), subject_of(self.noun, spot)) else "elsewhere"


def places(app: Flask | None = None) -> Iterator[Place]:
    """Every page and action of the console, read from the application: a new one joins by itself."""
    app = app or create_app(make_config(Path(mkdtemp())))
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        promise = getattr(app.view_functions[rule.endpoint], PROMISE, None)
        if promise is not None:
            method = "POST" if isinstance(promise, Action) else "GET"
            yield Place(method, rule.rule.replace("<key:", "<"), promise)


def ask(browser: Browser, path: str, **options: Any) -> Any:
    """Ask for a page."""
    return browser.client.get(path, headers=HTML | options.pop("headers", {}), **options)


def send(browser: Browser, path: str, form: dict[str, Any] | None = None, **options: Any) -> Any:
    """Send a form as the page has it, with its token."""
    token = {"csrf_token": browser.headers["X-CSRF-Token"]} if browser.headers else {}
    headers = HTML | {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
    return browser.client.post(path, data=token | (form or {}), headers=headers, **options)
