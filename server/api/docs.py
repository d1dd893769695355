"""The page on which people read the API: rendered here from its own description, nothing fetched from elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template

from server.auth import public
from server.http.openapi import Api
from server.messages import text

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/v1")

_STYLE = Path(__file__).parent.parent / "templates" / "api_docs.css"
_METHODS = ("get", "post", "put", "patch", "delete")


def install(app: Flask, api: Api) -> None:
    """Register the page; call it after every resource, so that none is missing."""
    app.extensions["qianshao_api"] = api
    app.register_blueprint(blueprint)


@blueprint.get("/docs")
@public("the description of the API holds no data")
def read_docs() -> str:
    """Show every operation with what it takes, gives and requires."""
    spec = current_app.extensions["qianshao_api"].spec.to_dict()
    groups = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", ())}
    shapes = spec["components"]["schemas"]
    return render_template(
        "api_docs.html", spec=spec, groups=groups, operations=_operations(spec), shapes=shapes, text=text
    )


@blueprint.get("/docs.css")
@public("the looks of the page")
def style_docs() -> Response:
    """Give the page its looks."""
    return Response(_STYLE.read_text(encoding="utf-8"), mimetype="text/css")


def _operations(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "method": method.upper(),
            "takes": _shape(operation.get("requestBody", {})),
            "gives": {
                status: _shape(answer)
                for status, answer in sorted(operation["responses"].items())
                if status.startswith("2")
            },
            **operation,
        }
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]


def _shape(part: Mapping[str, Any]) -> str:
    """The name of the JSON schema of a body; "" without one."""
    content = part.get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
