import itertools
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text

from server import create_app
from server.arrival import arrive, begin_epoch
from server.db import db as the_db
from server.db import transaction
from server.highwater import HighWater, Mark, high_water
from server.models.audit import AuditEntry
from server.models.feed import ServerEpoch
from server.models.segment import Chain, Segment
from server.queries.log import milliseconds
from server.services import epochs
from tests.counties import MEMBER, NOON, add_county
from tests.schema import make_schema
from tests.settings import make_config

MOMENTS = (NOON + timedelta(milliseconds=n) for n in itertools.count())


@pytest.fixture
def place(installation, db, tmp_path, monkeypatch):
    """The settings of an installation with an empty data directory on the database at hand."""
    add_county()
    config = make_config(tmp_path, QIANSHAO_DATABASE_URL=installation.config.database_url)
    monkeypatch.setitem(installation.app.extensions, "qianshao_high_water", HighWater(tmp_path / "high-water"))
    return config


def store_segments(count, chain="chain"):
    """As an exchange does: rows, commit, mark."""
    with transaction() as tx:
        if the_db.session.get(Chain, chain) is None:
            the_db.session.add(Chain(id=chain, user_id=MEMBER, algorithm="ES256", public_key="k", opened_at=NOON))
            the_db.session.flush()
        done = the_db.session.scalar(select(func.max(Segment.last_seq)).where(Segment.chain_id == chain)) or 0
        rows = [
            Segment(
                chain_id=chain, first_seq=n, last_seq=n, data=b"", last_hash="h", signature="s",
                received_at=next(MOMENTS), receipt_id="r",
            )
            for n in range(done + 1, done + count + 1)
        ]  # fmt: skip
        the_db.session.add_all(rows)
        newest = milliseconds(rows[-1].received_at)
        tx.after_commit(lambda: high_water().note(received=newest))


def history(db):
    return db.session.scalars(select(ServerEpoch.reason).order_by(ServerEpoch.number)).all()


def test_ep_4_the_first_start_begins_the_first_epoch(place, db):
    assert arrive(place, NOON) == "first"
    assert high_water().read().epoch == epochs.current()
    assert history(db) == ["first"]


def test_ep_4_a_start_on_the_same_data_changes_nothing(place, db):
    arrive(place, NOON)
    store_segments(3)
    assert arrive(place, NOON) is None
    assert arrive(place, NOON) is None
    assert history(db) == ["first"]


def test_ep_4_a_database_that_lost_its_last_segments_begins_an_epoch(place, db):
    arrive(place, NOON)
    store_segments(3)
    with transaction():
        newest = db.session.scalar(select(func.max(Segment.id)))
        db.session.execute(delete(Segment).where(Segment.id == newest))
    assert arrive(place, NOON) == "rolled_back"
    assert arrive(place, NOON) is None
    assert history(db) == ["first", "rolled_back"]


def test_ep_4_a_database_that_lost_only_office_changes_begins_an_epoch(place, db):
    arrive(place, NOON)
    with transaction():
        db.session.add(AuditEntry(at=NOON, county_id=None, verb="x", subject_kind="mine", subject_id="m"))
    assert arrive(place, NOON) is None
    with transaction():
        db.session.execute(delete(AuditEntry))
    assert arrive(place, NOON) == "rolled_back"


def test_ep_4_a_database_from_before_the_epoch_begins_another(place, db):
    arrive(place, NOON)
    high_water().write(Mark("an epoch that only the lost database knew", epochs.present(db.session()).store))
    assert arrive(place, NOON) == "older_copy"


def test_ep_4_another_database_server_begins_an_epoch(place, db):
    arrive(place, NOON)
    high_water().write(Mark(epochs.current(), "another cluster/00000001/5"))
    assert arrive(place, NOON) == "another_database"


@pytest.mark.parametrize("content", [None, b"torn"])
def test_ep_4_without_a_readable_mark_nothing_is_certain_and_an_epoch_begins(place, db, content):
    arrive(place, NOON)
    path = place.data_dir / "high-water"
    path.unlink() if content is None else path.write_bytes(content)
    assert arrive(place, NOON) in {"mark_missing", "mark_unreadable"}
    assert arrive(place, NOON) is None


def test_ep_4_a_start_while_others_store_never_begins_an_epoch(place, app, db):
    arrive(place, NOON)

    def in_context(work):
        with app.app_context():
            return work()

    with ThreadPoolExecutor(4) as others:
        stores, starts = [], []
        for n in range(20):
            stores.append(others.submit(in_context, lambda n=n: store_segments(1, f"chain {n}")))
            starts.append(others.submit(in_context, lambda: arrive(place, NOON)))
    assert {done.result() for done in stores + starts} == {None}
    newest = db.session.scalar(select(func.max(Segment.received_at)))
    assert high_water().read().received == milliseconds(newest)


def test_ep_4_processes_that_start_together_begin_one_epoch(place, app, db):
    def start(_):
        with app.app_context():
            return arrive(place, NOON)

    with ThreadPoolExecutor(4) as together:
        reasons = list(together.map(start, range(4)))
    assert sorted(reasons, key=str) == [None, None, None, "first"]


def test_ep_4_a_sqlite_file_put_back_by_hand_is_noticed(tmp_path):
    """The way it happens: somebody copies last night's file over the database while nobody looks."""
    config = make_config(tmp_path / "data")
    config.data_dir.mkdir()
    with create_app(config).app_context():
        make_schema()
        add_county()
        arrive(config, NOON)
        store_segments(5)
        database = config.data_dir / "qianshao.sqlite3"
        with sqlite3.connect(database) as source, sqlite3.connect(tmp_path / "last-night") as copy:
            source.backup(copy)
        store_segments(1)
        the_db.engine.dispose()
    for name in ("qianshao.sqlite3", "qianshao.sqlite3-wal", "qianshao.sqlite3-shm"):
        (config.data_dir / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "last-night", database)
    with create_app(config).app_context():
        assert the_db.session.scalar(text("SELECT count(*) FROM segment")) == 5
        assert arrive(config, NOON) == "rolled_back"
        the_db.session.remove()
        the_db.engine.dispose()


def test_ep_5_an_epoch_begins_because_somebody_says_so(place, db):
    arrive(place, NOON)
    epoch = begin_epoch("another installation was merged", NOON)
    assert epochs.current() == epoch
    assert arrive(place, NOON) is None
    assert history(db) == ["first", "another installation was merged"]
