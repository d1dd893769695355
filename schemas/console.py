"""Forms of the console that no resource of the API has."""

from schemas.fields import OneOf, Shape, Text


class Theme(Shape):
    """Which theme a browser shows, and the page to go back to."""

    theme = OneOf("light", "dark", "auto", required=True)
    back = Text(2000)
