"""What the build made is served so that an update arrives and nothing old is loaded twice."""

import gzip

import pytest
from flask import Flask

from server import built

PAGE = "<!doctype html><title>前哨</title>"


@pytest.fixture
def build(tmp_path):
    app = tmp_path / "app" / "assets"
    app.mkdir(parents=True)
    (tmp_path / "app" / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "app" / "sw.js").write_text("self", encoding="utf-8")
    (app / "index-1a2b.js").write_text("let everything", encoding="utf-8")
    (app / "index-1a2b.js.gz").write_bytes(gzip.compress(b"let everything"))
    console = tmp_path / "console"
    console.mkdir()
    (console / "main-9f.js").write_text("let", encoding="utf-8")
    return tmp_path


@pytest.fixture
def get(build):
    """Asks for a path and reads the answer whole; an open answer keeps the file open."""
    app = Flask("server", static_folder=None)
    built.install(app, build)
    browser = app.test_client()

    def ask(path, **headers):
        with browser.get(path, headers=headers) as answer:
            answer.get_data()
            return answer

    return ask


@pytest.mark.parametrize("path", ["/app/", "/app/index.html", "/app/sw.js", "/app/visit/1/item/2", "/app/enrol"])
def test_what_may_change_is_asked_for_anew(get, path):
    answer = get(path)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_what_is_named_by_its_digest_is_kept_for_ever(get):
    for path in ("/app/assets/index-1a2b.js", "/assets/main-9f.js"):
        assert "immutable" in get(path).headers["Cache-Control"]


def test_an_address_inside_the_app_gives_its_page_and_an_absent_file_does_not(get):
    assert get("/app/people").text == PAGE
    assert get("/app/assets/index-0000.js").status_code == 404
    assert get("/app/../../pyproject.toml").status_code == 404
    assert get("/assets/../app/index.html").status_code == 404


def test_a_browser_that_takes_it_gets_the_squeezed_file(get):
    plain = get("/app/assets/index-1a2b.js")
    squeezed = get("/app/assets/index-1a2b.js", **{"Accept-Encoding": "gzip"})

    assert gzip.decompress(squeezed.data) == plain.data
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert squeezed.mimetype == plain.mimetype == "text/javascript"
    assert squeezed.headers["ETag"] != plain.headers["ETag"]


def test_the_app_runs_its_own_scripts_only(get):
    policy = get("/app/").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "worker-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_scanned_code_leads_to_the_app(get):
    answer = get("/enrol")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/app/enrol")


def test_a_server_without_a_build_says_what_to_do(tmp_path, app):
    app.extensions["qianshao_build"] = tmp_path

    answer = app.test_client().get("/app/")

    assert answer.status_code == 503
    assert "make app" in answer.text
