"""Three hundred hostile files, the same for the same seed, each with how inspection must end.

`KEPT` means that inspection has no reason to refuse: such a file must be harmless to decode, or be
refused by the decoder within its limits.
"""

import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle

from media.inspection import MAX_PHOTO_BYTES
from media.refusals import RefusalCode as Code
from tests.media import containers as make
from tests.media.pictures import HEIC, encoded, exif, photo, scene

KEPT = "kept"
ANYTHING = frozenset({KEPT, *Code})

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"


@dataclass(frozen=True)
class Hostile:
    name: str
    data: bytes
    expected: frozenset


def corpus(seed=300):
    """All three hundred, by family."""
    rng = random.Random(seed)  # noqa: S311 - the same pictures every time
    files = []
    for family, number in FAMILIES.items():
        name = family.__name__.strip("_")
        for at, (data, expected) in zip(range(number), family(rng), strict=False):
            codes = expected if isinstance(expected, frozenset) else frozenset({expected})
            files.append(Hostile(f"{name}-{at}", data, codes))
    return files


def _honest(rng) -> dict[str, bytes]:
    seed = rng.randrange(1000)
    return {
        "jpeg": photo(seed),
        "progressive": photo(seed, progressive=True),
        "png": photo(seed, "PNG", (120, 90)),
        "webp": photo(seed, "WEBP"),
        "lossless": photo(seed, "WEBP", (120, 90), lossless=True),
        "avif": photo(seed, "AVIF", speed=10),
        "heic": HEIC,
    }


def _nothing(rng) -> Iterator[tuple]:
    yield b"", Code.EMPTY
    for size in count(1):
        yield bytes(size**4), Code.NOT_A_PHOTO


def _wrong_magic(rng):
    heads = [
        b"GIF89a",
        b"BM",
        b"II*\0",
        b"MM\0*",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"Rar!\x1a\x07\x00",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b\x08",
        b"\x7fELF\x02",
        b"MZ\x90",
        b"#!/bin/sh\nrm -rf /\n",
        b"8BPS\0\1",
        b"\0\0\1\0\1\0",
        b"\x1aE\xdf\xa3",
        b"RIFF\x40\0\0\0AVI ",
        b"\xff\x0a",
        b"\0\0\0\x0cJXL \r\n\x87\n",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"\0\0\0\x18ftypisom",
        b"\0\0\0\x18ftypqt  ",
        b"\xff\xd8\xfe",
        b"\x89PNG\n\x1a\n",
        b"FWS\x09",
        b"\xca\xfe\xba\xbe",
        b"<?php system($_GET[0]); ?>",
        b"OggS",
        b"ID3\x03",
        b'{"photo": 1}',
        b"P6\n9 9\n255\n",
        b"\xd7\xcd\xc6\x9a",
        b"\0asm\1\0\0\0",
        b"wOFF",
        b"RIFF",
        b"\0\0\0\x18ftypmif1\0\0\0\0mif1",
    ]
    for head in cycle(heads):
        yield head + rng.randbytes(rng.randrange(1, 600)), Code.NOT_A_PHOTO


def _pages_in_disguise(rng):
    pages = [
        SVG,
        HTML,
        b"\xef\xbb\xbf" + SVG,
        b" \n\t" + HTML,
        SVG.upper(),
        b"<?xml version='1.0'?>" + SVG,
        b"<!-- photo.jpg -->" + HTML,
        SCRIPT,
        b"<svg/onload=alert(1)>",
        b"<math><mi//xlink:href='data:x'>",
    ]
    magics = {
        b"\xff\xd8\xff": Code.DAMAGED,
        b"\x89PNG\r\n\x1a\n": Code.TRUNCATED,
        b"RIFF\xff\xff\0\0WEBP": Code.TRUNCATED,
        b"\0\0\0\x14ftypavif\0\0\0\0avif": Code.TRUNCATED,
    }
    for page in cycle(pages):
        yield page + rng.randbytes(9), Code.NOT_A_PHOTO
        magic = rng.choice(sorted(magics))
        yield magic + page, frozenset({magics[magic], Code.DAMAGED, Code.TRUNCATED})


def _zip(rng) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(zipfile.ZipInfo("../../etc/cron.d/x"), rng.randbytes(50))
        archive.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF"), b"Main-Class: X\n")
    return sink.getvalue()


def _luggage(rng):
    """Something behind the end of an honest photo."""
    while True:
        honest = _honest(rng)
        for name, data in honest.items():
            parts = [
                HTML,
                _zip(rng),
                b"%PDF-1.4 " + rng.randbytes(40),
                b"\xff\xd8\xff" + SVG,
                rng.randbytes(30),
                b"<?php eval($_POST[0]);?>",
                b"Rar!\x1a\x07\0" + rng.randbytes(40),
            ]
            for part in parts:
                boxed = name in {"avif", "heic"}
                codes = {Code.TRAILING_DATA, Code.DAMAGED, Code.TRUNCATED, Code.ACTIVE_CONTENT}
                yield data + part, frozenset(codes | {Code.FOREIGN_DATA} if boxed else codes)


