"""The mines and the book of one (一矿一册): what it is, its places with plates, what of it is covered. Reads only."""

from typing import Any

import segno
from flask import Blueprint
from markupsafe import Markup

from patrol.periods import local_date, month_of
from patrol.permissions import Verb
from schemas.fields import Identifier, OneOf, QueryFlag, Shape, Text
from schemas.page import PageQuery
from schemas.visit import MONTH
from server.console.answers import render
from server.console.call import Call
from server.console.page import Page, page
from server.services import coverage_matrix
from server.services.board_views import months_offered
from server.services.mine_views import view_mine, view_mines, view_plates

blueprint = Blueprint("mine_pages", __name__)

SPECIALTIES = ("mining", "ventilation", "electromechanical", "geology", "safety")


class MineFilters(PageQuery):
    """What the list of mines reads from its address."""

    q = Text(80)
    township = Text(80)
    team = Identifier()
    closed = QueryFlag()
    uncontracted = QueryFlag()


class MonthFilters(Shape):
    """Which month of a mine, and which cell of it: a place and a domain."""

    month = Text(7, MONTH)
    place = Text(64, r"^[A-Za-z0-9_-]{1,64}$")
    domain = Text(40, r"^[a-z-]{1,40}$")


class LeftFilters(MonthFilters):
    """What is left, of one specialty as well."""

    specialty = OneOf(*SPECIALTIES)


@page(blueprint, "/mines", Page(verb=Verb.MINE_READ, query=MineFilters))
def list_mines(call: Call) -> Any:
    """The mines in sight, by code."""
    found = view_mines(call.actor, call.query, local_date(call.now))
    return render(call, "mines.html", found=found, filters=call.query, month=month_of(local_date(call.now)))


@page(blueprint, "/mines/<key:mine>", Page(verb=Verb.MINE_READ))
def show_mine(call: Call, mine: str) -> Any:
    """The book of a mine."""
    return render(call, "mine.html", file=view_mine(call.actor, mine, local_date(call.now)))


@page(blueprint, "/mines/<key:mine>/plates", Page(verb=Verb.PLACE_READ))
def show_plates(call: Call, mine: str) -> Any:
    """The plates of its places, to be printed and hung."""
    found = view_plates(call.actor, mine, local_date(call.now))
    return render(call, "mine_plates.html", file=found, picture=plate_picture)


@page(blueprint, "/mines/<key:mine>/coverage", Page(verb=Verb.COVERAGE_READ, query=MonthFilters))
def show_coverage(call: Call, mine: str) -> Any:
    """A month of the mine as a matrix of places and domains, and the items of the cell that is chosen."""
    today = local_date(call.now)
    month = call.query.get("month", month_of(today).id)
    found = coverage_matrix.view_matrix(call.actor, mine, month, today)
    chosen = _cell(call, mine, month)
    offered = months_offered(today, found["month"])
    return render(call, "mine_coverage.html", found=found, chosen=chosen, months=offered, this_month=month_of(today))


def _cell(call: Call, mine: str, month: str) -> dict[str, Any] | None:
    place, domain = call.query.get("place"), call.query.get("domain")
    if place is None or domain is None:
        return None
    return coverage_matrix.view_cell(call.actor, mine, month, (place, domain), local_date(call.now))


@page(blueprint, "/mines/<key:mine>/left", Page(verb=Verb.COVERAGE_READ, query=LeftFilters))
def show_left(call: Call, mine: str) -> Any:
    """What is left of the month, as a list."""
    today = local_date(call.now)
    wanted = {name: value for name, value in call.query.items() if name != "month"}
    month = call.query.get("month", month_of(today).id)
    found = coverage_matrix.view_left(call.actor, mine, month, wanted, today)
    offered = months_offered(today, found["month"])
    return render(call, "mine_left.html", found=found, filters=call.query, months=offered, this_month=month_of(today))


def plate_picture(text: str) -> Markup:
    """A plate's QR picture as SVG, with its quiet zone; much of it may be scratched away and it is still read."""
    svg = segno.make(text, error="q", micro=False).svg_inline(border=4, light="#fff", omitsize=True)
    # What is in the picture are squares; segno writes no text of ours into the markup.
    return Markup(svg)  # noqa: S704
