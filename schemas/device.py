"""Phones as the office sees them."""

from schemas.fields import Anything, Count, Identifier, Moment, Prose, QueryFlag, Shape, Text
from schemas.page import PageQuery


class Device(Shape):
    """A phone: where it is in its life, and what it last told of unsent work."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    team_id = Identifier(required=True)
    label = Text(required=True)
    enrolled_at = Moment(required=True)
    confirmed_at = Moment(required=True, allow_none=True)
    confirmed_by = Identifier(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)
    revoked_by = Identifier(required=True, allow_none=True)
    told_at = Moment(required=True, allow_none=True)
    app_version = Text(required=True, allow_none=True)
    unsent_operations = Count(required=True)
    unsent_photos = Count(required=True)
    clock_error_ms = Anything(required=True, allow_none=True)


class DeviceQuery(PageQuery):
    """Filters of the list of phones."""

    team = Identifier()
    revoked = QueryFlag()


class Revocation(Shape):
    """Why a phone is revoked."""

    reason = Prose(400, required=True)
