"""What a page says and where it leads, read from its markup."""

import html
import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from server.db import db

_AS_PERSON = {"Accept": "text/html"}


def see(client: FlaskClient, address: str, status: int = 200) -> str:
    """The page as a browser asks for it, entities resolved."""
    answer = client.get(address, headers=_AS_PERSON)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def words(page: str) -> str:
    """What a person reads: the page's main part without its markup."""
    main = page[page.index("<main") : page.index("</main>")]
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare)


def links(page: str) -> set[str]:
    """Every address on this server that the main part leads to."""
    main = page[page.index("<main") : page.index("</main>")]
    return set(re.findall(r'<a [^>]*?href="(/[^"]*)"', main))


def chart_data(page: str) -> Any:
    """What the page's charts draw."""
    found = re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def statements(app: Flask, client: FlaskClient, address: str) -> int:
    """How many statements a page sends to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        see(client, address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
