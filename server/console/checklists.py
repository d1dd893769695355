"""The checklist's editions: what is asked, and the publishing of a new one after what it changes was shown."""

from typing import Any

from flask import Blueprint, request
from marshmallow import fields

from patrol.errors import Invalid
from patrol.periods import local_date
from patrol.permissions import Verb
from schemas.fields import Shape, Text
from server.console.answers import done, render
from server.console.call import Call
from server.console.page import Action, Page, action, page
from server.services import checklists as service
from server.services import edition_views as views
from server.services.second_factor import PREVIEW

blueprint = Blueprint("checklist_pages", __name__)

#: What is wrong with the file stands beside it.
_AT = dict.fromkeys(
    ("edition_unreadable", "edition_missing", "edition_asks_nothing", "edition_published_already"), "edition"
)
_HEAVY = frozenset({"checklist_pages.preview_edition", "checklist_pages.publish_edition"})
_BASE64 = r"^[A-Za-z0-9+/]+={0,2}$"


class EditionFile(Shape):
    """A compiled edition, as a file."""

    edition = fields.Raw()


class EditionChosen(Shape):
    """The edition whose changes were just shown."""

    edition = Text(views.LARGEST, _BASE64, required=True)


@blueprint.before_request
def _take_file() -> None:
    """An edition weighs more than other forms, as a file and as a field."""
    if request.endpoint in _HEAVY:
        request.max_content_length = request.max_form_memory_size = 2 * views.LARGEST


@page(blueprint, "/checklists", Page(verb=Verb.CHECKLIST_READ))
def list_editions(call: Call) -> Any:
    """Every edition, newest first."""
    return render(call, "checklists.html", rows=views.view_editions(call.actor, local_date(call.now)))


@page(blueprint, "/checklists/<key:digest>", Page(verb=Verb.CHECKLIST_READ))
def show_edition(call: Call, digest: str) -> Any:
    """One edition, item by item."""
    return render(call, "checklist.html", found=views.view_edition(call.actor, digest))


@action(
    blueprint,
    "/checklists/preview",
    Action(verb=Verb.CHECKLIST_PUBLISH, proof_spared=PREVIEW, form=EditionFile, again=list_editions, at=_AT),
)
def preview_edition(call: Call) -> Any:
    """What the edition in the file would change, for the checklist and for each mine. Changes nothing."""
    file = request.files.get("edition")
    if file is None or not file.filename:
        raise Invalid("edition_missing")
    changes = views.preview(call.actor, views.read_file(file.read()), local_date(call.now))
    return render(call, "checklist_preview.html", changes=changes)


@action(
    blueprint,
    "/checklists",
    Action(verb=Verb.CHECKLIST_PUBLISH, form=EditionChosen, again=list_editions),
)
def publish_edition(call: Call) -> Any:
    """Publish the edition that was shown; it never changes again."""
    row = service.publish(call.actor, views.read_file(views.unpacked(call.form["edition"])).compiled, call.now)
    return done(f"/checklists/{row.digest}", "checklist.done.published", {"number": row.number})
