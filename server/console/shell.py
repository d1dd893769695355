"""Puts the console on the application: its words, its mistakes, and every room's pages."""

from flask import Flask

from server.console import account, board, links, mines, mistakes, sign_in, visits, words

#: Every room of pages, in the order of the navigation.
_BLUEPRINTS = (
    board.blueprint,
    mines.blueprint,
    visits.blueprint,
    sign_in.blueprint,
    links.blueprint,
    account.blueprint,
)


def install(app: Flask) -> None:
    """Register the console's pages."""
    words.install(app)
    mistakes.install(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
