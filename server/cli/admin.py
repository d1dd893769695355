"""Commands about the people who set an installation up."""

import click
from flask import current_app

from server import clock
from server.config import Config
from server.db import transaction
from server.services.bootstrap import FirstAdministrator, begin_anew, first_administrator


@click.group()
def admin() -> None:
    """Look after the administrators."""


@admin.command()
@click.option("--county-code", required=True, help="Division code of the county, e.g. 140525.")
@click.option("--county-name", required=True, help="Name of the county.")
@click.option("--duty-telephone", required=True, help="Rung first of all for a suspected major hazard.")
@click.option("--name", required=True, help="Name of the administrator.")
@click.option("--login", required=True, help="Sign-in name of the administrator.")
def bootstrap(county_code: str, county_name: str, duty_telephone: str, name: str, login: str) -> None:
    """Make a county and its first administrator; prints a link that works once, within the hour."""
    given = FirstAdministrator(county_code, county_name, duty_telephone, name, login)
    with transaction():
        link = first_administrator(given, clock.now())
    config: Config = current_app.extensions["qianshao_config"]
    click.echo(f"{config.public_url}{link.path}")
    click.echo(f"This link sets {login}'s password, once, until {link.expires_at:%Y-%m-%d %H:%M} UTC.")


@admin.command("start-anew")
@click.argument("login")
def start_anew(login: str) -> None:
    """Begin an account anew whose person lost password and second factor; prints a link that works once."""
    with transaction():
        link = begin_anew(login, clock.now())
    config: Config = current_app.extensions["qianshao_config"]
    click.echo(f"{config.public_url}{link.path}")
    click.echo(
        f"{login} has no password and no authenticator any more. The link sets a password, once, within the hour."
    )
