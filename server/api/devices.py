"""Phones as the office sees them: where they are in their life, what they hold unsent, and their revocation."""

from typing import Any

from patrol.permissions import Verb
from schemas import device as shapes
from schemas.page import page_of
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import devices as queries
from server.services import enrolment

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1", description="Phones")


@operation(
    blueprint,
    "GET",
    "/devices",
    Route(verb=Verb.DEVICE_READ, query=shapes.DeviceQuery, answer=page_of(shapes.Device)),
)
def list_devices(call: Call) -> Any:
    """List the phones in sight, newest first."""
    return queries.list_devices(call.actor, call.query)


@operation(blueprint, "GET", "/devices/<key:device>", Route(verb=Verb.DEVICE_READ, answer=shapes.Device))
def get_device(call: Call, device: str) -> Any:
    """Read one phone."""
    return queries.get_device(call.actor, device)


@operation(
    blueprint,
    "POST",
    "/devices/<key:device>/revoke",
    Route(verb=Verb.DEVICE_REVOKE, body=shapes.Revocation, answer=shapes.Device),
)
def revoke_device(call: Call, device: str) -> Any:
    """Revoke a phone: it may still deliver what it holds, and reads nothing any more."""
    return enrolment.revoke(call.actor, device, call.body["reason"], call.now)
