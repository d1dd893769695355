"""Mines, their dated attributes and their places."""

from dataclasses import replace
from typing import Any

from patrol.permissions import Verb
from schemas import mine as shapes
from schemas import place as place_shapes
from schemas.page import list_of, page_of
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import mines as queries
from server.services import mines as service
from server.services import places as place_service

blueprint = Blueprint("mines", __name__, url_prefix="/api/v1", description="Mines and places")

_PLACE = Route(answer=place_shapes.Place, versioned=True)


@operation(
    blueprint,
    "GET",
    "/mines",
    Route(verb=Verb.MINE_READ, query=shapes.MineQuery, answer=page_of(shapes.Mine)),
)
def list_mines(call: Call) -> Any:
    """List the mines in sight, by code."""
    return queries.list_mines(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/mines",
    Route(verb=Verb.MINE_WRITE, body=shapes.NewMine, answer=shapes.Mine, status=201, versioned=True),
)
def register_mine(call: Call) -> Any:
    """Register a mine."""
    return service.register_mine(call.actor, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>",
    Route(verb=Verb.MINE_READ, answer=shapes.Mine, versioned=True),
)
def get_mine(call: Call, mine: str) -> Any:
    """Read one mine."""
    return queries.get_mine(call.actor, mine)


@operation(
    blueprint,
    "PATCH",
    "/mines/<key:mine>",
    Route(verb=Verb.MINE_WRITE, body=shapes.MineChange, answer=shapes.Mine, versioned=True),
)
def change_mine(call: Call, mine: str) -> Any:
    """Correct a mine's master data, or close it."""
    return service.change_mine(call.actor, mine, call.version, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>/attributes",
    Route(verb=Verb.MINE_READ, query=shapes.AttributeQuery, answer=list_of(shapes.Attribute)),
)
def list_mine_attributes(call: Call, mine: str) -> Any:
    """List what is known of a mine: the whole history, or with `on` what held that day."""
    return {"items": queries.list_attributes(call.actor, mine, call.query.get("on"))}


@operation(
    blueprint,
    "POST",
    "/mines/<key:mine>/attributes",
    Route(verb=Verb.MINE_WRITE, body=shapes.NewAttribute, answer=shapes.Attribute, status=201),
)
def record_mine_attribute(call: Call, mine: str) -> Any:
    """Record an attribute's value from a day on; what was recorded before stays."""
    return service.record_attribute(call.actor, mine, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>/places",
    Route(verb=Verb.PLACE_READ, query=place_shapes.PlaceQuery, answer=page_of(place_shapes.Place)),
)
def list_places(call: Call, mine: str) -> Any:
    """List a mine's places, by kind and code."""
    return queries.list_places(call.actor, mine, call.query)


@operation(
    blueprint,
    "POST",
    "/mines/<key:mine>/places",
    replace(_PLACE, verb=Verb.PLACE_WRITE, body=place_shapes.NewPlace, status=201),
)
def register_place(call: Call, mine: str) -> Any:
    """Register a place, confirmed at once."""
    return place_service.register_place(call.actor, mine, call.body, call.now)


@operation(blueprint, "GET", "/places/<key:place>", replace(_PLACE, verb=Verb.PLACE_READ))
def get_place(call: Call, place: str) -> Any:
    """Read one place."""
    return queries.get_place(call.actor, place)[0]


@operation(
    blueprint,
    "PATCH",
    "/places/<key:place>",
    replace(_PLACE, verb=Verb.PLACE_WRITE, body=place_shapes.PlaceChange),
)
def change_place(call: Call, place: str) -> Any:
    """Correct a place."""
    return place_service.change_place(call.actor, place, call.version, call.body, call.now)


@operation(blueprint, "POST", "/places/<key:place>/confirm", replace(_PLACE, verb=Verb.PLACE_ACCEPT))
def confirm_place(call: Call, place: str) -> Any:
    """Take a place that a phone proposed into the register."""
    return place_service.confirm_place(call.actor, place, call.version, call.now)


@operation(blueprint, "POST", "/places/<key:place>/decline", replace(_PLACE, verb=Verb.PLACE_ACCEPT))
def decline_place(call: Call, place: str) -> Any:
    """Refuse a place that a phone proposed."""
    return place_service.decline_place(call.actor, place, call.version, call.now)


@operation(
    blueprint,
    "POST",
    "/places/<key:place>/close",
    replace(_PLACE, verb=Verb.PLACE_WRITE, body=place_shapes.PlaceClosure),
)
def close_place(call: Call, place: str) -> Any:
    """Say on which day a place was last in use."""
    last_day = call.body["closed_on"]
    return place_service.close_place(call.actor, place, call.version, last_day, call.now)
