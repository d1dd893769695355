"""No route is open by omission."""

import pytest

from patrol.permissions import Verb
from server import auth, create_app


@pytest.fixture
def app(config):
    return create_app(config)


def test_every_route_names_a_permission_or_says_why_it_is_open(app):
    assert list(auth.unguarded_routes(app)) == []


def test_every_permission_named_on_a_route_is_a_verb_of_the_table(app):
    named = {getattr(view, "permission", None) for view in app.view_functions.values()} - {None}

    assert named <= {str(verb) for verb in Verb}


def test_a_route_that_says_nothing_stops_the_server(app):
    app.add_url_rule("/planted", "planted", lambda: "")

    with pytest.raises(auth.RouteUnguarded, match=r"planted \(/planted\)"):
        auth.refuse_unguarded_routes(app)
