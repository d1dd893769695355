"""The board and the map: the county's month at a glance, each figure a way to its records. Reads only."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect

from patrol.duties import DutyState
from patrol.periods import SHANGHAI, month_of
from patrol.permissions import Verb, scopes
from schemas.fields import Identifier, OneOf, Shape, Text
from schemas.visit import MONTH
from server.console.answers import render
from server.console.call import Call
from server.console.navigation import home_of
from server.console.page import Page, page
from server.http.problems import problem
from server.messages import text
from server.services import county_map
from server.services.board_views import GROUPS, months_offered, view_board_page
from server.services.trend_views import view_trend

blueprint = Blueprint("board", __name__)

STATES = (*(state.value for state in DutyState), "overdue", "major")


class BoardFilters(Shape):
    """What the board reads from its address."""

    month = Text(7, MONTH)
    group = OneOf(*GROUPS)
    team = Identifier()
    township = Text(80)
    state = OneOf(*STATES)


@page(blueprint, "/", Page(verb=Verb.MINE_READ, query=BoardFilters))
def show_board(call: Call) -> Any:
    """The month's board; whoever is shown no duties is led to where their work begins."""
    if not scopes(call.actor.role, Verb.DUTY_READ):
        return redirect(home_of(call.actor), 303)
    return render(call, "board.html", **_shown(call), filters=call.query)


@page(blueprint, "/map", Page(verb=Verb.DUTY_READ, query=BoardFilters))
def show_map(call: Call) -> Any:
    """The month's mines where they lie."""
    return render(call, "map.html", **_shown(call), filters=call.query)


@page(blueprint, "/map/outline", Page(verb=Verb.DUTY_READ))
def show_outline(call: Call) -> Any:
    """The county's own outline as GeoJSON."""
    content = county_map.outline_of(call.actor)
    if content is None:
        return problem(404, "not_found")
    return Response(content, mimetype="application/geo+json", headers={"Cache-Control": "private, max-age=3600"})


def _shown(call: Call) -> dict[str, Any]:
    board = view_board_page(call.actor, call.query, call.now)
    trend = view_trend(call.actor, board["month"])
    return {
        "board": board,
        "trend": trend,
        "months": months_offered(board["today"], board["month"]),
        "chart": _chart(call, board, trend),
        "month_of": month_of,
        "told_when": told_when,
    }


def told_when(instant: datetime | None, today: date) -> str:
    """When a phone last told of itself: the time alone where it was today."""
    if instant is None:
        return text("board.never_told")
    there = instant.astimezone(SHANGHAI)
    return there.strftime("%H:%M" if there.date() == today else "%m-%d %H:%M")


def _chart(call: Call, board: Any, trend: Any) -> dict[str, Any]:
    """What the page's scripts draw; every word in it comes from the catalogue."""
    words = ("coverage", "recorded", "closed", "no_contract", "grave", "overdue", "map", "trend")
    return {
        "points": board["points"],
        "trend": trend,
        "map": county_map.background_of(call.actor),
        "words": {word: text(f"board.chart.{word}") for word in words}
        | {state.value: text(f"board.state.{state.value}") for state in DutyState},
    }
