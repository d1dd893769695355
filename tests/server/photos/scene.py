"""A phone that declared photos, and the requests with which it brings their bytes."""

import base64
import random
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from media.digest import sha256_of
from server.db import db
from server.models.photo import Photo
from server.models.visit import Visit
from server.queries.photos import counts_by_device
from sync import bodies
from sync.phone import edits
from sync.phone.phone import Phone
from tests.field import FIRST, Field
from tests.media.pictures import encoded, scene
from tests.patrols import enter

URL = "/api/v1/photos"
TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"
EXIF_IFD, MODEL, TAKEN, OFFSET = 0x8769, 272, 36867, 36881


@cache
def picture(seed: int) -> Image.Image:
    return scene(seed)


def photo(seed: int = 1, taken: str | None = "2026:11:23 12:10:00") -> bytes:
    """A JPEG that a phone's camera might have written."""
    exif = Image.Exif()
    if taken:
        exif[MODEL] = "KT-7"
        exif.get_ifd(EXIF_IFD)[TAKEN] = taken
    return encoded(picture(seed), exif=exif.tobytes()) if taken else encoded(picture(seed))


@dataclass
class Carrier:
    """A phone on a visit; `county` is what it speaks to."""

    county: Field
    phone: Phone
    person: str
    visit: str
    rng: random.Random = field(default_factory=lambda: random.Random(3))  # noqa: S311

    @property
    def device(self) -> str:
        return self.phone.state.device

    @property
    def client(self) -> FlaskClient:
        return self.county.app.test_client()

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.county.office.access[self.device]}"}

    def declare(self, data: bytes, **but: Any) -> str:
        """Sign what the photo is and tell the county; returns its digest."""
        digest = self.declare_later(data, **but)
        self.tell()
        return digest

    def tell(self) -> None:
        """Bring the county what was signed."""
        self.county.sync(self.phone)

    def declare_later(self, data: bytes, **but: Any) -> str:
        """Sign what the photo is; returns its digest."""
        facts = {
            "photo": uid(self.rng),
            "sha256": sha256_of(data), "size": len(data), "mime": "image/jpeg", "width": 640, "height": 480,
            "of": "visit", "source": "stream",
        }  # fmt: skip
        body = bodies.Photo(**(facts | but))
        self.phone.edit(edits.photo, self.person, body, self.visit)
        return body.sha256

    def head(self, digest: str):
        return self.client.head(f"{URL}/{digest}", headers=TUS | self.authorization)

    def offset(self, digest: str) -> int:
        answer = self.head(digest)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def patch(self, digest: str, data: bytes, offset: int = 0, **headers: str):
        told = TUS | self.authorization | {"Upload-Offset": str(offset), "Content-Type": BODY}
        return self.client.patch(f"{URL}/{digest}", data=data, headers=told | headers)

    def bring(self, data: bytes, **but: Any) -> str:
        """Declare and upload; returns the digest."""
        digest = self.declare(data, **but)
        answer = self.patch(digest, data)
        assert answer.status_code == 204, answer.text
        return digest

    def submit(self) -> None:
        self.phone.edit(edits.done, self.person, self.visit)
        self.phone.edit(edits.submit, self.person, self.visit)
        self.county.sync(self.phone)

    def row(self) -> Visit:
        db.session.rollback()
        return db.session.get_one(Visit, self.visit, populate_existing=True)

    def counts(self) -> tuple[int, int, int, int]:
        """Declared, arrived, processed, refused of the visit, as its header says and as its rows are counted."""
        row = self.row()
        header = (row.photos_declared, row.photos_arrived, row.photos_processed, row.photos_refused)
        found = counts_by_device(Photo.visit_id == self.visit).values()
        counted = [(one.declared, one.arrived, one.processed, one.refused) for one in found] or [(0, 0, 0, 0)]
        assert tuple(map(sum, zip(*counted, strict=True))) == header
        return header


def uid(rng: random.Random) -> str:
    return base64.urlsafe_b64encode(rng.randbytes(16)).rstrip(b"=").decode()


def carrier(county: Field, person: str = "p1", seed: int = 3, **but: Any) -> Carrier:
    """An enrolled phone whose person entered the visit of the day."""
    phone = county.phone(person)
    visit = enter(phone, person, **({"edition": FIRST.digest} | but))
    county.sync(phone)
    return Carrier(county, phone, person, visit, random.Random(seed))  # noqa: S311
