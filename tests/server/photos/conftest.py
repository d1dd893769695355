"""What tests of photos stand on: the county of `tests.field`, its media emptied for each test."""

import shutil

import pytest

from server.config import Config
from tests.field import open_field


@pytest.fixture
def county(app, db, monkeypatch):
    """The county with its clock, and no photo anywhere."""
    config: Config = app.extensions["qianshao_config"]
    shutil.rmtree(config.data_dir / "media", ignore_errors=True)
    (config.data_dir / "media").mkdir()
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)
