"""What a list costs: the same number of statements however many rows it shows, and few."""

import pytest
from sqlalchemy import event

from server.db import db, transaction
from server.queries.paging import encode_cursor
from tests.server.api import rows, world

#: With the caller's own look-up: session, roles; nothing here may grow with the rows.
MOST = 8
LISTS = [
    "/mines?limit=200",
    "/mines/mine-1/places?limit=200",
    "/teams?limit=200",
    "/users?limit=200",
    "/contracts?limit=200",
    "/excuses?limit=200",
    "/visits?limit=200",
    "/findings?limit=200",
    "/devices?limit=200",
    "/duties?period=2026-W48&limit=200",
    "/duties?period=2026-11&limit=200",
    "/coverage?month=2026-10&limit=200",
    "/board?month=2026-10&limit=200",
]


def statements(app, browser, path) -> tuple[int, int]:
    """How many statements a request sent, and how many rows it showed."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = browser.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.json
    return len(sent), len(answer.json["items"])


def test_lists_cost_the_same_with_many_rows_as_with_few(made, as_role):
    supervisor = as_role("supervisor")
    few = {path: statements(made, supervisor, path) for path in LISTS}
    with made.app_context(), transaction():
        rows.add_many(40)
    many = {path: statements(made, supervisor, path) for path in LISTS}
    assert {path: cost for path, (cost, _) in many.items()} == {p: c for p, (c, _) in few.items()}
    assert all(cost <= MOST for cost, _ in many.values()), many
    grown = {path for path in LISTS if many[path][1] <= few[path][1]}
    assert grown == set(), "the rows added do not show, so nothing was measured"


@pytest.mark.parametrize("path", ["/mines", "/visits", "/findings", "/users", "/contracts"])
def test_a_list_walked_page_by_page_shows_every_row_once(made, as_role, path):
    with made.app_context(), transaction():
        rows.add_many(23)
    supervisor = as_role("supervisor")
    whole = [row["id"] for row in supervisor.get(f"{path}?limit=200").json["items"]]
    walked, cursor = [], ""
    for _ in range(30):
        page = supervisor.get(f"{path}?limit=7{cursor}").json
        walked += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert walked == whole
    assert len(set(walked)) == len(walked) >= 23


@pytest.mark.parametrize("name", ["一　组", "🛠 组", "e\u0301quipe", "组“甲”"])
def test_names_of_any_script_page_on(as_role, name):
    admin = as_role("admin")
    for number in "ab":
        assert admin.post("/teams", {"name": f"{name}{number}"}).status_code == 201
    whole = [row["name"] for row in admin.get("/teams").json["items"]]
    walked, cursor = [], ""
    for _ in whole:
        page = admin.get(f"/teams?limit=1{cursor}").json
        walked += [row["name"] for row in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert walked == whole


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "x", 5, None])
def test_a_cursor_with_a_moment_that_there_is_not_is_refused(as_role, moment):
    cursor = encode_cursor([moment, "id"])
    answer = as_role("supervisor").get(f"/findings?cursor={cursor}")
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_invalid")


def test_rows_with_equal_keys_are_not_lost_between_pages(made, as_role):
    """All visits of the world are of one day: only the id tells them apart."""
    supervisor = as_role("supervisor")
    first = supervisor.get("/visits?limit=1").json
    second = supervisor.get(f"/visits?limit=1&cursor={first['next']}").json
    third = supervisor.get(f"/visits?limit=1&cursor={second['next']}").json
    assert third["next"] is None
    assert len({page["items"][0]["id"] for page in (first, second, third)}) == 3
    assert {page["items"][0]["local_date"] for page in (first, second, third)} == {world.TODAY.isoformat()}
