"""Everything impure: HTTP, database, queue, storage. `create_app` and nothing else lives here."""

from flask import Flask

from server import auth, built, clock, db, direct, highwater, keys, passwords, queue, storage
from server.api import health, photo_upload, resources, sync
from server.config import Config
from server.console import shell
from server.http import headers, openapi, problems


def create_app(config: Config) -> Flask:
    """The application for `config`. Connects to nothing yet."""
    app = Flask("server", static_folder=None)
    app.extensions["qianshao_config"] = config
    clock.install(app)
    passwords.install(app)
    db.install(app, config)
    direct.install(app)
    queue.install(app, config)
    storage.install(app, config)
    keys.install(app, config)
    highwater.install(app, config)
    problems.install(app)
    headers.install(app, config)
    resources.install(app, openapi.install(app))
    health.install(app)
    sync.install(app)
    photo_upload.install(app)
    shell.install(app)
    built.install(app)
    auth.refuse_unguarded_routes(app)
    return app
