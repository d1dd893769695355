"""People of the county, their office roles and certificates."""

from schemas.fields import Count, Day, Identifier, Moment, OneOf, QueryFlag, Shape, Text
from schemas.page import PageQuery
from schemas.session import LOGIN

OFFICE_ROLES = ("supervisor", "mine_user", "admin", "auditor")


class User(Shape):
    """A person who signs in, holds a phone, or both."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    name = Text(required=True)
    login = Text(64, LOGIN, required=True, allow_none=True)
    created_at = Moment(required=True)
    disabled_at = Moment(required=True, allow_none=True)
    version = Count(1, required=True)


class NewUser(Shape):
    """A person to be added; `login` only for people who use the console."""

    name = Text(60, required=True)
    login = Text(64, LOGIN, load_default=None)


class UserChange(Shape):
    """What may be changed of a person."""

    name = Text(60)
    login = Text(64, LOGIN)


class UserQuery(PageQuery):
    """Filters of the list of people."""

    name = Text(60)
    disabled = QueryFlag()


class Role(Shape):
    """An office role from a day on; `mine_id` for mine users only."""

    id = Identifier(required=True)
    user_id = Identifier(required=True)
    role = OneOf(*OFFICE_ROLES, required=True)
    mine_id = Identifier(required=True, allow_none=True)
    from_date = Day(required=True)
    until_date = Day(required=True, allow_none=True)


class NewRole(Shape):
    """A role to be given."""

    role = OneOf(*OFFICE_ROLES, required=True)
    mine_id = Identifier(load_default=None)
    from_date = Day(required=True)
    until_date = Day(load_default=None)


class LastDay(Shape):
    """The last day, inclusive, of something dated."""

    until_date = Day(required=True)


class OneTimeLink(Shape):
    """A link that sets the password once; the token is shown here and never again."""

    token = Text(64, required=True)
    path = Text(200, required=True)
    expires_at = Moment(required=True)


class Certificate(Shape):
    """A person's certificate."""

    id = Identifier(required=True)
    user_id = Identifier(required=True)
    kind = Text(60, required=True)
    number = Text(60, required=True)
    issued_on = Day(required=True)
    expires_on = Day(required=True, allow_none=True)


class NewCertificate(Shape):
    """A certificate to be recorded."""

    kind = Text(60, required=True)
    number = Text(60, required=True)
    issued_on = Day(required=True)
    expires_on = Day(load_default=None)
