"""flask-smorest, taught to speak problems and to read strict JSON."""

import http
from typing import Any

import marshmallow as ma
from flask import Flask, Request, Response
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from flask_smorest.utils import prepare_response
from webargs import core
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import HTTPException

from server.http import strict_json
from server.http.problems import MIMETYPE, from_http_exception

SETTINGS = {
    "API_TITLE": "前哨 Qianshao",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}


class FieldErrorSchema(ma.Schema):
    """One field to blame."""

    pointer = ma.fields.String(required=True, metadata={"description": "JSON pointer (RFC 6901)"})
    code = ma.fields.String(required=True, metadata={"description": "stable; switch on this"})
    detail = ma.fields.String(required=True)


class ProblemSchema(ma.Schema):
    """RFC 9457, with a stable code and the fields to blame."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True, metadata={"description": "stable; switch on this"})
    detail = ma.fields.String(required=True, metadata={"description": "a sentence for people"})
    reference = ma.fields.String(required=True, metadata={"description": "as in the server's log"})
    details = ma.fields.Dict()
    errors = ma.fields.List(ma.fields.Nested(FieldErrorSchema))


class StrictParser(FlaskParser):
    """webargs' parser with strict JSON; the stock one lets NaN, doubled keys and unknown query
    parameters through."""

    #: None: as the schema says, which is to refuse.
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}

    def _raw_load_json(self, req: Request) -> Any:
        data = req.get_data(cache=True)
        if not data:
            return core.missing
        try:
            return strict_json.loads(data)
        except strict_json.StrictJsonError as error:
            abort(400, exc=error, code="invalid_json")


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """A blueprint of the API."""

    ARGUMENTS_PARSER = StrictParser()


class Api(SmorestApi):  # type: ignore[misc]
    """The API, its errors described as the problems they are."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer as everywhere else."""
        return from_http_exception(error)

    def _register_responses(self) -> None:
        # As the library does it, with the problem's own content type, which it has no setting for.
        for status in http.HTTPStatus:
            if status >= 400:
                self._register_problem(status.name, status.phrase)
            else:
                self.spec.components.response(status.name, {"description": status.phrase}, lazy=True)
        self._register_problem("DEFAULT_ERROR", "Any other error")

    def _register_problem(self, name: str, description: str) -> None:
        response = {"description": description, "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, MIMETYPE)
        self.spec.components.response(name, response, lazy=True)


def install(app: Flask) -> Api:
    """Give `app` the API; blueprints are registered on what is returned."""
    app.config.from_mapping(SETTINGS)
    return Api(app)
