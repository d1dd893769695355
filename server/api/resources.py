"""Puts every resource of the API on the application."""

import re

from flask import Flask
from werkzeug.routing import BaseConverter

from server.api import (
    contracts,
    coverage,
    devices,
    docs,
    enrolment,
    mines,
    office,
    photos,
    session,
    teams,
    users,
    visits,
)
from server.api.operation import PROOF_HEADER
from server.auth import cookie_name
from server.http.openapi import Api

_BLUEPRINTS = (
    session.blueprint,
    mines.blueprint,
    teams.blueprint,
    contracts.blueprint,
    users.blueprint,
    visits.blueprint,
    photos.blueprint,
    coverage.blueprint,
    devices.blueprint,
    enrolment.blueprint,
    office.blueprint,
)

_SECOND_FACTOR = {
    "name": PROOF_HEADER,
    "schema": {"type": "string", "maxLength": 64},
    "description": "A code of the second factor, unless one was given within five minutes (`proof_required`).",
}


class Key(BaseConverter):
    """An id in a path; what cannot be one is no resource."""

    regex = r"[A-Za-z0-9_-]{1,64}"

    @classmethod
    def schema(cls, _converter: BaseConverter) -> dict[str, str]:
        """As OpenAPI says it."""
        return {"type": "string", "pattern": f"^{re.compile(cls.regex).pattern}$"}


def install(app: Flask, api: Api) -> None:
    """Register the blueprints, and how a caller shows who it is."""
    app.url_map.converters["key"] = Key
    api.register_converter(Key, Key.schema)
    with app.app_context():
        cookie = {"type": "apiKey", "in": "cookie", "name": cookie_name()}
    api.spec.components.security_scheme("session", cookie)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.components.parameter("SECOND_FACTOR", "header", _SECOND_FACTOR)
    for blueprint in _BLUEPRINTS:
        api.register_blueprint(blueprint)
    docs.install(app, api)
