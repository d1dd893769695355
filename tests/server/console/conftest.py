"""The world of the API's tests, seen through pages."""

from tests.server.api.conftest import as_role, made

__all__ = ["as_role", "made"]
