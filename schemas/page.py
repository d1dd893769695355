"""Pages of lists: a cursor that is opaque to the client, and how many rows it wants."""

from marshmallow import Schema

from schemas.fields import Listed, Nested, QueryCount, Shape, Text

CURSOR = r"^[A-Za-z0-9_-]{1,512}$"
LARGEST_PAGE = 200


class PageQuery(Shape):
    """What every list takes; the filters of a noun are added to it."""

    cursor = Text(512, CURSOR, metadata={"description": "`next` of the page before."})
    limit = QueryCount(1, LARGEST_PAGE, load_default=50)


def page_of(item: type[Schema]) -> type[Schema]:
    """Make the schema of a page of `item`s: `items`, and `next` (null on the last page)."""
    shape = {
        "items": Listed(Nested(item), required=True, dump_only=True),
        "next": Text(512, CURSOR, required=True, allow_none=True, dump_only=True),
    }
    return type(f"{item.__name__}Page", (Shape,), shape)


def list_of(item: type[Schema]) -> type[Schema]:
    """Make the schema of a whole, short list of `item`s: `items`."""
    shape = {"items": Listed(Nested(item), longest=10_000, required=True, dump_only=True)}
    return type(f"{item.__name__}List", (Shape,), shape)
