"""Which permission each route needs, said on the route. A route that says nothing stops the
server from starting: nothing is open by omission."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Flask

_ViewT = TypeVar("_ViewT", bound=Callable[..., object])

#: Routes of libraries that say nothing themselves, and why they are open.
_LIBRARY_ROUTES = {
    "static": "the page's own scripts and styles",
    "api-docs.openapi_json": "the description of the API holds no data",
}


class RouteUnguarded(Exception):
    """A route names no permission and does not say why it is open."""


def permission(name: str) -> Callable[[_ViewT], _ViewT]:
    """Mark a view with the permission that its service requires."""

    def mark(view: _ViewT) -> _ViewT:
        view.permission = name  # type: ignore[attr-defined]
        return view

    return mark


def public(why: str) -> Callable[[_ViewT], _ViewT]:
    """Mark a view that anybody may call, with the reason."""

    def mark(view: _ViewT) -> _ViewT:
        view.public_because = why  # type: ignore[attr-defined]
        return view

    return mark


def refuse_unguarded_routes(app: Flask) -> None:
    """Raise RouteUnguarded unless every route says who may call it."""
    unguarded = sorted(unguarded_routes(app))
    if unguarded:
        raise RouteUnguarded(", ".join(unguarded))


def unguarded_routes(app: Flask) -> Iterator[str]:
    """Routes whose view names neither a permission nor why it is open."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        marked = getattr(view, "permission", None) or getattr(view, "public_because", None)
        if not marked and rule.endpoint not in _LIBRARY_ROUTES:
            yield f"{rule.endpoint} ({rule.rule})"
