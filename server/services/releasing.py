"""Gives a withheld operation its effect because a person has looked at it (SPEC, VD-6)."""

from sqlalchemy import func, select, update

from patrol.errors import Conflict, NotFound
from patrol.permissions import Subject, Verb, require
from server.db import db
from server.models.mine import Mine
from server.models.segment import WithheldOperation
from server.models.team import Team
from server.models.user import User
from server.models.visit import Visit
from server.queries import withheld
from server.services import office
from server.services.office import Act, Desk
from sync import bodies
from sync import operations as ops


def release(desk: Desk, uid: str, reason: str) -> None:
    """Release the operation. What cannot have its effect yet stays withheld, and says why.

    Raises NotFound, NotAllowed, Conflict (`release_names_unknown`, `office_refused` with the verdict).
    """
    found = withheld.find(uid)
    if found is None:
        raise NotFound("not_found", noun="operation")
    require(desk.actor, Verb.OPERATION_RELEASE, Subject(found.county))
    _refuse_unknown(found.row, found.person)
    body = bodies.Release(uid, reason)
    office.write(desk, Act(ops.OperationRelease, body, ("operation", uid)))
    if found.row.visit_id is not None:
        count_addenda(found.row.visit_id)


def count_addenda(visit: str) -> None:
    """Say at the visit how many operations still wait beside its seal."""
    late = (WithheldOperation.visit_id == visit) & (WithheldOperation.verdict == "late")
    waiting = select(func.count()).select_from(WithheldOperation).where(late).scalar_subquery()
    db.session.execute(update(Visit).where(Visit.id == visit).values(addenda=waiting))


def _refuse_unknown(row: WithheldOperation, person: str) -> None:
    """Without scope nobody has asked yet whether the person, team and mine that it names exist."""
    operation = ops.decode(row.data)
    lacking = [] if db.session.get(User, person) else ["person"]
    body = getattr(operation, "body", None)
    if isinstance(body, bodies.VisitIdentity) and db.session.get(Team, body.team) is None:
        lacking.append("team")
    mine = getattr(body, "mine", None)
    if mine is not None and db.session.scalar(select(Mine.id).where(Mine.id == mine)) is None:
        lacking.append("mine")
    if lacking:
        raise Conflict("release_names_unknown", lacking=lacking)
