"""Photos' bytes from phones: tus 1.0 (core, checksum, expiration) at an address made of the bytes' own digest.

No creation: the signed operation that declares a photo is its creation. Speaks HTTP and decides nothing.
"""

import base64
import binascii
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Flask, Response, request
from obstore.exceptions import BaseError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, ClientDisconnected, PreconditionFailed
from werkzeug.http import http_date

from media.inspection import MAX_PHOTO_BYTES
from patrol.permissions import Verb
from server import clock
from server.api.sync import admitted, bearer_token
from server.auth import permission, public
from server.http.headers import accepts
from server.http.problems import from_database_error, problem
from server.queries.photos import Declared
from server.services import photo_arrival, photo_parts, photo_uploads
from server.services.device_tokens import DeviceSession
from server.services.photo_arrival import DigestMismatch, PhotoRefused
from server.services.photo_parts import BeingWritten, NoRoom
from server.services.photo_uploads import Checksum, ChecksumMismatch, Piece, Received
from server.storage import StorageDown

blueprint = Blueprint("photo_upload", __name__, url_prefix="/api/v1/photos")

TUS = "1.0.0"
RETRY_AFTER_S = 5
#: A link that brings nothing for so long is dead, and for so long when the phone has come back on another connection.
_SILENCE_S, _SILENCE_WHEN_WANTED_S = 15, 1
#: As much is read at once: most photos whole, and of a slow link what a second brings.
_CHUNK = 512 * 1024
_AT_MOST_A_SECOND, _FOR_EVER = (struct.pack("ll", seconds, 0) for seconds in (_SILENCE_WHEN_WANTED_S, 0))
_OFFER = {
    "Tus-Version": TUS,
    "Tus-Extension": "checksum,expiration",
    "Tus-Max-Size": str(MAX_PHOTO_BYTES),
    "Tus-Checksum-Algorithm": ",".join(photo_uploads.CHECKSUMS),
}


def install(app: Flask) -> None:
    """Register the routes."""
    app.register_blueprint(blueprint)
    photo_arrival.install(app)


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
@blueprint.route("/<key:digest>", methods=["OPTIONS"], provide_automatic_options=False)
@public("says only what the server can do")
def offer(digest: str = "") -> Response:  # noqa: ARG001 - the same for every photo
    """Say what of tus is spoken here."""
    return Response(status=204, headers=_OFFER)


@blueprint.route("/<key:digest>", methods=["HEAD"], provide_automatic_options=False)
@permission(Verb.DEVICE_SYNC.value)
def look(digest: str) -> Response:
    """Say how many bytes are here."""
    _require_tus()
    phone, declared = _addressed(digest)
    return _told(200, photo_uploads.look(declared, phone.device, clock.now()))


@blueprint.route("/<key:digest>", methods=["PATCH", "POST"], provide_automatic_options=False)
@accepts("application/offset+octet-stream")
@permission(Verb.DEVICE_SYNC.value)
def receive(digest: str) -> Response:
    """Add bytes at an offset; POST where a proxy lets no PATCH through."""
    _require_tus()
    if request.method == "POST" and request.headers.get("X-HTTP-Method-Override") != "PATCH":
        raise BadRequest
    phone, declared = _addressed(digest)
    piece = _piece(declared.size, lambda: photo_parts.is_wanted(phone.device, digest))
    return _told(204, photo_uploads.receive(declared, phone.device, piece, clock.now()))


def _addressed(digest: str) -> tuple[DeviceSession, Declared]:
    token = bearer_token()
    phone, declared = photo_uploads.find(token, digest, clock.now())
    return admitted(token, phone), photo_uploads.require_declared(declared)


def _piece(size: int, is_wanted: Callable[[], bool]) -> Piece:
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isdecimal() or len(offset) > 12:
        raise BadRequest
    room = max(0, size - int(offset))
    return Piece(int(offset), _incoming(room, is_wanted), request.content_length, _checksum())


def _incoming(room: int, is_wanted: Callable[[], bool]) -> Iterator[bytes | memoryview]:
    """What the body brings, at most `room`; ends quietly where the link breaks, so that what came is kept."""
    link = request.environ.get("gunicorn.socket")
    if link is None:
        return _streamed(room)
    reader = request.environ["wsgi.input"].reader
    if not hasattr(reader, "length"):
        link.settimeout(_SILENCE_S)
        return _streamed(room)
    return _off_the_link(link, reader, room, is_wanted)


