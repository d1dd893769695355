"""Builders of JPEG, PNG, RIFF and ISO boxes, to make what no encoder would write."""

import struct
import zlib

#: Zeros are packed this many at a time, and the packed block repeated.
_BLOCK = 1 << 20


def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def insert_segment(jpeg, marker, payload, at=2):
    return jpeg[:at] + segment(marker, payload) + jpeg[at:]


def frame_at(jpeg):
    """The offset of the frame header's marker (baseline or progressive)."""
    return next(at for at in (jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2")) if at > 0)


def with_frame(jpeg, width, height, precision=8):
    at = frame_at(jpeg) + 4
    return jpeg[:at] + struct.pack(">BHH", precision, height, width) + jpeg[at + 5 :]


def chunk(kind, payload):
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)


def png(width, height, *parts, depth=8, colour=2, interlace=0):
    """A PNG of these parts between its header and its end."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(parts) + chunk(b"IEND", b"")


def rows(width, height, channels=3):
    """IDAT of a black picture: zeros pack a thousand to one."""
    whole, rest = divmod(height * (1 + width * channels), _BLOCK)
    packed = b"\x78\xda" + _packed(_BLOCK) * whole + _packed(rest) + b"\3\0"
    checksum = (whole * _BLOCK + rest) % 65521 << 16 | 1
    return chunk(b"IDAT", packed + struct.pack(">I", checksum))


def _packed(zeros):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(zeros)) + packer.flush(zlib.Z_FULL_FLUSH)


def insert_chunk(whole, kind, payload):
    """Put a chunk behind a PNG's header."""
    return whole[:33] + chunk(kind, payload) + whole[33:]


def riff(*chunks):
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2) for kind, payload in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def add_riff_chunk(webp, kind, payload):
    body = webp[8:] + kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(kind, payload=b""):
    return struct.pack(">I4s", len(payload) + 8, kind) + payload


def still(*sizes, brand=b"heic", compatible=b"mif1", path=(b"iprp", b"ipco")):
    """A HEIC or AVIF whose header is right and whose picture is missing."""
    inside = b"".join(box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes)
    for kind in reversed(path):
        inside = box(kind, inside)
    head = box(b"ftyp", brand + bytes(4) + compatible)
    return head + box(b"meta", bytes(4) + inside) + box(b"mdat", b"picture")
