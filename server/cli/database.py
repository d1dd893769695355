"""Commands about the parts of an installation: bring the database up to date, ask what is there."""

import click

from server.api.health import ask_parts
from server.db import db
from server.migrate import head_revision, write_revision
from server.migrate import migrate as bring_up_to_date


@click.command()
def migrate() -> None:
    """Bring the database to the schema that this version expects. Harmless when it is there."""
    bring_up_to_date(db.engine)
    click.echo(f"The database is at {head_revision()}.")


@click.command()
@click.argument("title")
def migration(title: str) -> None:
    """Write a migration for what changed in the models. For development, on a scratch database."""
    click.echo(write_revision(db.engine, title))


@click.command()
@click.pass_context
def ready(context: click.Context) -> None:
    """Ask database, migrations, queue and storage; exit status 1 when one is not there."""
    parts = ask_parts()
    for name, answer in parts.items():
        click.echo(f"{name:11} {answer}")
    context.exit(0 if set(parts.values()) == {"ok"} else 1)
