"""The phones: enrolled by a picture and six digits, revoked with a reason; what was set aside; files of dead ones."""

from typing import Any

from flask import Blueprint, Response, request
from marshmallow import fields

from patrol.errors import Invalid
from patrol.permissions import Verb
from schemas.device import DeviceQuery, Revocation
from schemas.enrolment import Digits
from schemas.fields import Identifier, Shape
from schemas.office import Reasoned, WithheldQuery
from server.console import once
from server.console.answers import done, render
from server.console.call import Call
from server.console.desk import desk_of
from server.console.page import Action, Page, action, page
from server.console.pictures import qr
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services import enrolment, keeping, releasing
from server.services.bundle import console_session, hand_in
from server.services.exchange import Now
from server.services.phone_views import view_phone, view_phones
from server.services.second_factor import DIGITS
from server.services.withheld_views import view_withheld
from sync.bundle import BUNDLE_COMPRESSED_MAX, prepare_bundle
from sync.prepare import RequestError

blueprint = Blueprint("phone_pages", __name__)

_BUNDLE = "phone_pages.take_bundle"


class TeamChosen(Shape):
    """The team that a phone is enrolled for."""

    team = Identifier(required=True)


class TeamFilter(Shape):
    """The team that is chosen beforehand."""

    team = Identifier()


class BundleForm(Shape):
    """Another phone's work, as a file."""

    bundle = fields.Raw()


@blueprint.before_request
def _take_file() -> None:
    """A bundle weighs more than any other form."""
    if request.endpoint == _BUNDLE:
        request.max_content_length = BUNDLE_COMPRESSED_MAX + 64 * 1024


@page(blueprint, "/phones", Page(verb=Verb.DEVICE_READ, query=DeviceQuery))
def list_phones(call: Call) -> Any:
    """The phones in sight, newest first."""
    return render(call, "phones.html", found=view_phones(call.actor, call.query, call.now), filters=call.query)


@page(blueprint, "/phones/enrol", Page(verb=Verb.DEVICE_ENROL, query=TeamFilter))
def ask_enrolment(call: Call) -> Any:
    """For which team a phone is to be enrolled."""
    teams = view_phones(call.actor, {"limit": 1}, call.now)["teams"]
    return render(call, "phone_enrol.html", teams=teams, chosen=call.query.get("team"), issued=None)


@action(
    blueprint,
    "/phones/enrol",
    Action(verb=Verb.DEVICE_ENROL, form=TeamChosen, again=ask_enrolment, shown_once=True),
)
def issue_code(call: Call) -> Response:
    """A picture for one phone, shown once, good for some minutes."""
    issued = enrolment.issue_code(call.actor, call.form["team"], call.now)
    once.remember(call, f"/phones/waiting?team={call.form['team']}")
    address = enrolment.address(issued.code, current_key())
    shown = {"issued": issued, "address": address, "picture": qr(address, 6)}
    return render(call, "phone_enrol.html", teams=[], chosen=call.form["team"], **shown)


@page(blueprint, "/phones/waiting", Page(verb=Verb.DEVICE_ENROL, query=TeamFilter))
def list_waiting(call: Call) -> Any:
    """Phones whose six digits wait to be typed; the page with the picture asks for it again and again."""
    wanted = {"limit": 20, "revoked": False, **call.query}
    rows = view_phones(call.actor, wanted, call.now)["rows"]
    return render(call, "phones_waiting.html", rows=[row for row in rows if row["state"] == "waiting"])


@page(blueprint, "/phones/<key:device>", Page(verb=Verb.DEVICE_READ))
def show_phone(call: Call, device: str) -> Any:
    """One phone."""
    return render(call, "phone.html", found=view_phone(call.actor, device, call.now))


@action(
    blueprint,
    "/phones/<key:device>/confirm",
    Action(verb=Verb.DEVICE_ENROL, proof_spared=DIGITS, form=Digits, again=show_phone),
)
def confirm_phone(call: Call, device: str) -> Any:
    """The six digits that the phone shows; a wrong one is told, the third ends the phone."""
    checked = enrolment.confirm(call.actor, device, call.form["digits"], call.now)
    return done(f"/phones/{device}", f"device.done.{checked.outcome}", {"tries": checked.tries_left})


@action(
    blueprint,
    "/phones/<key:device>/revoke",
    Action(verb=Verb.DEVICE_REVOKE, form=Revocation, again=show_phone),
)
def revoke_phone(call: Call, device: str) -> Any:
    """It may still deliver what it holds, and reads nothing any more."""
    enrolment.revoke(call.actor, device, call.form["reason"], call.now)
    return done(f"/phones/{device}", "device.done.ended")


@page(blueprint, "/phones/withheld", Page(verb=Verb.OPERATION_READ, query=WithheldQuery))
def list_withheld(call: Call) -> Any:
    """What was stored and waits for a person, newest first."""
    return render(call, "withheld.html", found=view_withheld(call.actor, call.query), filters=call.query)


@action(
    blueprint,
    "/phones/withheld/<key:uid>/release",
    Action(verb=Verb.OPERATION_RELEASE, form=Reasoned),
)
def release_withheld(call: Call, uid: str) -> Any:
    """Give it its effect, with the reason."""
    releasing.release(desk_of(call), uid, call.form["reason"])
    return done("/phones/withheld", "device.done.released")


@action(blueprint, "/phones/withheld/<key:uid>/keep", Action(verb=Verb.OPERATION_RELEASE, form=Reasoned))
def keep_withheld(call: Call, uid: str) -> Any:
    """Leave it set aside, with the reason."""
    keeping.keep(call.actor, uid, call.form["reason"], call.now)
    return done("/phones/withheld", "device.done.kept")


@page(blueprint, "/phones/bundle", Page(verb=Verb.DEVICE_RESCUE))
def ask_bundle(call: Call) -> Any:
    """Where another phone's file is handed in."""
    return render(call, "phone_bundle.html", answer=None)


@action(
    blueprint,
    "/phones/bundle",
    Action(verb=Verb.DEVICE_RESCUE, form=BundleForm, again=ask_bundle, own_transactions=True),
)
def take_bundle(call: Call) -> Any:
    """Store what is in the file; handing the same file in twice is harmless."""
    file = request.files.get("bundle")
    if file is None or not file.filename:
        raise Invalid("bundle_missing")
    carrier = console_session(call.actor.county)
    try:
        runs = prepare_bundle(file.read(), carrier.device)
    except RequestError as error:
        raise Invalid("bundle_unreadable") from error
    key = current_key()
    answer = hand_in(runs, carrier, Now(call.now, new_receipt_id(key, call.now)), key)
    return render(call, "phone_bundle.html", answer=answer)
