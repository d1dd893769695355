"""Puts the console on the application: its words, its mistakes, and every room's pages."""

from flask import Flask

from server.console import (
    account,
    board,
    checklists,
    contracts,
    findings,
    links,
    mines,
    mistakes,
    people,
    phones,
    sign_in,
    teams,
    trail,
    visit,
    visits,
    words,
)

#: Every room of pages, in the order of the navigation.
_BLUEPRINTS = (
    board.blueprint,
    mines.blueprint,
    visits.blueprint,
    visit.blueprint,
    findings.blueprint,
    people.blueprint,
    teams.blueprint,
    contracts.blueprint,
    phones.blueprint,
    checklists.blueprint,
    trail.blueprint,
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
