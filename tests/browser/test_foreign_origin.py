"""A page of another origin fires every action of the console, in every way that a browser lets it: nothing changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from server.db import Base, db
from tests.browser.chromium import DESK
from tests.browser.desks import LOGINS, Desks, desks_of
from tests.browser.forms import Form, forms_of
from tests.browser.site import Site

#: Forms into frames, requests that need no leave of the other side, pictures; the cookie goes along where it may.
_FIRE = """async ([site, forms]) => {
    const sent = []
    for (const [number, form] of forms.entries()) {
        const frame = document.createElement("iframe")
        frame.name = `frame${number}`
        document.body.append(frame)
        const made = document.createElement("form")
        Object.assign(made, {
            method: "post", action: site + form.action, target: frame.name, enctype: form.enctype,
        })
        for (const [name, value] of Object.entries(form.fields)) {
            const field = document.createElement("input")
            Object.assign(field, { name, value })
            made.append(field)
        }
        document.body.append(made)
        made.submit()
        const body = new URLSearchParams(form.fields)
        for (const mode of ["no-cors", "cors"]) {
            sent.push(fetch(site + form.action, { method: "POST", mode, credentials: "include", body }).catch(() => 0))
        }
        const text = { method: "POST", mode: "no-cors", credentials: "include", body: JSON.stringify(form.fields) }
        sent.push(fetch(site + form.action, text).catch(() => 0))
        new Image().src = `${site}${form.action}?${body}`
    }
    await Promise.all(sent)
}"""


class _Empty(BaseHTTPRequestHandler):
    """An empty page of somebody else's."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def elsewhere() -> Iterator[int]:
    """A server of another origin; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Empty))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture(scope="module")
def shown(browser: Browser, desks: Desks) -> dict[str, list[Form]]:
    """Role → the forms of its pages, looked at once for all tests."""
    found: dict[str, list[Form]] = {}
    for role in LOGINS:
        with browser.new_context(base_url=desks.site.url, **DESK) as context:
            desks.sit_down(context, role)
            found[role] = list(forms_of(context, desks, role))
    return found


def tables() -> dict[str, str]:
    """Table → a digest of all its rows."""
    return {
        table.name: sha256("".join(sorted(map(repr, db.session.execute(select(table))))).encode()).hexdigest()
        for table in Base.metadata.sorted_tables
    }


def plain(form: Form) -> dict[str, object]:
    """The form as its author would fill it, without the token that he cannot know."""
    fields = form.filled(dict.fromkeys(form.texts, "由别的网站提交"))
    known = {name: value for name, value in fields.items() if name != "csrf_token"}
    return {"action": form.action, "fields": known, "enctype": form.enctype}


def all_forms(shown: list[Form], desks: Desks, role: str) -> list[Form]:
    """Every form that the role is shown, and for every other action a bare one: what pages show comes and goes."""
    there = {form.rule for form in shown}
    bare = [Form(rule, "", path, ()) for rule, path in desks.actions_by_rule(role).items() if rule not in there]
    return shown + bare


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("role", LOGINS)
def test_nothing_changes(browser: Browser, desks: Desks, shown: dict[str, list[Form]], role: str, host: str):
    """`127.0.0.1` on another port is the same site to cookies and another origin; `localhost` is another site."""
    with elsewhere() as port, browser.new_context(base_url=desks.site.url, **DESK) as context:
        desks.sit_down(context, role)
        forms = all_forms(shown[role], desks, role)
        page, sent, answers = context.new_page(), [], []
        page.on("request", lambda request: sent.append(request.method))
        # What was asked without leave is answered too, but the browser shows its answer to nobody.
        page.on("response", lambda answer: answers.append(answer) if answer.request.method == "POST" else None)
        with desks.at_work():
            before = tables()
        page.goto(f"http://{host}:{port}/")
        page.evaluate(_FIRE, [desks.site.url, [plain(form) for form in forms]])
        page.wait_for_load_state("networkidle")
        with desks.at_work():
            assert tables() == before
        told = {(answer.status, answer.headers.get("location", "").partition("?")[0]) for answer in answers}
    assert {form.rule for form in forms} == set(desks.actions_by_rule(role))
    assert sent.count("POST") >= 4 * len(forms) > 4 * 45
    assert len(answers) >= len(forms)
    # To another site the cookie does not even go along, and nobody is led to sign in.
    assert told <= {(403, ""), (303, "/sign-in")}


def test_pages_show_most_of_the_forms(shown: dict[str, list[Form]]):
    found = {form.rule for forms in shown.values() for form in forms}
    assert {"/findings/<key:finding>/steps", "/checklists/preview", "/phones/bundle"} <= found
    assert len(found) > 28, sorted(found)
