"""The log as stored: a run of exact operation bytes, taken apart and compressed (SPEC, part SG).

What comes back is the exact bytes that were signed, or an error; never a guess.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from sync.chain import SUITES, verify
from sync.columns import pack_first_and_steps, pack_steps, pack_uids, unpack_first_and_steps, unpack_steps, unpack_uids
from sync.compression import pack, unpack
from sync.known import Segment

# What never repeats from one operation to the next; `prev` must be the hash that goes before.
_CUT = re.compile(
    rb'"uid":"([A-Za-z0-9_-]{21}[AQgw])","seq":([1-9]\d{0,14}),"prev":"([^"\n]*)"'
    rb'((?:,"\w+":"[^"\n]*")*,"t":\[)(0|[1-9]\d{0,14}),(0|[1-9]\d{0,14}),'
)
_FIELDS = _CUT.groups + 1
#: Stands where something was cut out; JSON has no such byte.
_MARK = b"\0"


class SegmentDamagedError(ValueError):
    """The stored bytes do not give back the operations that were signed (SG-3)."""


class _Packed(Struct, array_like=True):
    """Either `lengths` and the operations whole in `text`; or a line each, with marks for uid, seq and prev, and for
    the clocks. Uids and the lowest bytes of the walls' steps stand outside; `lags`: monotonic clock less wall clock.
    """

    version: int
    text: bytes
    seqs: bytes
    walls: tuple[int, bytes]
    lags: bytes
    lengths: list[int] | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def pack_run(run: tuple[bytes, ...], before: tuple[str, ...]) -> bytes:
    """Compress a run; `before[i]` is the hash that operation i must hold as `prev` (SG-1)."""
    joined = b"\n".join(run)
    cut = _CUT.split(joined)
    texts, between = cut[::_FIELDS], cut[4::_FIELDS]
    usual = (
        len(between) == len(run)
        and _MARK not in joined
        and cut[3::_FIELDS] == [prev.encode() for prev in before]
        and [text.count(b"\n") for text in texts] == [0, *[1] * (len(run) - 1), 0]
    )
    if not usual:
        return pack(_encoder.encode(_Packed(2, b"".join(run), b"", (0, b""), b"", [len(data) for data in run])))
    walls = [int(wall) for wall in cut[5::_FIELDS]]
    lags = [int(mono) - wall for mono, wall in zip(cut[6::_FIELDS], walls, strict=True)]
    text = _MARK.join([piece for pair in zip(texts, between, strict=False) for piece in pair] + texts[-1:])
    first, upper, lowest = pack_first_and_steps(walls)
    packed = _Packed(2, text, pack_steps(map(int, cut[2::_FIELDS])), (first, upper), pack_steps(lags), None)
    uids = [uid.decode() for uid in cut[1::_FIELDS]]
    return pack(_encoder.encode(packed), pack_uids(uids) + lowest)


def unpack_run(data: bytes, before: str, alg: str = "ES256") -> tuple[list[bytes], list[str]]:
    """The exact bytes of a run and their hashes; `before` is the hash it continues."""
    hash_of = SUITES[alg].hash_of
    run: list[bytes] = []
    hashes: list[str] = []
    try:
        for start, rest in _texts(data):
            exact = b"%b%b%b" % (start, before.encode(), rest) if rest else start
            before = hash_of(exact)
            run.append(exact)
            hashes.append(before)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SegmentDamagedError("segment_damaged") from error
    return run, hashes


def _texts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Of each operation what stands before `prev`, and the rest; or the whole and nothing."""
    compressed, incompressible = unpack(data)
    packed = _decoder.decode(compressed)
    if packed.lengths is not None:
        at = 0
        for length in packed.lengths:
            yield packed.text[at : at + length], b""
            at += length
        return
    lines, seqs = packed.text.split(b"\n"), unpack_steps(packed.seqs)
    split = 16 * len(seqs)
    uids = unpack_uids(incompressible[:split])
    walls = unpack_first_and_steps(*packed.walls, incompressible[split:])
    for line, uid, seq, wall, lag in zip(lines, uids, seqs, walls, unpack_steps(packed.lags), strict=True):
        start, between, rest = line.split(_MARK)
        head = b'%b"uid":"%b","seq":%d,"prev":"' % (start, uid.encode(), seq)
        yield head, b'"%b%d,%d,%b' % (between, wall, wall + lag, rest)


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
