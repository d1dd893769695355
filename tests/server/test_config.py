"""Settings: all complaints at once, sensible defaults, nothing from elsewhere."""

from pathlib import Path

import pytest

from server.config import MAX_SOCKET_PATH_BYTES, Config, ConfigError, queue_socket


def test_without_settings_everything_lies_in_the_data_directory():
    config = Config.from_env({"QIANSHAO_DATA_DIR": "/data"})

    assert config.database_url == "sqlite:////data/qianshao.sqlite3"
    assert config.redis_url == "unix:///data/queue/valkey.sock"
    assert config.media_url == "file:///data/media"
    assert config.keys_dir == Path("/data/keys")
    assert config.queue_embedded
    assert config.uses_sqlite
    assert (config.host, config.port) == ("127.0.0.1", 8000)


def test_three_settings_make_it_production():
    config = Config.from_env(
        {
            "QIANSHAO_DATABASE_URL": "postgresql://q@db/q",
            "QIANSHAO_REDIS_URL": "rediss://queue:6379/0",
            "QIANSHAO_MEDIA_URL": "s3://qianshao/media",
        }
    )

    assert config.database_url == "postgresql+psycopg://q@db/q"
    assert not config.uses_sqlite
    assert not config.queue_embedded


def test_every_bad_setting_is_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        Config.from_env(
            {
                "PORT": "80000",
                "QIANSHAO_PROCESSES": "two",
                "QIANSHAO_DATABASE_URL": "mysql://x/y",
                "QIANSHAO_REDIS_URL": "http://queue",
                "QIANSHAO_MEDIA_URL": "ftp://media",
                "QIANSHAO_PUBLIC_URL": "https://county.example/path/",
                "QIANSHAO_UNSAFE_DATABASE": "maybe",
            }
        )

    assert [problem.split()[0] for problem in caught.value.problems] == [
        "PORT",
        "QIANSHAO_DATABASE_URL",
        "QIANSHAO_REDIS_URL",
        "QIANSHAO_MEDIA_URL",
        "QIANSHAO_PUBLIC_URL",
        "QIANSHAO_PROCESSES",
        "QIANSHAO_UNSAFE_DATABASE",
    ]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_is_not_a_file_is_refused(url: str):
    with pytest.raises(ConfigError):
        Config.from_env({"QIANSHAO_DATABASE_URL": url})


@pytest.mark.parametrize("url", ["file://media", "file:media", "s3://", "s3://ab"])
def test_a_media_place_that_cannot_be_is_refused(url: str):
    with pytest.raises(ConfigError):
        Config.from_env({"QIANSHAO_MEDIA_URL": url})


def test_an_empty_setting_counts_as_absent():
    assert Config.from_env({"PORT": " "}).port == 8000


def test_a_socket_too_deep_for_the_kernel_lies_in_the_temporary_folder():
    deep = Path("/" + "d" * MAX_SOCKET_PATH_BYTES)

    path = queue_socket(deep)

    assert len(str(path)) <= MAX_SOCKET_PATH_BYTES
    assert path != queue_socket(deep / "other")
    assert path == queue_socket(deep)
