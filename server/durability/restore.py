"""Puts a backup in the database's place and begins a new epoch, so that phones offer everything again (SPEC, part EP).

Everything is proved before anything is touched; the old database is kept under another name. Until the last step, a
rename, the installation is as it was.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from server.config import Config
from server.data_lock import InUse, hold
from server.durability import manifest as manifests
from server.durability.databases import copies_for
from server.durability.manifest import Manifest
from server.durability.proof import prove_log
from server.highwater import Mark, high_water
from server.keys import ServerKey
from server.migrate import migrate
from server.services import epochs


class RestoreRefused(Exception):
    """Nothing was touched. `code` says why: the message is for the operator."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Accepted:
    """What the operator has said to accept."""

    #: A newer backup was tried: what phones dropped because of it may be nowhere else.
    older: bool = False
    #: The backup was made under another server key: every phone has to be enrolled again.
    other_key: bool = False


@dataclass(frozen=True)
class Restored:
    """What was put in place, the new epoch, and where the old database is kept."""

    manifest: Manifest
    epoch: str
    kept: str


def restore(config: Config, key: ServerKey, folder: Path, now: datetime, accepted: Accepted) -> Restored:
    """Restore the backup in `folder`. The server must be stopped.

    Raises RestoreRefused, NoBackup, CopyUnusable, DatabaseInUse, ProgramFailed; in every case nothing was touched.
    """
    manifest = manifests.read(folder)
    copies = copies_for(config)
    _refuse_unfit(config, key, manifest, accepted)
    with _stopped(config.data_dir), copies.prepared(folder / manifest.file) as prepared:
        mark = _renew(prepared.engine, key, manifest, now)
        kept = prepared.swap(f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        high_water().write(mark)
    return Restored(manifest, mark.epoch, kept)


def _refuse_unfit(config: Config, key: ServerKey, manifest: Manifest, accepted: Accepted) -> None:
    if manifest.database != copies_for(config).kind:
        raise RestoreRefused("other_database", f"This is a backup of {manifest.database}; the settings name another.")
    if manifest.server_key != key.fingerprint and not accepted.other_key:
        raise RestoreRefused(
            "other_key",
            "The backup was made under another server key. Put that key back into the keys directory; without it every "
            "phone has to be enrolled again (--accept-other-key).",
        )
    newest = manifests.newest(config.data_dir)
    if newest is not None and newest.made_at > manifest.made_at and not accepted.older:
        raise RestoreRefused(
            "older",
            f"{newest.name} is newer, and phones may have dropped what it holds. What only it holds would be lost "
            "(--accept-older).",
        )


@contextlib.contextmanager
def _stopped(data_dir: Path) -> Iterator[None]:
    """Hold the data directory as a running server does."""
    try:
        with hold(data_dir):
            yield
    except InUse as error:
        raise RestoreRefused("running", f"A server is running on {data_dir}; stop it first.") from error


def _renew(engine: Engine, key: ServerKey, manifest: Manifest, now: datetime) -> Mark:
    """Prove the restored copy, bring it to this version's tables and begin the epoch; returns its mark."""
    with engine.connect() as connection:
        faults = prove_log(connection, key if manifest.server_key == key.fingerprint else None).faults
    if faults:
        raise RestoreRefused("faulty", "The backup does not hold what it should:\n" + "\n".join(map(str, faults)))
    migrate(engine)
    with Session(engine) as session:
        epochs.begin(session, "restored", now)
        mark = epochs.present(session)
        session.commit()
    return mark
