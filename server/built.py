"""What the build made: the phone app at /app/, the console's scripts and styles at /assets/.

Names that carry a digest are kept for ever; everything else is asked for anew, so that an update arrives. Never reads
anything but the build's folder.
"""

import mimetypes
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from server.auth import public
from server.messages import text

BUILD = Path(__file__).parent.parent / "build"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_ANEW = "no-cache"
_KINDS = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}

blueprint = Blueprint("built", __name__)


def install(app: Flask, build: Path = BUILD) -> None:
    """Serve what is in `build`."""
    app.extensions["qianshao_build"] = build
    app.register_blueprint(blueprint)


@blueprint.get("/enrol")
@public("leads to the app; the code stands behind the # and never comes here")
def enrol() -> AnyResponse:
    """Lead whoever scanned a code to the app: browsers carry what stands behind the # along."""
    return redirect("/app/enrol", 302)


@blueprint.get("/app/")
@blueprint.get("/app/<path:path>")
@public("the app holds no data; what it asks for is asked with a token")
def show_app(path: str = "index.html") -> Response:
    """Give a file of the app, or its page: the app itself knows what stands at an address."""
    folder = _folder("app")
    if not (folder / "index.html").is_file():
        return _not_built()
    is_page = "." not in path.rsplit("/", 1)[-1]
    answer = _give(folder, "index.html" if is_page else path, is_lasting=path.startswith("assets/"))
    answer.headers["Content-Security-Policy"] = _app_policy()
    return answer


@blueprint.get("/assets/<path:path>")
@public("the console's scripts and styles hold no data")
def show_asset(path: str) -> Response:
    """Give a file of the console."""
    return _give(_folder("console"), path, is_lasting=path != "manifest.json")


def _folder(name: str) -> Path:
    build: Path = current_app.extensions["qianshao_build"]
    return build / name


def _give(folder: Path, path: str, *, is_lasting: bool) -> Response:
    """The file, squeezed where the browser takes it so and the build made it so."""
    is_squeezed = request.accept_encodings["gzip"] > 0 and (folder / f"{path}.gz").is_file()
    answer = send_from_directory(folder, f"{path}.gz" if is_squeezed else path, mimetype=_kind(path))
    if is_squeezed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOR_EVER if is_lasting else ASK_ANEW
    return answer


def _kind(path: str) -> str:
    """The type by the file's name, the same whatever the machine's own tables say."""
    return _KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _not_built() -> Response:
    page = render_template("not_built.html", text=text)
    return Response(page, 503, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _app_policy() -> str:
    """Its own files only; photos come from memory, or from where the bucket gives them out."""
    pictures: str = current_app.extensions.get("qianshao_pictures", "")
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"worker-src 'self'; connect-src 'self' {pictures}; img-src 'self' blob: data: {pictures}; "
        "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types vue qianshao"
    )
