"""`python -m server.cli`: the commands, the application around each, errors as sentences."""

import sys

import click

from patrol.errors import DomainError
from server import create_app
from server.cli import admin, database, durability
from server.config import Config, ConfigError
from server.db import Busy
from server.messages import text


@click.group()
@click.pass_context
def qianshao(context: click.Context) -> None:
    """前哨 Qianshao: look after an installation."""
    app = create_app(Config.from_env())
    context.with_resource(app.app_context())


qianshao.add_command(database.migrate)
qianshao.add_command(database.migration)
qianshao.add_command(database.ready)
qianshao.add_command(admin.admin)
qianshao.add_command(durability.backup_command)
qianshao.add_command(durability.restore_command)
qianshao.add_command(durability.verify_command)
qianshao.add_command(durability.rebuild_command)
qianshao.add_command(durability.epoch)


def main() -> None:
    """Run a command; what was refused is said in a sentence, with exit status 1."""
    try:
        qianshao(prog_name="qianshao")
    except ConfigError as error:
        sys.exit(f"These settings cannot be used:\n{error}")
    except DomainError as error:
        sys.exit(text(error.code, error.details))
    except Busy:
        sys.exit(text("busy"))


if __name__ == "__main__":
    main()
