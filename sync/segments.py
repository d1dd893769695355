"""The log as stored: a run of exact operation bytes, `prev` left out, compressed (SPEC, part SG).

What comes back is the exact bytes that were signed, or an error; never a guess.
"""

import msgspec
from msgspec import Struct

from sync.chain import SUITES, verify
from sync.compression import pack, unpack
from sync.known import Segment

_PREV = b'"prev":"'


class SegmentDamagedError(ValueError):
    """The stored bytes do not give back the operations that were signed (SG-3)."""


class _Packed(Struct, array_like=True):
    version: int
    verbatim: list[int]
    texts: bytes
    lengths: list[int] | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def pack_run(run: tuple[bytes, ...], before: tuple[str, ...]) -> bytes:
    """Compress a run; `before[i]` is the hash that operation i must hold as `prev` (SG-1)."""
    texts: list[bytes] = []
    verbatim: list[int] = []
    for number, (data, prev) in enumerate(zip(run, before, strict=True)):
        found, link = data.find(_PREV), _PREV + prev.encode() + b'"'
        if found >= 0 and data.startswith(link, found):
            texts.append(data[: found + len(_PREV)] + data[found + len(link) - 1 :])
        else:
            verbatim.append(number)
            texts.append(data)
    joined = b"\n".join(texts)
    plain = joined.count(b"\n") == len(texts) - 1
    lengths = None if plain else [len(text) for text in texts]
    return pack(_encoder.encode(_Packed(1, verbatim, joined, lengths)))


def unpack_run(data: bytes, before: str, alg: str = "ES256") -> tuple[list[bytes], list[str]]:
    """The exact bytes of a run and their hashes; `before` is the hash it continues."""
    try:
        packed = _decoder.decode(unpack(data))
    except (msgspec.MsgspecError, ValueError) as error:
        raise SegmentDamagedError("segment_damaged") from error
    verbatim, hash_of = set(packed.verbatim), SUITES[alg].hash_of
    run: list[bytes] = []
    hashes: list[str] = []
    for number, text in enumerate(_split(packed)):
        exact = text
        if number not in verbatim:
            at = text.find(_PREV) + len(_PREV)
            exact = text[:at] + before.encode() + text[at:]
        before = hash_of(exact)
        run.append(exact)
        hashes.append(before)
    return run, hashes


def _split(packed: _Packed) -> list[bytes]:
    if packed.lengths is None:
        return packed.texts.split(b"\n")
    texts, at = [], 0
    for length in packed.lengths:
        texts.append(packed.texts[at : at + length + 1][:length])
        at += length + 1
    return texts


def operations_of(segment: Segment, alg: str = "ES256") -> list[bytes]:
    """The exact bytes of a stored segment; raises SegmentDamagedError unless they hash to it."""
    run, hashes = unpack_run(segment.data, segment.before, alg)
    if not run or hashes[-1] != segment.hash or len(run) != segment.last - segment.first + 1:
        raise SegmentDamagedError("segment_damaged")
    return run


def hash_at(segment: Segment, seq: int, alg: str = "ES256") -> str:
    """The hash of operation `seq`, which the segment covers."""
    if seq == segment.last:
        return segment.hash
    return unpack_run(segment.data, segment.before, alg)[1][seq - segment.first]


def check_segment(segment: Segment, alg: str, key: str) -> list[bytes]:
    """The exact bytes, with their links and the signature verified from the database alone (SG-4)."""
    run = operations_of(segment, alg)
    if not verify(alg, key, run[-1], segment.signature):
        raise SegmentDamagedError("segment_signature")
    return run
