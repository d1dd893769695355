"""Signing in, and who one is."""

from patrol.permissions import Role
from schemas.fields import Flag, Identifier, Listed, Moment, Nested, OneOf, Shape, Text

LOGIN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$"
#: What stands behind the # of a one-time link.
LINK_KEY = r"^[A-Za-z0-9_-]{1,64}$"
#: Any characters at all, so that passphrases in Chinese work; only NUL and lone surrogates are refused.
ANY_TEXT = r"^[^\x00\ud800-\udfff]+$"


class Credentials(Shape):
    """Login and password of a console user; `code` is the second factor, where the person has one."""

    login = Text(64, LOGIN, required=True, load_only=True)
    password = Text(128, ANY_TEXT, required=True, load_only=True)
    code = Text(64, load_only=True)


class Code(Shape):
    """Six digits of an authenticator, or a recovery code."""

    code = Text(64, required=True, load_only=True)


class Offer(Shape):
    """A seed for an authenticator: `seed` to be typed, `address` as a QR picture (otpauth)."""

    seed = Text(64, required=True)
    address = Text(500, required=True)


class RecoveryCodes(Shape):
    """Codes that stand in for a lost authenticator, each once; shown here and never again."""

    recovery_codes = Listed(Text(64), required=True)
    csrf_token = Text(64)


class LinkUse(Shape):
    """Choosing a password with a one-time link."""

    token = Text(64, LINK_KEY, required=True, load_only=True)
    password = Text(128, ANY_TEXT, required=True, load_only=True)
    code = Text(64, load_only=True, metadata={"description": "The second factor; a reset asks for it."})


class SecondFactorRenewal(Shape):
    """Taking a lost authenticator away: the link, and the password that is in force."""

    token = Text(64, LINK_KEY, required=True, load_only=True)
    password = Text(128, ANY_TEXT, required=True, load_only=True)


class PasswordChange(Shape):
    """Choosing a new password while signed in."""

    current = Text(128, ANY_TEXT, required=True, load_only=True)
    password = Text(128, ANY_TEXT, required=True, load_only=True)


class SignedIn(Shape):
    """A new session; the cookie goes with the answer."""

    csrf_token = Text(64, required=True, metadata={"description": "Sent back as X-CSRF-Token."})
    expires_at = Moment(required=True)
    awaits = OneOf("enrolment", required=True, allow_none=True)


class HomeCounty(Shape):
    """The county that the caller belongs to; `duty_telephone` is rung first for a suspected major hazard."""

    id = Identifier(required=True)
    code = Text(required=True)
    name = Text(required=True)
    duty_telephone = Text(required=True)
    is_demo = Flag(required=True)


class Me(Shape):
    """The caller: a person at a console, or a phone."""

    kind = OneOf("person", "device", required=True)
    id = Identifier(required=True)
    name = Text(required=True)
    county = Nested(HomeCounty, required=True)
    role = OneOf(*(role.value for role in Role), required=True)
    team_id = Identifier(required=True, allow_none=True)
    mine_ids = Listed(Identifier(), required=True)
    csrf_token = Text(metadata={"description": "Sent back as X-CSRF-Token with every change."})
    session_expires_at = Moment()


class SessionRow(Shape):
    """One of the caller's own sign-ins."""

    id = Identifier(required=True)
    created_at = Moment(required=True)
    last_seen_at = Moment(required=True)
    expires_at = Moment(required=True)
    current = Flag(required=True)
    address = Text(required=True, allow_none=True)
    browser = Text(required=True, allow_none=True)
