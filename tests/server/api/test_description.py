"""The API's description, the page that shows it, and what every answer has in common."""

import re

import pytest
from openapi_spec_validator import validate

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def spec(client):
    return client.get("/api/v1/openapi.json").json


def operations(spec):
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]


def test_the_description_is_valid_openapi_3_1(spec):
    assert spec["openapi"].startswith("3.1")
    validate(spec)


def test_every_operation_has_a_name_of_its_own_and_a_sentence(spec):
    names = [operation["operationId"] for _, operation in operations(spec)]
    assert len(names) == len(set(names)) >= 60
    assert all(operation["summary"].endswith(".") for _, operation in operations(spec))


def test_every_operation_says_what_it_requires(spec):
    open_ones = {where for where, operation in operations(spec) if "x-permission" not in operation}
    assert open_ones == {
        "post /api/v1/session",
        "post /api/v1/one-time-links/use",
        "post /api/v1/one-time-links/renew-second-factor",
        "post /api/v1/enrolment",
        "post /api/v1/enrolment/challenge",
        "post /api/v1/enrolment/tokens",
    }


def test_every_refusal_is_described_as_a_problem(spec):
    for where, operation in operations(spec):
        for status, answer in operation["responses"].items():
            if status == "default" or status >= "4":
                name = answer["$ref"].rpartition("/")[2]
                content = spec["components"]["responses"][name]["content"]
                assert list(content) == ["application/problem+json"], (where, status)


def test_bodies_refuse_what_is_not_described(spec):
    for name, shape in spec["components"]["schemas"].items():
        if name.startswith("New"):
            assert shape["additionalProperties"] is False, name


def test_the_page_shows_every_operation_and_fetches_nothing_from_elsewhere(client, spec):
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for _, operation in operations(spec):
        assert f'id="{operation["operationId"]}"' in page.text
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', page.text)) == {"docs.css", "openapi.json"}
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert client.get("/api/v1/docs.css").mimetype == "text/css"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("GET", "/mines/not%20an%20id", {}, 404, "not_found"),
        ("DELETE", "/mines", {}, 405, "method_not_allowed"),
        ("POST", "/session", {"data": "a=b"}, 415, "unsupported_media_type"),
        ("POST", "/session", {"data": "{", "content_type": "application/json"}, 400, "invalid_json"),
        ("POST", "/session", {"data": '{"a":NaN}', "content_type": "application/json"}, 400, "invalid_json"),
        ("POST", "/session", {"json": [1]}, 422, "invalid_fields"),
        ("GET", "/mines", {}, 401, "unauthorized"),
    ],
)
def test_every_refusal_is_a_problem_with_a_code_and_a_reference(client, method, path, options, status, code):
    answer = client.open(f"/api/v1{path}", method=method, **options)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert re.fullmatch(r"[0-9a-f]{12}", answer.json["reference"])
    assert answer.json["detail"]


def test_a_bug_is_a_problem_that_says_nothing_but_its_reference(as_role, made, monkeypatch, caplog):
    def burst(*_):
        raise RuntimeError("secret of the driver")

    monkeypatch.setattr("server.queries.mines.list_mines", burst)
    monkeypatch.setitem(made.config, "PROPAGATE_EXCEPTIONS", False)
    answer = as_role("admin").get("/mines")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.json["reference"] in caplog.text


def test_a_405_says_what_is_allowed(client):
    assert "GET" in client.delete("/api/v1/mines").headers["Allow"]


@pytest.mark.parametrize("path", ["/mines", "/me", "/nowhere", "/openapi.json", "/docs"])
def test_every_answer_forbids_what_browsers_need_not_do(as_role, path):
    headers = as_role("admin").get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_what_was_read_may_be_kept_by_the_reader_alone_and_asked_anew(as_role):
    answer = as_role("admin").get("/mines")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization"} <= set(answer.headers["Vary"].split(", "))