def _off_the_link(link: socket.socket, reader: Any, room: int, is_wanted: Callable[[], bool]) -> Iterator[memoryview]:
    """A body of known length, straight from the socket: the layers between copy it three times."""
    room = min(room, reader.length)
    read_ahead = reader.unreader.take_buffered()
    reader.unreader.unread(read_ahead[room:])
    memory = memoryview(bytearray(min(max(_CHUNK, len(read_ahead)), room)))
    here = len(read_ahead[:room])
    memory[:here] = read_ahead[:here]
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _AT_MOST_A_SECOND)
    while room > 0:
        came = _brought(link, memory[here:room], is_wanted)
        reader.length -= here + came
        room -= here + came
        if here + came:
            yield memory[: here + came]
        if came == 0:
            break
        here = 0
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _FOR_EVER)


def _brought(link: socket.socket, memory: memoryview, is_wanted: Callable[[], bool]) -> int:
    """Bytes that came into `memory`, all of them or what a second brought; 0 when the link is cut, silent for too long,
    or silent while another waits.

    The kernel waits, and not this thread at each packet: waking up costs more than a packet.
    """
    for _ in range(0, _SILENCE_S, _SILENCE_WHEN_WANTED_S):
        try:
            return link.recv_into(memory, 0, socket.MSG_WAITALL)
        except BlockingIOError:
            if is_wanted():
                return 0
        except OSError:
            return 0
    return 0


def _streamed(room: int) -> Iterator[bytes]:
    request.max_content_length = MAX_PHOTO_BYTES
    while room > 0:
        try:
            piece = request.stream.read(min(_CHUNK, room))
        except (ClientDisconnected, OSError):
            yield _read_ahead()[:room]
            return
        if not piece:
            return
        room -= len(piece)
        yield piece


def _read_ahead() -> bytes:
    """What the web server had taken in of a piece when the link broke; it hands that out in no other way."""
    body = request.environ["wsgi.input"]
    unreader = getattr(getattr(body, "reader", None), "unreader", None)
    if unreader is None:
        return b""
    return bytes(body.buf.getvalue() + unreader.take_buffered())


def _checksum() -> Checksum | None:
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, value = given.partition(" ")
    if algorithm not in photo_uploads.CHECKSUMS or not value:
        raise BadRequest
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error as error:
        raise BadRequest from error


def _require_tus() -> None:
    if request.headers.get("Tus-Resumable") != TUS:
        raise PreconditionFailed


def _told(status: int, received: Received) -> Response:
    headers = {"Upload-Offset": str(received.offset), "Upload-Length": str(received.size)}
    if received.expires is not None:
        headers["Upload-Expires"] = http_date(received.expires)
    return Response(status=status, headers=headers)


@blueprint.after_request
def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = TUS
    if response.status_code == 412:
        response.headers["Tus-Version"] = TUS
    if response.status_code >= 400:
        # The rest of a body that nobody reads would be taken for the next request.
        response.headers["Connection"] = "close"
    return response


@blueprint.errorhandler(PhotoRefused)
def _refused(error: PhotoRefused) -> Response:
    details = {"detail": error.refusal.detail} if error.refusal.detail else None
    return problem(422, error.refusal.code.value, details)


@blueprint.errorhandler(DigestMismatch)
def _another_photo(_error: DigestMismatch) -> Response:
    return problem(460, "photo_digest_mismatch", headers={"Upload-Offset": "0"})


@blueprint.errorhandler(ChecksumMismatch)
def _spoilt(_error: ChecksumMismatch) -> Response:
    return problem(460, "photo_checksum_mismatch")


@blueprint.errorhandler(BeingWritten)
def _held(_error: BeingWritten) -> Response:
    return problem(423, "photo_being_written", headers={"Retry-After": "1"})


@blueprint.errorhandler(NoRoom)
def _full(_error: Exception) -> Response:
    return problem(507, "no_room", headers={"Retry-After": "60"})


@blueprint.errorhandler(StorageDown)
@blueprint.errorhandler(BaseError)
def _storage_down(_error: Exception) -> Response:
    return problem(503, "storage_down", headers={"Retry-After": str(RETRY_AFTER_S)})


@blueprint.errorhandler(OperationalError)
def _database_full(error: OperationalError) -> Response:
    full = getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_FULL")
    return _full(error) if full else from_database_error(error)
