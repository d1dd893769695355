import json
import shutil
import sqlite3
import threading

import psycopg
import pytest
from flask import current_app
from sqlalchemy import make_url, select, text, update

from server import create_app, keys
from server.arrival import arrive
from server.db import db as the_db
from server.db import transaction
from server.durability import manifest as manifests
from server.durability.backup import BackupFaulty, back_up, raise_safe
from server.durability.copies import CopyUnusable, DatabaseInUse
from server.durability.databases import copies_for
from server.durability.manifest import NoBackup
from server.durability.proof import prove_log
from server.durability.restore import Accepted, RestoreRefused, restore
from server.highwater import high_water
from server.models.feed import ServerEpoch
from server.models.segment import Chain, Segment
from server.services.epochs import current, present
from sync.wire import Mark
from tests.counties import LEADER, MEMBER, NOON, later
from tests.patrols import enter, open_office
from tests.schema import make_schema
from tests.settings import make_config

NOTHING = Accepted()


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request, tmp_path):
    """An installation of the test's own: it is to be replaced."""
    settings = {}
    if request.param == "postgresql":
        settings["QIANSHAO_DATABASE_URL"] = request.getfixturevalue("fresh_postgresql")
    return make_config(tmp_path / "data", **settings)


@pytest.fixture
def office(config):
    """A running installation; its context is open."""
    config.data_dir.mkdir(parents=True)
    with create_app(config).app_context():
        make_schema()
        office = open_office(keys.current_key())
        high_water().write(present(the_db.session()))
        yield office
        close()


def close():
    the_db.session.remove()
    the_db.engine.dispose()


@pytest.fixture
def patrolled(office):
    """Two phones and a visit; everything sent."""
    phones = office.phone(LEADER), office.phone(MEMBER)
    visit = enter(phones[0], LEADER)
    enter(phones[1], MEMBER, opening=False)
    for phone, person in zip(phones, (LEADER, MEMBER), strict=True):
        phone.answer(person, visit, "answer/GAS-001/-", "pass")
        office.sync(phone)
    return office, phones, visit


def test_sf_4_a_backup_is_tried_and_what_it_holds_is_safe(patrolled, config, tmp_path):
    office, (first, _), visit = patrolled
    done = back_up(config, office.key, tmp_path / "backups", NOON)
    assert (done.manifest.chains, done.manifest.segments, done.manifest.operations) == (2, 2, 6)
    assert done.manifest.epoch == current()
    assert done.safe_raised == 2
    first.answer(LEADER, visit, "answer/GAS-002/-", "pass")
    office.sync(first)
    rows = {row.user_id: (row.safe_seq, row.head_seq) for row in the_db.session.scalars(select(Chain))}
    assert rows == {LEADER: (3, 4), MEMBER: (3, 3)}


def test_sf_4_phones_hear_what_is_safe_and_drop_no_more(patrolled, config, tmp_path):
    office, (first, _), visit = patrolled
    back_up(config, office.key, tmp_path / "backups", NOON)
    first.answer(LEADER, visit, "answer/GAS-002/-", "pass")
    office.sync(first)
    assert first.state.chains[0].safe == 3
    first.prune()
    assert first.state.chains[0].base <= 3


def test_sf_4_a_backup_under_load_holds_a_whole_prefix_and_disturbs_nobody(patrolled, config, tmp_path):
    office, (first, _), visit = patrolled
    app, stop, sent = current_app._get_current_object(), threading.Event(), []

    def work():
        with app.app_context():
            for n in range(1000):
                if stop.is_set():
                    break
                first.answer(LEADER, visit, f"answer/GAS-{n}/-", "pass")
                office.sync(first)
                sent.append(n)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        backups = [back_up(config, office.key, tmp_path / "backups", later(minutes=n)) for n in range(3)]
    finally:
        stop.set()
        worker.join()
    counts = [backup.manifest.operations for backup in backups]
    assert counts == sorted(counts)
    assert len(sent) > 3
    chain = the_db.session.scalars(select(Chain).where(Chain.user_id == LEADER)).one()
    assert chain.head_seq == 3 + len(sent)
    assert 3 <= chain.safe_seq <= chain.head_seq
    assert prove_log(the_db.session.connection(), office.key).faults == []


