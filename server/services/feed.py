"""The one way into the feed: lock the streams, then take sequence numbers (SPEC, part FD).

A stream's head row is locked before any register of the stream is read and until the commit, so committed numbers
appear in order and no row can show up behind a cursor. Never insert a feed row with a number from elsewhere.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from server.among import among
from server.direct import Question, ask, write
from server.models.feed import StreamHead
from server.services.upsert import put

_LOCK = (
    select(StreamHead.stream, StreamHead.seq)
    .where(among(StreamHead.stream, "streams"))
    .order_by(StreamHead.stream)
    .with_for_update()
)
_ADVANCE = (
    update(StreamHead)
    .where(StreamHead.stream == bindparam("of_stream"))
    .values(seq=StreamHead.seq + bindparam("count"))
    .returning(StreamHead.seq)
)


def lock_streams(_session: Session, streams: Iterable[str], then: Sequence[Question] = ()) -> dict[str, int]:
    """Lock the heads of `streams` until the commit, in sorted order (no two writers wait for each other).

    Returns stream → last number given out; a stream that was not there begins at 0. `then`: see `direct.ask`.
    """
    wanted = sorted(set(streams))
    # Heads that are missing are made before any lock is held: making one may have to wait for its other maker.
    put(StreamHead, ("stream",), (), [{"stream": stream, "seq": 0} for stream in wanted])
    return {row.stream: row.seq for row in ask(_LOCK, {"streams": wanted}, then)}


def emit(session: Session, stream: str, count: int = 1) -> int:
    """Take `count` numbers of `stream`; returns the first. The caller writes them on its rows in this transaction."""
    lock_streams(session, [stream])
    return advance(session, stream, count)


def advance(_session: Session, stream: str, count: int = 1) -> int:
    """The same for a stream that this transaction has locked already."""
    return int(ask(_ADVANCE, {"of_stream": stream, "count": count})[0].seq) - count + 1


def advance_unread(stream: str) -> None:
    """Take one number of such a stream before whatever is asked next; a statement after it reads it off the head."""
    write(_ADVANCE, {"of_stream": stream, "count": 1})
