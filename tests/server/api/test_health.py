"""Alive and ready: each part is named, and a part that is not there is seen."""

import pytest

from server import create_app
from server.db import db as the_db
from tests.settings import make_config


def test_a_running_process_is_alive(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_names_every_part(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json == {
        "status": "ok",
        "parts": {"database": "ok", "migrations": "ok", "queue": "ok", "storage": "ok"},
    }


def test_a_database_that_does_not_answer_is_named_and_the_process_still_lives(tmp_path, valkey):
    app = create_app(
        make_config(
            tmp_path,
            QIANSHAO_DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}",
            QIANSHAO_REDIS_URL=valkey.redis_url,
        )
    )

    response = app.test_client().get("/readyz")

    assert response.status_code == 503
    assert response.json["parts"] == {
        "database": "unreachable",
        "migrations": "unreachable",
        "queue": "ok",
        "storage": "ok",
    }
    assert app.test_client().get("/healthz").status_code == 200


def test_a_queue_and_a_store_that_do_not_answer_are_named(tmp_path):
    app = create_app(make_config(tmp_path))
    (tmp_path / "media").rmdir()

    response = app.test_client().get("/readyz")
    with app.app_context():
        the_db.engine.dispose()

    assert response.status_code == 503
    assert response.json["parts"]["queue"] == "unreachable"
    assert response.json["parts"]["storage"] == "unreachable"


def test_a_bucket_that_does_not_answer_is_named(tmp_path, valkey):
    app = create_app(
        make_config(
            tmp_path,
            QIANSHAO_REDIS_URL=valkey.redis_url,
            QIANSHAO_MEDIA_URL="s3://nowhere",
            QIANSHAO_S3_ENDPOINT="http://127.0.0.1:9",
            QIANSHAO_S3_ACCESS_KEY="a",
            QIANSHAO_S3_SECRET_KEY="b",
        )
    )

    response = app.test_client().get("/readyz")
    with app.app_context():
        the_db.engine.dispose()

    assert response.json["parts"]["storage"] == "unreachable"


def test_a_database_without_the_newest_migration_is_not_ready(tmp_path, valkey):
    app = create_app(make_config(tmp_path, QIANSHAO_REDIS_URL=valkey.redis_url))

    response = app.test_client().get("/readyz")
    with app.app_context():
        the_db.engine.dispose()

    assert response.json["parts"]["migrations"] == "pending"
    assert response.status_code == 503


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_neither_answer_tells_a_secret(client, path, installation):
    assert str(installation.config.data_dir) not in client.get(path).text