def test_sf_4_a_damaged_log_makes_no_backup_and_nothing_safe(patrolled, config, tmp_path):
    office, _, _ = patrolled
    with transaction():
        newest = the_db.session.scalars(select(Segment.id).order_by(Segment.id.desc())).first()
        the_db.session.execute(update(Segment).where(Segment.id == newest).values(data=b"damaged"))
    with pytest.raises(BackupFaulty):
        back_up(config, office.key, tmp_path / "backups", NOON)
    assert [folder.suffix for folder in (tmp_path / "backups").iterdir()] == [".faulty"]
    assert set(the_db.session.scalars(select(Chain.safe_seq))) == {0}
    assert manifests.newest(config.data_dir) is None


def test_sf_4_safe_never_falls_and_never_passes_the_head(patrolled, config, tmp_path):
    chain = the_db.session.scalars(select(Chain.id).order_by(Chain.id)).first()
    assert raise_safe({chain: Mark(2, "x")}) == 1
    assert raise_safe({chain: Mark(1, "x")}) == 0
    assert raise_safe({chain: Mark(99, "x")}) == 0
    assert the_db.session.get_one(Chain, chain).safe_seq == 2


def test_a_backup_leaves_no_trial_database_behind(patrolled, config, tmp_path):
    office, _, _ = patrolled
    back_up(config, office.key, tmp_path / "backups", NOON)
    if config.uses_sqlite:
        assert {file.name for file in (tmp_path / "backups" / "qianshao-20261123T040000Z").iterdir()} == {
            "manifest.json",
            "database.sqlite3",
        }
    else:
        assert not [name for name in databases(config) if "_tried_" in name]


