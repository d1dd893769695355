"""Filters and forms of the console about people and the trail."""

from schemas.audit import EntryQuery
from schemas.fields import OneOf, QueryCount, Text
from schemas.user import NewUser, UserQuery

ROLES = ("leader", "member", "supervisor", "mine_user", "admin", "auditor")


class PeopleFilters(UserQuery):
    """Filters of the list of people."""

    role = OneOf(*ROLES)


class PersonForm(NewUser):
    """A person's name and login as they are to be; `version`: as the form was filled with them."""

    version = QueryCount(1, 2**31 - 1, required=True)


class TrailFilters(EntryQuery):
    """Filters of the trail; `who` is a part of the name of whoever did it."""

    who = Text(60)
