"""The first page. With a demo county it shows that county's board; otherwise it tells nothing of any data."""

from datetime import datetime
from pathlib import Path

import segno
from flask import Blueprint, Response, render_template, request

from patrol.periods import SHANGHAI
from server import clock
from server.auth import public
from server.demo.overview import view_overview
from server.messages import text

blueprint = Blueprint("console", __name__)

_STYLE = Path(__file__).parent.parent / "templates" / "overview.css"


@blueprint.get("/")
@public("the demo county is invented; without one the page tells nothing but that the server runs")
def show_overview() -> str:
    """Show the demo county's month."""
    shown = view_overview(request.args.get("month"), clock.now())
    return render_template("overview.html", shown=shown, text=text, picture=picture_of, local=local)


@blueprint.get("/overview.css")
@public("the looks of the page")
def style_overview() -> Response:
    """Give the page its looks."""
    return Response(_STYLE.read_text(encoding="utf-8"), mimetype="text/css")


def picture_of(address: str) -> str:
    """The QR picture of an address as SVG; its quiet zone is part of it, so that it can be scanned on any ground."""
    return segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff")


def local(instant: datetime) -> datetime:
    """The same instant as clocks in the county show it."""
    return instant.astimezone(SHANGHAI)
