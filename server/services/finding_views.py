"""A finding's whole life as people read it: every field's counted value, what is disputed, the steps. Reads only."""

from datetime import date
from typing import Any

from patrol.deadlines import MINE_OWES
from patrol.permissions import Actor
from server.models.finding import Finding
from server.queries.finding_sheets import sheet_of
from server.queries.findings import get_finding
from server.services.finding_life import instant, steps
from sync.findings import fields_of
from sync.sheets import Sheet


def view_finding(actor: Actor, finding_id: str, today: date) -> dict[str, Any]:
    """One finding in the shape of `schemas.finding.FindingLife`. Raises NotFound."""
    finding = get_finding(actor, finding_id)
    sheet = sheet_of(finding)
    fields, disputed = fields_of(sheet)
    columns = {column.key: getattr(finding, column.key) for column in Finding.__table__.columns}
    late = finding.due_on is not None and finding.due_on < today
    overdue = late and finding.status in MINE_OWES
    told = {"fields": fields, "disputed": list(disputed), "overdue": overdue}
    return columns | told | {"timeline": _timeline(sheet)}


def _timeline(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {
            "step": value["step"],
            "person_id": entry.stamp.person,
            "at": instant(entry.stamp.wall),
            "data": value.get("data") or {k: v for k, v in value.items() if k != "step"},
        }
        for entry, value in steps(sheet)
    ]
