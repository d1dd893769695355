"""Other files' faces: what bytes are that are no photo, and whether a photo is also something else."""

import re

from media.headers.parts import PhotoBytes

_FACES: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"#!", "script"),
    (b"8BPS", "psd"),
    (b"\0\0\1\0", "ico"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"RIFF", "riff"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jp2"),
)
_SVG = re.compile(rb"<svg[\s>/]", re.IGNORECASE)
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22


def face_of(data: PhotoBytes) -> str:
    """Name what bytes that are no photo look like; `unknown` if like nothing known."""
    head = data[:4096]
    for magic, name in _FACES:
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "video"
    return _face_of_text(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _face_of_text(head: bytes) -> str:
    if not head.startswith(b"<"):
        return "unknown"
    return "svg" if _SVG.search(head) else "html"


def hidden_file(data: PhotoBytes) -> str | None:
    """Name the other file that the same bytes are as well, None if there is none.

    Archives are read from their end or from a mark anywhere, PDF from a mark in the first kilobyte:
    their readers do not care that the file begins as a photo.
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[257:262] == b"ustar":
        return "tar"
    if _is_zip(data):
        return "zip"
    # Two plain searches from the end: one pattern for both takes ten times as long, searching from the start thrice.
    return "archive" if any(data.rfind(mark) >= 0 for mark in _ARCHIVES) else None


def _is_zip(data: PhotoBytes) -> bool:
    """Look for an end record whose comment ends at or before the end and that points back inside."""
    tail = data[max(0, len(data) - _ZIP_END_SIZE - 0xFFFF) :]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        if _is_zip_end(data, len(data) - len(tail) + at):
            return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False


def _is_zip_end(data: PhotoBytes, at: int) -> bool:
    record = data[at : at + _ZIP_END_SIZE]
    if len(record) < _ZIP_END_SIZE:
        return False
    size, entries = int.from_bytes(record[12:16], "little"), int.from_bytes(record[10:12], "little")
    directory = at - size
    return entries == 0 or (directory >= 0 and data[directory : directory + 4] == b"PK\x01\x02")
