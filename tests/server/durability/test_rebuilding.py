import pytest
from sqlalchemy import delete, select, update

from server import keys
from server.db import transaction
from server.durability.rebuilding import compare
from server.durability.snapshot import snapshot
from server.models.coverage import CoverageMonth, CoverageSheet
from server.models.finding import Finding
from server.models.visit import Visit, VisitSheet
from server.services import coverage, sealing
from sync import bodies
from sync.phone import edits
from sync.sheets import decode, encode
from tests.counties import LEADER, MEMBER
from tests.patrols import enter, open_office
from tests.server.services.test_office import FINDING, at_desk, submitted


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return keys.load_or_create(tmp_path_factory.mktemp("keys") / "server.pem")


@pytest.fixture
def patrolled(db, key):
    """Two phones that disagreed, a finding edited by both, photos, a settlement, a submission, a step of the office."""
    office = open_office(key)
    visit, first, second = submitted(office)
    photo = bodies.Photo("photoxxxxxxxxxxxxxxxxA", "0" * 64, 10, "image/jpeg", 4, 3, "visit", "stream")
    second.edit(edits.photo, MEMBER, photo, visit)
    second.edit(edits.edit_finding, MEMBER, FINDING, bodies.FindingFields(text="瓦斯超限 1.2%"), visit)
    office.sync(second)
    first.edit(edits.edit_finding, LEADER, FINDING, bodies.FindingFields(text="瓦斯超限"), visit)
    first.answer(LEADER, visit, "answer/GAS-002/-", "unseen", reason="巷道积水")
    office.sync(first)
    return visit


def differences():
    with snapshot():
        return [difference.what for difference in compare().differences]


def test_rb_1_what_is_stored_is_what_the_log_gives(db, patrolled):
    with snapshot():
        found = compare()
    assert found.differences == []
    assert (found.visits, found.findings, found.months) == (1, 1, 1)


def test_rb_1_an_empty_installation_is_as_its_log_gives(db):
    assert differences() == []


def plant(db, statement):
    with transaction():
        db.session.execute(statement)


def test_rb_1_a_lost_answer_is_found(db, patrolled):
    row = db.session.scalars(select(VisitSheet)).one()
    sheet = decode(row.data)
    del sheet.registers["answer/GAS-001/-"]
    plant(db, update(VisitSheet).values(data=encode(sheet)))
    assert differences() == ["registers of visit"]


def test_rb_1_a_lost_visit_is_found(db, patrolled):
    with transaction():
        db.session.execute(update(VisitSheet).values(data=b""))
    assert differences() == ["registers of visit"]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"answered": 7}, "counts of visit"),
        ({"failed": 0}, "counts of visit"),
        ({"conflicts": 0}, "counts of visit"),
        ({"status": "sealed"}, "status of visit"),
        ({"photos_declared": 0}, "photos of visit"),
        ({"findings": 0}, "findings of visit"),
    ],
)
def test_rb_1_a_header_that_was_changed_is_found(db, patrolled, values, what):
    plant(db, update(Visit).values(**values))
    assert differences() == [what]


@pytest.mark.parametrize("values", [{"status": "closed"}, {"severity": "major"}])
def test_rb_1_a_finding_that_was_changed_is_found(db, patrolled, values):
    plant(db, update(Finding).values(**values))
    assert differences() == ["finding"]


def test_rb_1_a_text_that_was_changed_fits_its_registers_no_more(db, patrolled):
    plant(db, update(Finding).values(text="别的"))
    assert set(differences()) == {"registers of finding", "finding"}


def test_rb_1_a_finding_that_is_gone_is_found(db, patrolled):
    plant(db, delete(Finding))
    assert differences() == ["finding", "findings of visit"]


@pytest.mark.parametrize("values", [{"judged": 5}, {"failed": 5}, {"unseen": 5}, {"applicable": 5}])
def test_rb_1_figures_that_were_changed_are_found(db, patrolled, values):
    plant(db, update(CoverageMonth).values(**values))
    assert differences() == ["figures of"]


def test_rb_1_coverage_that_was_changed_is_found(db, patrolled):
    row = db.session.scalars(select(CoverageSheet)).one()
    month = coverage.load(row.data)
    month.drop_visit(patrolled)
    plant(db, update(CoverageSheet).values(data=coverage.dump(month)))
    assert differences() == ["coverage of"]


def test_rb_1_after_a_seal_a_voiding_and_a_release_it_is_still_so(db, key):
    office = open_office(key)
    visit, first, _ = submitted(office)
    at_desk(office, sealing.seal, visit, None)
    first.answer(LEADER, visit, "answer/GAS-009/-", "pass")
    office.sync(first)
    other = enter(first, LEADER, ordinal=2)
    first.answer(LEADER, other, "answer/GAS-009/-", "fail")
    office.sync(first)
    at_desk(office, sealing.void, other, "重复录入")
    assert differences() == []
