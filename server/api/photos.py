"""Photos as phones ask for what is missing, and as people look at them. Their upload is `photo_upload`."""

from typing import Any

from flask import Response, send_file

from patrol.permissions import Verb
from schemas import photo as shapes
from server.api.operation import Call, Route, operation
from server.api.sync import calling_phone
from server.http.openapi import Blueprint
from server.services import photo_views
from server.services.photo_arrival import IMMUTABLE
from server.services.photo_serving import Served, serve

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1", description="Photos")

#: What a file that somebody opens may do: nothing.
_SANDBOX = "default-src 'none'; sandbox"


@operation(
    blueprint,
    "POST",
    "/photos/missing",
    Route(verb=Verb.DEVICE_SYNC, body=shapes.Digests, answer=shapes.Missing, own_transactions=True),
)
def ask_missing(call: Call) -> Any:
    """Tell a phone which of its photos' bytes are still to be brought."""
    return photo_views.answer(call.body["digests"], calling_phone().device)


@operation(blueprint, "GET", "/visits/<key:visit>/photos", Route(verb=Verb.RECORD_READ, answer=shapes.VisitPhotos))
def list_visit_photos(call: Call, visit: str) -> Any:
    """List a visit's photos with what became of them and what does not fit."""
    return photo_views.view_visit(call.actor, visit)


@operation(blueprint, "GET", "/devices/<key:device>/photos", Route(verb=Verb.DEVICE_READ, answer=shapes.PhotoCounts))
def count_device_photos(call: Call, device: str) -> Any:
    """Count the photos that a phone declared, and what became of them."""
    return photo_views.view_device(call.actor, device)


@operation(
    blueprint,
    "GET",
    "/photos/<key:digest>/<any(thumbnail,screen,original):rendition>",
    Route(verb=Verb.RECORD_READ),
)
def get_photo(call: Call, digest: str, rendition: str) -> Response:
    """Give out a photo: a small or a large copy to look at, or the original as a file."""
    return _given(serve(call.actor, digest, rendition))


def _given(served: Served) -> Response:
    if served.url is not None:
        return Response(status=302, headers={"Location": served.url, "Cache-Control": "private, no-store"})
    return _file(served)


def _file(served: Served) -> Response:
    response = send_file(
        served.file or "",
        served.media_type,
        as_attachment=served.name is not None,
        download_name=served.name,
        etag=served.tag,
        conditional=True,
    )
    response.headers["Cache-Control"] = IMMUTABLE
    if served.name is not None:
        response.headers["Content-Security-Policy"] = _SANDBOX
    return response
