"""Backups that were tried: copied, restored to one side, proved, and only then called a backup (SPEC, part SF).

What such a backup was found to hold becomes each chain's `safe` mark: up to there a phone may drop its own copy.
Photos are not in it: their store is immutable and is copied apart (docs/runbook.md).
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from server.config import Config
from server.db import db, transaction
from server.durability import manifest as manifests
from server.durability.copies import Copies
from server.durability.databases import copies_for
from server.durability.manifest import Manifest
from server.durability.proof import Fault, Proof, prove_log
from server.keys import ServerKey
from server.migrate import current_revision
from server.models.feed import ServerEpoch
from server.models.segment import Chain
from sync.wire import Mark

_CHAINS_AT_ONCE = 500


class BackupFaulty(Exception):
    """The copy does not hold what it should; it is kept under `.faulty` for whoever has to understand it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Backup:
    """A tried backup: its folder, what it says, and how many chains' `safe` marks rose."""

    folder: Path
    manifest: Manifest
    safe_raised: int


def back_up(config: Config, key: ServerKey, target: Path, now: datetime) -> Backup:
    """Back up the database of the application at hand into a new folder under `target`.

    Raises BackupFaulty, CopyUnusable, ProgramFailed, OSError; then nothing under `target` looks like a backup.
    """
    name = f"qianshao-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    draft = target / f"{name}.partial"
    draft.mkdir(parents=True, mode=0o700)
    try:
        proof, manifest = _copy_and_try(copies_for(config), draft, key, now)
    except BackupFaulty:
        draft.rename(target / f"{name}.faulty")
        raise
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    manifests.write(draft, manifest)
    folder = draft.rename(target / name)
    manifests.remember_newest(config.data_dir, manifest)
    return Backup(folder, manifest, raise_safe(proof.heads))


def raise_safe(heads: Mapping[str, Mark]) -> int:
    """Raise each chain's `safe` mark to what a second copy was found to hold; never lowers one.

    Returns how many rose. A few chains a transaction, so that no phone waits for it.
    """
    statement = (
        update(Chain)
        .where(Chain.id == bindparam("chain"), Chain.safe_seq < bindparam("to"), Chain.head_seq >= bindparam("to"))
        .values(safe_seq=bindparam("to"))
    )
    raised, wanted = 0, [{"chain": chain, "to": mark.seq} for chain, mark in sorted(heads.items()) if mark.seq]
    for at in range(0, len(wanted), _CHAINS_AT_ONCE):
        with transaction():
            raised += db.session.connection().execute(statement, wanted[at : at + _CHAINS_AT_ONCE]).rowcount
    return raised


def _copy_and_try(copies: Copies, draft: Path, key: ServerKey, now: datetime) -> tuple[Proof, Manifest]:
    file = draft / copies.file
    copies.take(file)
    with copies.tried(file) as connection:
        proof = prove_log(connection, key)
        if proof.faults:
            raise BackupFaulty(proof.faults)
        return proof, _describe(copies, file, connection, Facts(key.fingerprint, now, proof))


@dataclass(frozen=True)
class Facts:
    """What a manifest says that the copy itself does not."""

    server_key: str
    made_at: datetime
    proof: Proof


def _describe(copies: Copies, file: Path, connection: Connection, facts: Facts) -> Manifest:
    newest = select(ServerEpoch.id).order_by(ServerEpoch.number.desc()).limit(1)
    return Manifest(
        format=manifests.FORMAT,
        name=file.parent.name.removesuffix(".partial"),
        made_at=facts.made_at,
        database=copies.kind,
        schema=current_revision(connection),
        epoch=connection.scalar(newest) or "",
        server_key=facts.server_key,
        file=file.name,
        size=file.stat().st_size,
        sha256=manifests.digest_of(file),
        chains=facts.proof.chains,
        segments=facts.proof.segments,
        operations=facts.proof.operations,
    )
