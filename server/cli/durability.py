"""Commands about what is stored: back it up, prove it, put it back, begin an epoch."""

import sys
from pathlib import Path

import click
from flask import current_app

from server import clock
from server.arrival import begin_epoch
from server.config import Config
from server.db import db
from server.durability.backup import BackupFaulty, back_up
from server.durability.copies import CopyUnusable, DatabaseInUse
from server.durability.manifest import NoBackup
from server.durability.photos import prove_photos
from server.durability.programs import ProgramFailed
from server.durability.proof import Proof, prove_log
from server.durability.rebuilding import compare
from server.durability.restore import Accepted, RestoreRefused, restore
from server.durability.snapshot import snapshot
from server.keys import current_key
from server.storage import current_storage

_FAILURES = (BackupFaulty, CopyUnusable, DatabaseInUse, NoBackup, ProgramFailed, RestoreRefused, OSError)


def _config() -> Config:
    config: Config = current_app.extensions["qianshao_config"]
    return config


@click.command("backup")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Folder for backups; by default data/backups.")
def backup_command(target: Path | None) -> None:
    """Copy the database while the server works, try the copy, and tell phones what is safe."""
    config = _config()
    try:
        done = back_up(config, current_key(), target or config.data_dir / "backups", clock.now())
    except _FAILURES as error:
        sys.exit(f"No backup was made.\n{error}")
    made = done.manifest
    click.echo(f"{done.folder}")
    click.echo(f"Restored to one side and proved: {made.chains} chains, {made.operations} operations.")
    click.echo(f"Safe from now on: {done.safe_raised} chains have risen. Keep the keys directory in another place too.")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--accept-older", is_flag=True, help="Although a newer backup was made and phones may rely on it.")
@click.option("--accept-other-key", is_flag=True, help="Although phones know this server by another key.")
def restore_command(folder: Path, *, accept_older: bool, accept_other_key: bool) -> None:
    """Put a backup in the database's place and begin a new epoch. The server must be stopped."""
    config = _config()
    db.session.remove()
    db.engine.dispose()
    accepted = Accepted(older=accept_older, other_key=accept_other_key)
    try:
        done = restore(config, current_key(), folder, clock.now(), accepted)
    except _FAILURES as error:
        sys.exit(f"Nothing was changed.\n{error}")
    click.echo(f"{done.manifest.name} is in place; the database that was there is kept as {done.kept}.")
    click.echo("A new epoch has begun: phones will offer again what this backup may lack.")


@click.command("verify")
@click.option("--photos", is_flag=True, help="Also read every stored photo and hash it again.")
@click.pass_context
def verify_command(context: click.Context, *, photos: bool) -> None:
    """Prove the log from the database alone; exit status 1 when anything does not hold."""
    with snapshot() as connection:
        proof = prove_log(connection, current_key())
    _say(proof)
    faulty = bool(proof.faults)
    if photos:
        faulty |= _prove_photos()
    context.exit(1 if faulty else 0)


def _prove_photos() -> bool:
    """Whether a photo is not what it was."""
    found = prove_photos(current_storage())
    click.echo(f"{found.photos} photos, {found.bytes} bytes")
    for fault in found.faults:
        click.echo(str(fault))
    if not found.faults:
        click.echo("Every photo is what its name says.")
    return bool(found.faults)


@click.command("rebuild")
@click.option("--check", is_flag=True, required=True, help="Compare only; nothing is written.")
@click.pass_context
def rebuild_command(context: click.Context, *, check: bool) -> None:  # noqa: ARG001 - says aloud that nothing is written
    """Rebuild everything from the log and compare it with what is stored; exit status 1 where they differ."""
    with snapshot():
        found = compare()
    click.echo(f"{found.visits} visits, {found.findings} findings, {found.months} months of coverage")
    for difference in found.differences:
        click.echo(str(difference))
    if not found.differences:
        click.echo("Everything is as the log gives it.")
    context.exit(1 if found.differences else 0)


@click.group()
def epoch() -> None:
    """Epochs: a new one makes phones offer everything again."""


@epoch.command("new")
@click.option("--reason", required=True, help="Why, for whoever reads the list of epochs.")
def new_epoch(reason: str) -> None:
    """Begin a new epoch, as after a restore that this program did not do."""
    click.echo(f"Epoch {begin_epoch(reason, clock.now())} has begun.")


def _say(proof: Proof) -> None:
    click.echo(f"{proof.chains} chains, {proof.segments} segments, {proof.operations} operations")
    for fault in proof.faults:
        click.echo(str(fault))
    if not proof.faults:
        click.echo("Every link, hash, signature and receipt holds.")
