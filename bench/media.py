"""Photos: derivatives against the bare library, inspecting a photo, its likeness (`bench.likeness` searches by it).

    .venv/bin/python -m bench.media

Prints medians. The photo is made here: 4000 x 3000, about as heavy as a phone's.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC
from io import BytesIO

from PIL import Image

from media.derivatives import SCREEN_SIDE, THUMBNAIL_SIDE
from media.development import develop
from media.digest import sha256_of
from media.inspection import inspect
from media.similarity import likeness_of


def main() -> None:
    photo = _photo()
    print(f"a photo of 12 megapixels, {len(photo):,} bytes; milliseconds of processor, median")
    _report("inspect", lambda: inspect(photo), 50)
    _report("sha-256", lambda: sha256_of(photo), 50)
    raw = _report("bare Pillow: draft, screen, thumbnail", lambda: _bare(photo), 15)
    ours = _report("develop: the same, inspection, EXIF, likeness", lambda: develop(photo, UTC), 15)
    print(f"speed of the bare library kept: {raw / ours:.0%}")
    small = Image.open(BytesIO(photo))
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    _report("likeness alone", lambda: likeness_of(small), 50)


def _photo() -> bytes:
    rng = random.Random(1)
    cells = Image.frombytes("RGB", (40, 30), rng.randbytes(3600))
    picture = cells.resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", (4000, 3000), rng.randbytes(12_000_000)).convert("RGB")
    sink = BytesIO()
    Image.blend(picture, grain, 0.06).save(sink, "JPEG", quality=85)
    return sink.getvalue()


def _bare(photo: bytes) -> None:
    image = Image.open(BytesIO(photo))
    image.draft("RGB", (SCREEN_SIDE, SCREEN_SIDE * image.height // image.width))
    for side in (SCREEN_SIDE, THUMBNAIL_SIDE):
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=None)
        image.save(BytesIO(), "JPEG", quality=80)


def _report(name: str, work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    median = statistics.median(times)
    print(f"  {name:<48} {median:8.2f}  (p95 {sorted(times)[int(rounds * 0.95)]:.2f})")
    return median


if __name__ == "__main__":
    main()