def _two_in_one(rng):
    """A photo whose structure is whole and that is something else as well."""
    while True:
        honest = _honest(rng)
        jpeg, png, webp, archive = honest["jpeg"], honest["png"], honest["webp"], _zip(rng)
        comment_zip = struct.pack("<H", 700)
        yield make.insert_segment(jpeg, 0xFE, archive, frame_at_end(jpeg)), Code.HIDDEN_FILE
        yield make.insert_segment(jpeg, 0xE5, archive[:-2] + comment_zip, frame_at_end(jpeg)), Code.HIDDEN_FILE
        yield make.insert_segment(jpeg, 0xFE, b"%PDF-1.5\n1 0 obj"), Code.HIDDEN_FILE
        yield make.insert_segment(jpeg, 0xEC, b"Rar!\x1a\x07\x00" + archive), Code.HIDDEN_FILE
        yield make.insert_segment(jpeg, 0xFE, HTML), Code.ACTIVE_CONTENT
        yield make.insert_segment(jpeg, 0xED, b"<?php passthru('id'); ?>"), Code.ACTIVE_CONTENT
        yield jpeg[:4] + b"\x2f\x2a" + jpeg[6:20] + bytes(0x2F2A - 16) + jpeg[20:], Code.FOREIGN_DATA
        yield make.insert_chunk(png, b"tEXt", b"Comment\0" + HTML), Code.ACTIVE_CONTENT
        yield make.insert_chunk(png, b"prVt", SVG), Code.ACTIVE_CONTENT
        yield make.insert_chunk(png, b"prVt", archive), Code.HIDDEN_FILE
        yield make.insert_chunk(png, b"EVIL", rng.randbytes(9)), Code.FOREIGN_DATA
        yield make.insert_chunk(png, b"prVt", b"7z\xbc\xaf\x27\x1c\0\4" + rng.randbytes(9)), Code.HIDDEN_FILE
        yield make.insert_chunk(png, b"prVt", _tar_tail(33 + 8)), Code.HIDDEN_FILE
        yield make.add_riff_chunk(webp, b"EVIL", HTML), Code.FOREIGN_DATA
        yield make.add_riff_chunk(webp, b"XMP ", archive), Code.HIDDEN_FILE
        yield HEIC + make.box(b"free", HTML), Code.ACTIVE_CONTENT
        yield HEIC + make.box(b"skip", archive), Code.HIDDEN_FILE
        yield HEIC + make.box(b"uuid", archive), Code.FOREIGN_DATA
        yield HEIC + make.box(b"mdat", b"%PDF-" + archive), Code.HIDDEN_FILE


def frame_at_end(jpeg):
    """Just before the scan: the latest place for a segment."""
    return jpeg.find(b"\xff\xda")


