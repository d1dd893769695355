"""When operations reached the county, read from the log's segments without their bytes. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from server.db import db
from server.models.device import Device
from server.models.segment import Segment
from sync.registers import Entry


@dataclass(frozen=True, slots=True)
class Receipt:
    """One exchange's share of a chain: its operations `first` to `last`, and the receipt that answered it."""

    chain: str
    first: int
    last: int
    at: datetime
    id: str


class Receipts:
    """Receipts by chain and seq."""

    def __init__(self, found: Collection[Receipt]) -> None:
        self._by_chain: dict[str, list[Receipt]] = {}
        for receipt in found:
            self._by_chain.setdefault(receipt.chain, []).append(receipt)

    def of(self, entry: Entry) -> Receipt | None:
        """The receipt of the operation that wrote an entry."""
        stamp = entry.stamp
        return next((r for r in self._by_chain.get(stamp.chain, ()) if r.first <= stamp.seq <= r.last), None)


def receipts_of(entries: Collection[Entry]) -> Receipts:
    """The receipts of the operations that wrote `entries`."""
    spans: dict[str, tuple[int, int]] = {}
    for entry in entries:
        seq, span = entry.stamp.seq, spans.get(entry.stamp.chain)
        spans[entry.stamp.chain] = (min(seq, span[0]), max(seq, span[1])) if span else (seq, seq)
    if not spans:
        return Receipts(())
    there = [
        and_(Segment.chain_id == chain, Segment.last_seq >= first, Segment.first_seq <= last)
        for chain, (first, last) in spans.items()
    ]
    told = (Segment.chain_id, Segment.first_seq, Segment.last_seq, Segment.received_at, Segment.receipt_id)
    rows = db.session.execute(select(*told).where(or_(*there)).order_by(Segment.chain_id, Segment.first_seq))
    return Receipts([Receipt(*row) for row in rows])


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as people know it: its label, and how many milliseconds its clock was fast when it last told."""

    label: str
    clock_error_ms: int | None


def phones_named(ids: Collection[str]) -> Mapping[str, Phone]:
    """Device → phone."""
    if not ids:
        return {}
    query = select(Device.id, Device.label, Device.clock_error_ms).where(Device.id.in_(sorted(ids)))
    return {row.id: Phone(row.label, row.clock_error_ms) for row in db.session.execute(query)}
