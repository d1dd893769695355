"""People, their office roles, certificates and one-time links; the audit trail."""

from dataclasses import replace
from typing import Any

from patrol.permissions import Verb
from schemas import audit as audit_shapes
from schemas import user as shapes
from schemas.page import list_of, page_of
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import audit as audit_queries
from server.queries import teams as team_queries
from server.queries import users as queries
from server.services import teams as team_service
from server.services import users as service
from server.services.second_factor import PAPER

blueprint = Blueprint("users", __name__, url_prefix="/api/v1", description="People and the trail")

_USER = Route(answer=shapes.User, versioned=True)


@operation(
    blueprint,
    "GET",
    "/users",
    Route(verb=Verb.USER_READ, query=shapes.UserQuery, answer=page_of(shapes.User)),
)
def list_users(call: Call) -> Any:
    """List the people in sight, by name."""
    return queries.list_users(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/users",
    replace(_USER, verb=Verb.USER_WRITE, body=shapes.NewUser, status=201),
)
def add_user(call: Call) -> Any:
    """Add a person."""
    return service.add_user(call.actor, call.body, call.now)


@operation(blueprint, "GET", "/users/<key:user>", replace(_USER, verb=Verb.USER_READ))
def get_user(call: Call, user: str) -> Any:
    """Read one person."""
    return queries.get_user(call.actor, user)


@operation(
    blueprint,
    "PATCH",
    "/users/<key:user>",
    replace(_USER, verb=Verb.USER_WRITE, body=shapes.UserChange),
)
def change_user(call: Call, user: str) -> Any:
    """Correct a person's name or login."""
    return service.change_user(call.actor, user, call.version, call.body, call.now)


@operation(blueprint, "POST", "/users/<key:user>/disable", replace(_USER, verb=Verb.USER_WRITE))
def disable_user(call: Call, user: str) -> Any:
    """Shut a person out from their next request on."""
    return service.disable_user(call.actor, user, call.version, call.now)


@operation(blueprint, "POST", "/users/<key:user>/enable", replace(_USER, verb=Verb.USER_WRITE))
def enable_user(call: Call, user: str) -> Any:
    """Let a person in again."""
    return service.enable_user(call.actor, user, call.version, call.now)


@operation(
    blueprint,
    "POST",
    "/users/<key:user>/one-time-link",
    Route(verb=Verb.USER_WRITE, answer=shapes.OneTimeLink, status=201),
)
def make_one_time_link(call: Call, user: str) -> Any:
    """Make the link with which a person chooses a password; it is shown once."""
    return service.make_link(call.actor, user, call.now)


@operation(
    blueprint,
    "POST",
    "/users/<key:user>/second-factor-link",
    Route(verb=Verb.USER_WRITE, answer=shapes.OneTimeLink, status=201),
)
def make_second_factor_link(call: Call, user: str) -> Any:
    """Make the link with which a person who lost the authenticator sets up another; it needs their password too."""
    return service.make_second_factor_link(call.actor, user, call.now)


@operation(
    blueprint,
    "GET",
    "/users/<key:user>/roles",
    Route(verb=Verb.USER_READ, answer=list_of(shapes.Role)),
)
def list_roles(call: Call, user: str) -> Any:
    """List a person's office roles, ended ones too."""
    return {"items": queries.list_roles(queries.get_user(call.actor, user).id)}


@operation(
    blueprint,
    "POST",
    "/users/<key:user>/roles",
    Route(verb=Verb.USER_WRITE, body=shapes.NewRole, answer=shapes.Role, status=201),
)
def grant_role(call: Call, user: str) -> Any:
    """Give a person an office role."""
    return service.grant_role(call.actor, user, call.body, call.now)


@operation(
    blueprint,
    "POST",
    "/roles/<key:role>/end",
    Route(verb=Verb.USER_WRITE, body=shapes.LastDay, answer=shapes.Role),
)
def end_role(call: Call, role: str) -> Any:
    """Say on which day a role was last held."""
    return service.end_role(call.actor, role, call.body["until_date"], call.now)


@operation(
    blueprint,
    "GET",
    "/users/<key:user>/certificates",
    Route(verb=Verb.USER_READ, answer=list_of(shapes.Certificate)),
)
def list_certificates(call: Call, user: str) -> Any:
    """List a person's certificates."""
    return {"items": team_queries.list_certificates(queries.get_user(call.actor, user).id)}


@operation(
    blueprint,
    "POST",
    "/users/<key:user>/certificates",
    Route(verb=Verb.USER_WRITE, proof_spared=PAPER, body=shapes.NewCertificate, answer=shapes.Certificate, status=201),
)
def record_certificate(call: Call, user: str) -> Any:
    """Record a person's certificate."""
    return team_service.record_certificate(call.actor, user, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/audit",
    Route(verb=Verb.AUDIT_READ, query=audit_shapes.EntryQuery, answer=page_of(audit_shapes.Entry)),
)
def list_audit_entries(call: Call) -> Any:
    """List the audit trail, newest first."""
    return audit_queries.list_entries(call.actor, call.query)
