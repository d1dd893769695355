"""The forms that pages of a site really have, as a browser shows them: where they go and what they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext
from werkzeug.routing import MapAdapter

from tests.browser.desks import Desks

_COLLECT = """() => [...document.querySelectorAll("form")]
    .filter(form => form.method === "post").map(form => ({
        action: form.getAttribute("action"), enctype: form.enctype,
        fields: [...form.elements].filter(field => field.name && field.type !== "file").map(field => ({
            name: field.name, kind: field.type, value: field.value, required: field.required,
            choices: field.options ? [...field.options].map(option => option.value).filter(value => value) : [],
        })),
    }))"""
WRITABLE = frozenset({"text", "search", "textarea", "url", "email", "tel"})


@dataclass(frozen=True)
class Form:
    """One form of one page, the first of its kind."""

    rule: str
    page: str
    action: str
    fields: tuple[Mapping[str, Any], ...]
    enctype: str = "application/x-www-form-urlencoded"

    @property
    def carriage(self) -> str:
        """The option by which Playwright sends what this form holds as its page would."""
        return "multipart" if self.enctype == "multipart/form-data" else "form"

    @property
    def texts(self) -> list[str]:
        """Names of the fields that take whatever is typed."""
        return [field["name"] for field in self.fields if field["kind"] in WRITABLE and not _is_own(field)]

    def filled(self, given: Mapping[str, str]) -> dict[str, str]:
        """What a browser would send, with these fields typed into."""
        return {field["name"]: given.get(field["name"], _plain(field)) for field in self.fields}


def _is_own(field: Mapping[str, Any]) -> bool:
    return field["name"] in {"csrf_token", "proof"}


def _plain(field: Mapping[str, Any]) -> str:
    match field["kind"]:
        case "date":
            # What may be left open is: a day typed in by rote would end a team or a contract.
            return field["value"] or (datetime.now(UTC).date().isoformat() if field["required"] else "")
        case "select-one":
            return field["value"] or (next(iter(field["choices"]), "") if field["required"] else "")
        case "number":
            return field["value"] or "1"
        case _:
            return str(field["value"])


def forms_of(context: BrowserContext, desks: Desks, role: str) -> Iterator[Form]:
    """The forms of every page of a role, one a rule and step; the role sits at its desk in the context already."""
    page = context.new_page()
    matching: MapAdapter = desks.app.url_map.bind("site")
    known: set[str] = set()
    for address in desks.pages_of(role):
        page.goto(address)
        for form in page.evaluate(_COLLECT):
            path = urlsplit(form["action"] or address).path
            rule = matching.match(path, "POST", return_rule=True)[0].rule
            # One action may have a form a step, each with fields of its own.
            kind = rule + "".join(f" {field['value']}" for field in form["fields"] if field["name"] == "step")
            if kind not in known:
                known.add(kind)
                yield Form(rule, address, form["action"] or address, tuple(form["fields"]), form["enctype"])
    page.close()
