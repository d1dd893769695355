"""The world of the API's tests and everybody in it, for the tests of pages."""

from tests.server.api.conftest import as_role, made

__all__ = ["as_role", "made"]
