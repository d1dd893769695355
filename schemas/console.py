"""Forms of the console that no resource of the API has."""

from schemas.fields import OneOf, Shape, Text
from schemas.session import ANY_TEXT, LINK_KEY


class Theme(Shape):
    """Which theme a browser shows, and the page to go back to."""

    theme = OneOf("light", "dark", "auto", required=True)
    back = Text(2000)


class ChosenPassword(Shape):
    """Choosing a password with a link."""

    token = Text(64, LINK_KEY, required=True)
    password = Text(128, ANY_TEXT, required=True)
    code = Text(64)


class Renewal(Shape):
    """Taking a lost authenticator away with a link."""

    token = Text(64, LINK_KEY, required=True)
    password = Text(128, ANY_TEXT, required=True)
