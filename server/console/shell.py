"""Puts the console on the application: its words, its mistakes, and every room's pages."""

from flask import Flask

from server.console import mistakes, overview, sign_in, words

#: Every room of pages, in the order of the navigation.
_BLUEPRINTS = (sign_in.blueprint, overview.blueprint)


def install(app: Flask) -> None:
    """Register the console's pages."""
    words.install(app)
    mistakes.install(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
