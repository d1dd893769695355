"""The world of the API's tests, and everybody who calls."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from flask import Flask

from server import passwords
from server.db import transaction
from tests.server.api import world
from tests.server.api.world import Browser


@pytest.fixture
def made(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with the world in it, at the world's own time, with cheap password hashes."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", lambda: world.NOW)
    cheap = passwords.Passwords(PasswordHasher.from_parameters(CHEAPEST))
    monkeypatch.setitem(app.extensions, "qianshao_passwords", cheap)
    with app.app_context(), transaction():
        world.build()
    return app


@pytest.fixture
def as_role(made: Flask) -> Callable[[str], Browser]:
    """Somebody by role: one of the six, `anonymous`, `phone` or `revoked` (a phone)."""

    def become(role: str) -> Browser:
        client = made.test_client()
        if role == "anonymous":
            return Browser(client)
        with made.app_context(), transaction():
            if role in ("phone", "revoked"):
                return world.phone(client, "device-own", revoked=role == "revoked")
            return world.sign_in_as(client, world.user_of(role))

    return become
