"""Enrolment of phones on the wire: codes for the console, and what a phone sends and gets (SPEC, part EN)."""

from marshmallow import EXCLUDE

from schemas.fields import Anything, Count, Identifier, Moment, Nested, OneOf, Shape, Text

KEY = r"^[A-Za-z0-9_-]{80,400}$"
SIGNATURE = r"^[A-Za-z0-9_-]{80,200}$"
PROOF = r"^[A-Za-z0-9_.-]{16,100}$"


class FromPhone(Shape):
    """What a phone sends: a newer phone may say more than this server knows, and is not refused for it."""

    class Meta:
        unknown = EXCLUDE


class EnrolmentCode(Shape):
    """A code to be shown once, as an address and as a picture of it. It is not kept."""

    address = Text(400, required=True)
    picture = Anything(required=True, metadata={"type": "string", "description": "the address as a QR code, SVG"})
    expires_at = Moment(required=True)


class Digits(Shape):
    """The six digits that the phone shows."""

    digits = Text(20, required=True)


class Checked(Shape):
    """What typing the digits came to."""

    outcome = OneOf("confirmed", "wrong", "revoked", required=True)
    tries_left = Count(required=True)


class Enrolment(FromPhone):
    """A code, the phone's own public key, and proof that it holds it."""

    code = Text(100, PROOF, required=True)
    alg = Text(40, required=True)
    key = Text(400, KEY, required=True)
    proof = Text(200, SIGNATURE, required=True)
    label = Text(60)
    app = Text(60)


class Tokens(Shape):
    """Bearer tokens, with the seconds until they expire: a phone's clock may be wrong."""

    access = Text(required=True)
    access_seconds = Count(required=True)
    refresh = Text(required=True)
    refresh_seconds = Count(required=True)


class Enrolled(Shape):
    """The phone is known; its work counts once the leader has typed the digits."""

    device = Identifier(required=True)
    team = Identifier(required=True)
    county = Identifier(required=True)
    nonce = Text(required=True)
    epoch = Text(required=True)
    server_alg = Text(required=True)
    server_key = Text(400, required=True)
    tokens = Nested(Tokens, required=True)
    signature = Text(required=True)


class ChallengeWanted(FromPhone):
    """Which phone wants a challenge."""

    device = Identifier(required=True)


class Challenge(Shape):
    """To be signed in place of a refresh token, once, within five minutes."""

    challenge = Text(required=True)


class Renewal(FromPhone):
    """A refresh token or a challenge, signed with the phone's key."""

    device = Text(22, r"^[A-Za-z0-9_-]{22}$", required=True)
    secret = Text(100, PROOF, required=True)
    proof = Text(200, SIGNATURE, required=True)
