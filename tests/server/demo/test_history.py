"""Two months in the demo county, on both databases: every state of the board, and figures that the log alone gives."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from patrol.periods import local_date, month_of
from patrol.permissions import Actor, Role
from server import create_app
from server.arrival import arrive
from server.db import db as the_db
from server.demo import evidence, recount
from server.demo.first_start import make_demo_county
from server.demo.history import make_history
from server.migrate import migrate
from server.models.coverage import CoverageMonth
from server.models.finding import Finding
from server.models.segment import RefusedPush, WithheldOperation
from server.models.visit import Visit
from server.services.board import view_board
from tests.settings import make_config

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def build(app, **but):
    with app.app_context():
        arrive(app.extensions["qianshao_config"], NOW)
        made = make_demo_county(NOW)
        return made, make_history(made, NOW, **but)


def test_the_board_has_every_state_and_the_log_gives_the_same_figures(app):
    made, patrols = build(app)

    with app.app_context():
        board = view_board(
            Actor("", Role.AUDITOR, made.people.county), {"month": "2026-11", "limit": 50}, local_date(NOW)
        )
        rounds = [week for mine in board["items"] for week in mine["weeks"]]
        assert {week["state"] for week in rounds} == {"met", "under_way", "due", "missed", "excused"}
        assert {mine["state"] for mine in board["items"]} == {"met", "under_way", "excused"}
        assert any(week["late"] for week in rounds)
        assert board["totals"]["open_findings"]
        assert board["totals"]["overdue_findings"]
        assert board["totals"]["major_findings"] == 1
        statuses = set(the_db.session.scalars(select(Finding.status)))
        assert statuses >= {"recorded", "notified", "rectifying", "closed"}
        assert set(the_db.session.scalars(select(Visit.status))) == {"open", "submitted", "sealed"}
        assert the_db.session.scalar(select(func.sum(Visit.conflicts))) == 1
        assert the_db.session.scalar(select(func.sum(Visit.unseen))) > 0
        for refuse in (RefusedPush, WithheldOperation):
            assert the_db.session.scalar(select(func.count()).select_from(refuse)) == 0
        check_every_month(patrols)


def check_every_month(patrols):
    visits, editions = recount.read_visits(evidence.chains()), evidence.editions()
    assert set(visits) == {patrol.visit for patrol in patrols}
    newest = {(p.outing.mine, month_of(p.outing.day).id): p.visit for p in patrols}
    for (mine, month), visit in newest.items():
        counted = recount.count(visits, visit, evidence.register(mine), editions, local_date(NOW))
        kept = the_db.session.scalars(
            select(CoverageMonth).where(CoverageMonth.mine_id == mine, CoverageMonth.month == month)
        ).one()
        names = ("applicable", "judged", "month_unseen")
        assert [counted.figures[name] for name in names] == [kept.applicable, kept.judged, kept.unseen], (mine, month)


def test_the_same_seed_tells_the_same_story(tmp_path):
    told = []
    for number, seed in enumerate((7, 7, 8)):
        app = create_app(make_config(tmp_path / str(number)))
        (tmp_path / str(number)).mkdir(exist_ok=True)
        with app.app_context():
            migrate(the_db.engine)
        turns = iter(range(6))
        made, patrols = build(app, seed=seed, goes_on=lambda turns=turns: next(turns, None) is not None)
        told.append([story_of(patrol, made.names) for patrol in patrols])
        with app.app_context():
            the_db.engine.dispose()

    assert told[0] == told[1] != told[2]
    assert len(told[0]) == 6
    assert told[0][0][1] == date(2026, 9, 21)


def story_of(patrol, names):
    outing = patrol.outing
    troubles = (named(outing.fails, names), named(outing.unseens, names))
    return outing.kind, outing.day, names[outing.mine], *troubles


def named(pairs, names):
    parts = (pair.split("/") for pair in pairs)
    return sorted((key, names.get(place, place)) for key, place in parts)
