"""What lies under the points of a county's map: its own outline, and tiles where the installation names their server.

An outline is a GeoJSON file `maps/<county code>.geojson` beside the data; the demo county brings its own. Without
either the points stand on a bare ground: no map server is needed for anything.
"""

from pathlib import Path
from typing import Any

from flask import current_app

from patrol.permissions import Actor
from server.config import Config
from server.db import db
from server.models.county import County

_DEMO = Path(__file__).parent.parent / "demo" / "county.geojson"


def background_of(actor: Actor) -> dict[str, Any]:
    """`outline`: the address of the county's outline, if it has one; `tiles`: the pattern of its tiles, if any."""
    config: Config = current_app.extensions["qianshao_config"]
    return {"outline": "/map/outline" if _file(actor) else None, "tiles": config.map_tiles}


def outline_of(actor: Actor) -> bytes | None:
    """The county's outline as GeoJSON; None where nobody has given one."""
    file = _file(actor)
    return file.read_bytes() if file else None


def _file(actor: Actor) -> Path | None:
    config: Config = current_app.extensions["qianshao_config"]
    county = db.session.get_one(County, actor.county)
    own = config.data_dir / "maps" / Path(f"{county.code}.geojson").name
    if own.is_file():
        return own
    return _DEMO if county.is_demo else None
