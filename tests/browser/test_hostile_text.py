"""120 scripts through every text field and every page: none runs, and no page even tries to run one."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import DESK, settle
from tests.browser.desks import Desks, desks_of
from tests.browser.forms import Form, forms_of
from tests.browser.payloads import payloads
from tests.browser.site import Site

PAYLOADS = tuple(payloads())
ROLES = ("admin", "supervisor", "leader", "mine_user", "auditor")
#: Who is shown nearly every page, each with every form that it has.
MOST_FORMS = ("admin", "supervisor")
#: Their fields hold secrets that no page ever shows, and each try is a guess that is budgeted.
SECRETS = frozenset({"/sign-out", "/account/password", "/account/second-factor/confirm", "/theme"})
_HOOKS = """
    window.__ran = []
    window.__refused = []
    window.__struck = number => { window.__ran.push(number) }
    document.addEventListener("securitypolicyviolation", event => {
        window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
"""
_PLANTED = """() => {
    const planted = document.createElement("p")
    document.body.append(planted)
    planted.innerHTML = "<b onclick='__struck(1)'>x</b>"
    planted.firstChild.click()
}"""
_INVALID = re.compile(r'<(?:input|textarea|select)[^>]*name="([^"]+)"[^>]*aria-invalid="true"')


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


def context_for(browser: Browser, desks: Desks, role: str) -> BrowserContext:
    context = browser.new_context(base_url=desks.site.url, **DESK)
    context.add_init_script(_HOOKS)
    desks.sit_down(context, role)
    return context


def send(context: BrowserContext, form: Form, given: dict[str, str]) -> tuple[int, str]:
    """The form as its page would send it; the status and the page that came back, redirects not followed."""
    own = {"Origin": context.pages[0].evaluate("() => location.origin"), "Accept": "text/html"}
    answer = context.request.post(form.action, headers=own, max_redirects=0, **{form.carriage: form.filled(given)})
    return answer.status, answer.text()


def typed(form: Form, payload: str, strict: dict[str, str], number: int) -> dict[str, str]:
    """The payload in every field that takes free text."""
    return {name: strict.get(name, "").format(number=number) or payload for name in form.texts}


def strike(context: BrowserContext, form: Form) -> Counter[int]:
    """Type every payload into every text field of the form; how often it was answered how."""
    strict: dict[str, str] = {}
    told: Counter[int] = Counter()
    for number, payload in enumerate(PAYLOADS):
        status, body = send(context, form, typed(form, payload, strict, number))
        new = set(_INVALID.findall(body)) & set(form.texts) - set(strict)
        if new:
            # A field that takes no free text has shown it now, and is filled well from here on.
            strict |= dict.fromkeys(new, "x{number:04}")
            status, body = send(context, form, typed(form, payload, strict, number))
        told[status] += 1
        assert status < 500, (form.rule, payload, body[:400])
        assert not leaks(payload, body), (form.rule, payload)
    return told


class _Attributes(HTMLParser):
    """Notes every attribute of a page that calls what a payload calls, unless it is one that only names or says."""

    def __init__(self) -> None:
        super().__init__()
        self.calling: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and "__struck" in value and not self._is_harmless(name, value):
                self.calling.append(f"<{tag} {name}={value}>")

    def _is_harmless(self, name: str, value: str) -> bool:
        if name in {"href", "src", "action", "formaction", "data", "hx-get", "hx-post"}:
            return value.startswith(("/", "?", "#")) and not value.startswith("//")
        return name in {"value", "title", "aria-label", "alt", "content", "placeholder", "data-name"}


def leaks(payload: str, body: str) -> bool:
    """Whether a page carries the payload's markup as it was typed, or calls it from an attribute."""
    if any(letter in payload for letter in "<>\"'&") and payload in body:
        return True
    attributes = _Attributes()
    if "__struck" in body:
        attributes.feed(body)
    return bool(attributes.calling)


def look(page: Page, address: str) -> tuple[list[int], list[str]]:
    """What ran on a page, and what its policy refused."""
    page.goto(address)
    settle(page)
    ran: list[int] = page.evaluate("() => window.__ran")
    refused: list[str] = page.evaluate("() => window.__refused")
    return ran, refused


@pytest.fixture(scope="module")
def struck(browser: Browser, desks: Desks) -> dict[str, Counter[int]]:
    """Every form of every role, with every payload in it."""
    done: dict[str, Counter[int]] = {}
    for role in ROLES:
        with context_for(browser, desks, role) as context:
            context.new_page().goto("/account")
            forms = [form for form in forms_of(context, desks, role) if form.rule not in SECRETS | set(done)]
            for form in forms:
                if form.texts:
                    done[form.rule] = strike(context, form)
    return done


def test_every_form_with_text_was_struck_and_some_of_it_was_kept(struck):
    assert {"/users", "/teams", "/users/<key:user>", "/users/<key:user>/certificates"} <= set(struck)
    assert all(told.total() == len(PAYLOADS) == 120 for told in struck.values())
    assert sum(told[303] for told in struck.values()) > 3 * len(PAYLOADS)


def pages_to_look_at(desks: Desks, role: str) -> list[str]:
    """Every page with the most forms; of other roles what these do not have: one page says the same to everybody."""
    others = {rule for one in MOST_FORMS if role not in MOST_FORMS for rule in desks.pages_by_rule(one)}
    return [address for rule, address in desks.pages_by_rule(role).items() if rule not in others]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_runs_what_was_typed_or_tries_to(browser, desks, struck, role):
    found: dict[str, object] = {}
    with context_for(browser, desks, role) as context:
        page = context.new_page()
        for address in pages_to_look_at(desks, role):
            ran, refused = look(page, f"{address}?limit=200" if address.count("/") == 1 else address)
            if ran or refused:
                found[address] = (ran, refused)
        if role in ("admin", "auditor"):
            page.goto("/users?limit=200")
            assert "<script>__struck(1)</script>" in page.locator("#rows").inner_text()
    assert found == {}


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_no_page_runs_what_its_address_says(browser, desks, role):
    with context_for(browser, desks, role) as context:
        page = context.new_page()
        for address in (one for one in desks.pages_of(role) if one.count("/") == 1):
            page.goto(address)
            names = page.locator("form[method=get] [name]").evaluate_all(
                "all => [...new Set(all.map(one => one.name))]"
            )
            for payload in PAYLOADS if names else ():
                answer = context.request.get(
                    address, params=dict.fromkeys(names, payload), headers={"Accept": "text/html"}
                )
                assert answer.status < 500, (address, payload)
                assert not leaks(payload, answer.text()), (address, payload)
        for payload in PAYLOADS[::10]:
            assert look(page, f"/users?name={quote(payload)}") == ([], []), payload
            assert look(page, f"/sign-in?next={quote(payload)}") == ([], []), payload


def test_what_runs_and_what_is_refused_is_noticed(browser, desks):
    with context_for(browser, desks, "auditor") as context:
        page = context.new_page()
        page.goto("/account")
        page.evaluate(_PLANTED)
        assert page.evaluate("() => window.__refused") != []
        bare = context.new_page()
        bare.goto("about:blank")
        bare.set_content("<img src=x onerror=__struck(7)>")
        bare.wait_for_timeout(200)
        assert bare.evaluate("() => window.__ran") == [7]
    assert leaks("<b>x</b>", "<p><b>x</b></p>")
    assert leaks("javascript:__struck(1)", '<a href=" javascript:__struck(1)">')
    assert leaks("x", "<p onclick='__struck(1)'>")
    assert not leaks("<b>__struck(1)</b>", "<input value='&lt;b&gt;__struck(1)'>")