def _tar_tail(offset):
    """The part of a tape archive's first block that would stand at this offset."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return sink.getvalue()[offset:512]


def _bombs(rng):
    """Small to send, dear to decode."""
    jpeg, progressive = photo(rng.randrange(99)), photo(rng.randrange(99), progressive=True)
    scan = progressive[progressive.rfind(b"\xff\xda") : -2]
    for size in ((60_000, 60_000), (65_535, 40_000)):
        yield make.png(*size, make.chunk(b"IDAT", zlib.compress(bytes(9)))), Code.BAD_DIMENSIONS
        yield make.with_frame(jpeg, *size), Code.BAD_DIMENSIONS
        yield make.still(size), Code.BAD_DIMENSIONS
    for size in ((8_000, 8_000), (32_000, 1_600), (7_072, 7_071)):
        yield make.png(*size, make.rows(*size)), Code.TOO_MANY_PIXELS
        yield make.with_frame(jpeg, *size), Code.TOO_MANY_PIXELS
        yield make.still((160, 120), size), Code.TOO_MANY_PIXELS
        yield make.still(size, brand=b"avif"), Code.TOO_MANY_PIXELS
    yield make.riff((b"VP8L", b"\x2f" + bytes([255] * 4) + bytes(9))), Code.TOO_MANY_PIXELS
    yield make.png(7_000, 7_000, make.rows(7_000, 7_000)), KEPT
    yield make.png(7_000, 7_000, make.rows(7_000, 7_000, 8), depth=16, colour=6), KEPT
    yield make.png(7_000, 7_000, make.rows(7_000, 7_100), interlace=1), KEPT
    yield make.png(9, 9, make.rows(9_000, 9_000)), KEPT
    yield make.with_frame(jpeg, 7_000, 7_000), KEPT
    yield make.with_frame(progressive, 7_000, 7_000), KEPT
    yield make.still((4_000, 3_000)), KEPT
    yield progressive[:-2] + scan * 100 + b"\xff\xd9", Code.TOO_MANY_SCANS
    yield make.with_frame(progressive[:-2] + scan * 60 + b"\xff\xd9", 7_000, 7_000), KEPT
    yield jpeg[:2] + make.segment(0xFE, b"") * 20_000 + jpeg[2:], Code.TOO_MANY_PARTS
    yield make.png(9, 9, make.chunk(b"IDAT", b"") * 20_000), Code.TOO_MANY_PARTS
    yield make.riff(*[(b"XMP ", b"")] * 20_000), Code.TOO_MANY_PARTS
    yield HEIC + make.box(b"free") * 20_000, Code.TOO_MANY_PARTS
    yield make.still(*[(9, 9)] * 20_000), Code.TOO_MANY_PARTS
    yield make.still((9, 9), path=[b"iprp"] * 30_000), Code.DAMAGED
    yield make.png(9, 9, make.chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(50_000_000))), make.rows(9, 9)), KEPT
    yield make.png(9, 9, make.chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000))), make.rows(9, 9)), KEPT
    yield make.png(9, 9, make.chunk(b"acTL", bytes(8)), make.rows(9, 9)), Code.ANIMATED
    yield _animation(), Code.ANIMATED
    yield make.still((64, 48), brand=b"avis"), Code.ANIMATED
    yield jpeg + bytes(MAX_PHOTO_BYTES), Code.TOO_LARGE
    yield jpeg + bytes(MAX_PHOTO_BYTES - len(jpeg)), KEPT


def _animation():
    frames = [scene(seed, (64, 48)) for seed in (1, 2, 3)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def _truncations(rng):
    cut = frozenset({Code.TRUNCATED, Code.DAMAGED, Code.NOT_A_PHOTO})
    while True:
        for data in _honest(rng).values():
            yield data[: rng.randrange(1, len(data) - 1)], cut


def _false_ends(rng):
    """Cut, and the end marker put back: the structure holds, half of the picture is missing."""
    while True:
        for data in (photo(rng.randrange(99)), photo(rng.randrange(99), progressive=True)):
            scans = frame_at_end(data) + 20
            yield data[: rng.randrange(scans, len(data))].rstrip(b"\xff") + b"\xff\xd9", ANYTHING


def _exif_scripts(rng):
    texts = [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "=cmd|' /C calc'!A0",
        "\r\nSet-Cookie: a=b",
        "../../../etc/passwd",
        "{{7*7}}",
        "\u202egpj.exe",
        "'; DROP TABLE photo; --",
        "\0\0hidden",
        "A" * 9_000,
    ]
    for text, kind in zip(cycle(texts), cycle(["JPEG", "PNG", "WEBP"]), strict=False):
        raw = text.encode()
        tags = exif({271: raw, 272: raw, 305: raw}, {0x9003: raw, 0x9011: raw}, {1: raw, 29: raw})
        yield photo(rng.randrange(99), kind, (80, 60), exif=tags), KEPT


def _exif_wrecks(rng):
    """Directories that point at themselves, count to four billion, divide by zero."""
    while True:
        for entries in (
            [(0x8769, 4, 1, 8)],
            [(0x8769, 4, 1, 8), (0x8825, 4, 1, 8)],
            [(272, 2, 0xFFFFFFFF, 26)],
            [(272, 2, 0x7FFFFFFF, 0xFFFFFFF0)],
            [(274, 12, 0xFFFFFFF, 8)],
            [(274, 3, 1, 77)],
            [(271, 99, 5, 8)] * 2000,
            [(rng.randrange(65536), rng.randrange(14), rng.randrange(99), rng.randrange(99)) for _ in range(50)],
        ):
            body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
            tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", 8)
            yield make.insert_segment(photo(rng.randrange(99)), 0xE1, b"Exif\0\0" + tiff), KEPT


def _absurd_dimensions(rng):
    jpeg = photo(rng.randrange(99))
    for size in ((0, 100), (100, 0), (65_535, 1), (1, 65_535), (0, 0)):
        yield make.with_frame(jpeg, *size), Code.BAD_DIMENSIONS
        yield make.png(*size, make.rows(1, 1)), Code.BAD_DIMENSIONS
        yield make.still(size), Code.BAD_DIMENSIONS
    yield make.png(0x7FFFFFFF, 0x7FFFFFFF, make.rows(1, 1)), Code.BAD_DIMENSIONS
    yield make.png(32_767, 1, make.rows(32_767, 1)), KEPT
    yield make.with_frame(jpeg, 9, 9, precision=12), Code.UNSUPPORTED_ENCODING
    yield make.png(9, 9, make.rows(9, 9), depth=3), Code.UNSUPPORTED_ENCODING
    yield make.png(9, 9, make.rows(9, 9), interlace=7), Code.UNSUPPORTED_ENCODING


def _flipped_bits(rng):
    while True:
        for data in _honest(rng).values():
            bytes_ = bytearray(data)
            for _ in range(rng.randrange(1, 12)):
                bytes_[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            yield bytes(bytes_), ANYTHING


FAMILIES: dict[Callable[..., Iterator[tuple]], int] = {
    _nothing: 6,
    _wrong_magic: 36,
    _pages_in_disguise: 28,
    _luggage: 35,
    _two_in_one: 38,
    _bombs: 41,
    _truncations: 35,
    _false_ends: 8,
    _exif_scripts: 20,
    _exif_wrecks: 16,
    _absurd_dimensions: 20,
    _flipped_bits: 17,
}
