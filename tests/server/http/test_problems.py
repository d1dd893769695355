"""Every error is an RFC 9457 problem with a stable code and a sentence in Chinese."""

import logging

import marshmallow as ma
import psycopg
import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from patrol.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from server.db import Busy
from server.http import headers, openapi, problems
from server.http.openapi import Blueprint


class Sealed(Conflict):
    """A leaf error."""

    code = "visit_sealed"


class ThingSchema(ma.Schema):
    """A body with something to get wrong."""

    class Meta:
        unknown = ma.RAISE

    name = ma.fields.String(required=True)
    points = ma.fields.List(ma.fields.Integer(strict=True))


@pytest.fixture
def client(config):
    app = Flask("tried")
    problems.install(app)
    headers.install(app, config)
    blueprint = Blueprint("tried", "tried", url_prefix="/api/v1")
    blueprint.route("/things", methods=["POST"])(blueprint.arguments(ThingSchema)(lambda body: body))
    openapi.install(app).register_blueprint(blueprint)
    app.add_url_rule("/raise/<name>", view_func=_raise)
    return app.test_client()


ERRORS: dict[str, Exception] = {
    "invalid": Invalid("invalid"),
    "not-allowed": NotAllowed(),
    "not-found": NotFound("not_found", mine="m1"),
    "conflict": Sealed(visit="v1"),
    "familyless": DomainError(),
    "busy": Busy(),
    "bug": ZeroDivisionError("a secret path"),
    "driver": ProgrammingError("SELECT secret", {}, psycopg.ProgrammingError("driver's text")),
    "restart": OperationalError("SELECT secret", {}, psycopg.OperationalError("driver's text")),
    "crowded": PoolTimeoutError("secret"),
}


def _raise(name: str):
    if name == "401":
        abort(401)
    raise ERRORS[name]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("invalid", 422, "invalid"),
        ("not-allowed", 403, "not_allowed"),
        ("not-found", 404, "not_found"),
        ("conflict", 409, "visit_sealed"),
        ("familyless", 500, "internal"),
        ("busy", 503, "busy"),
        ("bug", 500, "internal"),
        ("driver", 500, "internal"),
        ("restart", 503, "busy"),
        ("crowded", 503, "busy"),
        ("401", 401, "unauthorized"),
    ],
)
def test_each_family_has_its_status_and_each_error_its_code(client, name, status, code):
    response = client.get(f"/raise/{name}")

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json["code"] == code
    assert response.json["status"] == status
    assert response.json["type"] == f"urn:qianshao:problem:{code}"


def test_the_sentence_is_chinese_and_the_facts_travel_beside_it(client):
    body = client.get("/raise/conflict").json

    assert body["detail"] == "该次检查已封存，不能再修改。"
    assert body["details"] == {"visit": "v1"}


def test_what_is_not_there_and_what_is_foreign_are_told_alike_without_facts(client):
    assert "details" not in client.get("/raise/not-found").json


def test_a_bug_is_logged_once_under_the_reference_that_the_caller_reads(client, caplog):
    with caplog.at_level(logging.ERROR):
        body = client.get("/raise/bug").json

    assert body["reference"]
    assert body["reference"] in body["detail"]
    assert [record.getMessage() for record in caplog.records] == [f"unforeseen error, reference {body['reference']}"]


@pytest.mark.parametrize("name", ["bug", "driver", "restart", "crowded"])
def test_nothing_of_a_bug_or_a_driver_is_told(client, name):
    assert b"secret" not in client.get(f"/raise/{name}").data
    assert b"driver" not in client.get(f"/raise/{name}").data


def test_whoever_meets_a_busy_server_is_told_when_to_come_back(client):
    assert client.get("/raise/busy").headers["Retry-After"] == "2"


def test_an_unknown_path_and_a_wrong_method_are_problems_too(client):
    assert client.get("/nowhere").json["code"] == "not_found"
    wrong = client.get("/api/v1/things")
    assert wrong.json["code"] == "method_not_allowed"
    assert "POST" in wrong.headers["Allow"]


def test_a_wrong_field_is_named_by_its_pointer(client):
    response = client.post("/api/v1/things", json={"points": [1, "2"], "extra": 1})

    assert response.status_code == 422
    assert {error["pointer"] for error in response.json["errors"]} == {"#/name", "#/points/1", "#/extra"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": NaN}',
        b'{"name": "a", "name": "b"}',
        b'{"points": [1e999]}',
        b'{"name": "a"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"points": [' + b"1" * 5000 + b"]}",
    ],
)
def test_json_that_two_readers_may_read_differently_is_refused(client, body):
    response = client.post("/api/v1/things", data=body, content_type="application/json")

    assert response.status_code == 400
    assert response.json["code"] == "invalid_json"


def test_a_body_of_another_type_is_refused_by_its_type(client):
    response = client.post("/api/v1/things", data=b"<a/>", content_type="application/xml")

    assert response.status_code == 415
    assert response.json["code"] == "unsupported_media_type"
    assert "application/json" in response.json["detail"]


def test_a_body_too_large_is_refused(client):
    response = client.post("/api/v1/things", data=b" " * (headers.MAX_BODY_BYTES + 1), content_type="application/json")

    assert response.status_code == 413


def test_every_response_forbids_what_the_pages_do_not_need(client):
    for path in ("/raise/bug", "/nowhere", "/api/v1/openapi.json"):
        given = client.get(path).headers
        assert {name: given.get(name) for name in headers.HEADERS} == headers.HEADERS


def test_the_description_of_the_api_describes_errors_as_problems(client):
    description = client.get("/api/v1/openapi.json").json

    assert description["openapi"] == "3.1.0"
    answers = description["paths"]["/api/v1/things"]["post"]["responses"]
    assert "default" in answers
    problem = description["components"]["responses"]["DEFAULT_ERROR"]
    assert list(problem["content"]) == ["application/problem+json"]
