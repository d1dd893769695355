"""The people as the console shows them: who has which role where, whose papers run out. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from patrol.permissions import Actor
from server.models.user import User
from server.queries import people, teams, users
from server.queries.paging import Page
from server.services import recovery, second_factor

#: A certificate is renewed in time when its holder hears of it two months before.
SOON = timedelta(days=60)


def view_people(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[dict[str, Any]]:
    """A page of people by name, each with their roles of today."""
    found = users.list_users(actor, wanted, today)
    ids = [user.id for user in found.items]
    roles, serving = _by_person(people.roles_on(ids, today)), _by_person(people.teams_on(ids, today))
    expiries, enrolled = people.first_expiries(ids), people.with_authenticator(ids)
    rows = [
        {
            "user": user,
            "roles": _words(roles[user.id]) + _words(serving[user.id]),
            "enrolled": user.id in enrolled,
            "expires": expiries.get(user.id),
            "paper": _state(expiries.get(user.id), today),
        }
        for user in found.items
    ]
    return Page(rows, found.next)


def view_person(actor: Actor, user_id: str, today: date) -> dict[str, Any]:
    """One person. Raises NotFound."""
    user = users.get_user(actor, user_id)
    papers = teams.list_certificates(user.id)
    return {
        "user": user,
        "roles": people.all_roles(user.id),
        "teams": people.all_teams(user.id),
        "papers": [{"paper": paper, "state": _state(paper.expires_on, today)} for paper in papers],
        "mines": people.mines_to_choose(actor.county),
        "sign_in": _sign_in(user),
        "today": today,
    }


def _sign_in(user: User) -> dict[str, Any]:
    return {
        "last": people.last_sign_in(user.login) if user.login else None,
        "enrolled": second_factor.is_enrolled(user.id),
        "codes_left": recovery.left(user.id),
    }


def _words(rows: Sequence[Any]) -> list[tuple[str, str | None]]:
    """(role, where) for each row; a mine user's several mines stand together."""
    where: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        where[row.role] += [row.name] if row.name else []
    return [(role, "、".join(names) or None) for role, names in where.items()]


def _state(expires: date | None, today: date) -> str | None:
    if expires is None:
        return None
    if expires < today:
        return "expired"
    return "soon" if expires <= today + SOON else "good"


def _by_person(rows: Sequence[Any]) -> defaultdict[str, list[Any]]:
    by_person: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_person[row.user_id].append(row)
    return by_person