def databases(config):
    url = make_url(config.database_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        return [row[0] for row in connection.execute("SELECT datname FROM pg_database")]


def test_d_10_a_restored_server_gets_back_from_the_phones_what_the_backup_lacks(patrolled, config, tmp_path):
    office, phones, visit = patrolled
    before = current()
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    for n in range(30):
        for phone, person in zip(phones, (LEADER, MEMBER), strict=True):
            phone.answer(person, visit, f"answer/GAS-{n}/-", "fail" if n % 7 else "pass")
            office.sync(phone)
    acknowledged = content()
    close()
    done = restore(config, office.key, folder, later(days=1), NOTHING)
    assert current() == done.epoch != before
    assert len(content()) < len(acknowledged)
    for phone in phones:
        office.sync(phone)
    assert content() == acknowledged
    assert prove_log(the_db.session.connection(), office.key).faults == []
    assert arrive(config, later(days=1)) is None


def content():
    """Every stored operation: chain and hashes of the segments' ends may differ, the heads must not."""
    rows = the_db.session.execute(select(Chain.id, Chain.head_seq, Chain.head_hash).order_by(Chain.id)).all()
    return [(row.id, seq) for row in rows for seq in range(1, row.head_seq + 1)] + [
        (row.id, row.head_hash) for row in rows
    ]


def test_ep_6_the_database_that_was_there_is_kept(patrolled, config, tmp_path):
    office, (first, _), visit = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    first.answer(LEADER, visit, "answer/GAS-002/-", "pass")
    office.sync(first)
    close()
    kept = restore(config, office.key, folder, later(days=1), NOTHING).kept
    assert operations_in(config, kept) == 3
    assert the_db.session.scalar(text("SELECT count(*) FROM segment")) == 2


def operations_in(config, kept):
    if config.uses_sqlite:
        with sqlite3.connect(kept) as connection:
            return connection.execute("SELECT count(*) FROM segment").fetchone()[0]
    url = make_url(config.database_url).set(drivername="postgresql", database=kept)
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        return connection.execute("SELECT count(*) FROM segment").fetchone()[0]


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_ep_6_where_the_database_is_gone_the_backup_takes_its_place(patrolled, config, tmp_path):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    close()
    for file in config.data_dir.glob("qianshao.sqlite3*"):
        file.unlink()
    restore(config, office.key, folder, later(days=1), NOTHING)
    assert prove_log(the_db.session.connection(), office.key).chains == 2


def state(config):
    """Everything that a refused restore must leave as it was."""
    if not config.uses_sqlite:
        return sorted(databases(config)), epochs()
    files = sorted(file.name for file in config.data_dir.iterdir() if file.suffix not in {".lock"})
    return [name for name in files if not name.endswith(("-wal", "-shm")) and name != "lock"], epochs()


def epochs():
    found = the_db.session.scalars(select(ServerEpoch.id).order_by(ServerEpoch.number)).all()
    close()
    return found


def refused(config, key, folder, error, accepted=NOTHING):
    before = state(config)
    with pytest.raises(error) as caught:
        restore(config, key, folder, later(days=1), accepted)
    assert state(config) == before
    return caught.value


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_ep_6_a_changed_or_cut_backup_is_refused_before_anything_is_touched(patrolled, config, tmp_path, where):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    file = folder / copies_for(config).file
    whole = file.read_bytes()
    at = int(len(whole) * where)
    close()
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    refused(config, office.key, folder, NoBackup)
    file.write_bytes(whole[:at])
    refused(config, office.key, folder, NoBackup)
    file.unlink()
    refused(config, office.key, folder, NoBackup)
    (folder / "manifest.json").write_text("{")
    refused(config, office.key, folder, NoBackup)


def forge(folder, config):
    """Make the manifest fit a changed file, as a careless or malicious hand may."""
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    file = folder / copies_for(config).file
    said |= {"sha256": manifests.digest_of(file), "size": file.stat().st_size}
    path.write_text(json.dumps(said))


def test_ep_6_a_backup_of_a_damaged_log_is_refused(patrolled, config, tmp_path):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    with transaction():
        the_db.session.execute(update(Segment).values(data=b"damaged"))
    close()
    file = folder / copies_for(config).file
    file.unlink()
    copies_for(config).take(file)
    forge(folder, config)
    assert refused(config, office.key, folder, RestoreRefused).code == "faulty"


def test_ep_6_a_truncated_file_with_a_fitting_manifest_is_refused(patrolled, config, tmp_path):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    file = folder / copies_for(config).file
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    forge(folder, config)
    close()
    refused(config, office.key, folder, CopyUnusable)


def test_ep_7_an_older_backup_is_refused_unless_its_loss_is_accepted(patrolled, config, tmp_path):
    office, _, _ = patrolled
    older = back_up(config, office.key, tmp_path / "backups", NOON).folder
    back_up(config, office.key, tmp_path / "backups", later(minutes=1))
    close()
    assert refused(config, office.key, older, RestoreRefused).code == "older"
    restore(config, office.key, older, later(days=1), Accepted(older=True))


def test_ep_6_a_backup_of_a_server_with_another_key_is_refused(patrolled, config, tmp_path):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    close()
    other = keys.load_or_create(tmp_path / "other.pem")
    assert refused(config, other, folder, RestoreRefused).code == "other_key"


def test_ep_6_while_somebody_uses_the_database_nothing_is_replaced(patrolled, config, tmp_path):
    office, _, _ = patrolled
    folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
    before = epochs()
    the_db.session.execute(text("SELECT count(*) FROM segment"))
    with pytest.raises(DatabaseInUse):
        restore(config, office.key, folder, later(days=1), NOTHING)
    assert epochs() == before
    shutil.rmtree(tmp_path / "backups")
