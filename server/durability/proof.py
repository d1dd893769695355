"""Proves the log from the database alone: chains dense, links, signatures, hashes and receipts (SPEC, invariant 10).

Only reads, on any connection: the living database and a restored backup are proved alike. Repairs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from server.keys import ServerKey
from server.models.segment import Chain, Segment, WithheldOperation
from server.queries.log import segment_known
from server.receipt_ids import issued_at
from sync import operations as ops
from sync.chain import SUITES
from sync.segments import SegmentDamagedError, check_segment
from sync.wire import START, Mark


@dataclass(frozen=True)
class Fault:
    """Something that does not hold: a stable code, where, and from which operation on."""

    code: str
    chain: str
    seq: int = 0

    def __str__(self) -> str:
        return f"{self.code}: chain {self.chain}, operation {self.seq}"


@dataclass
class Proof:
    """What was proved, and how far each chain was found whole (`heads`)."""

    chains: int = 0
    segments: int = 0
    operations: int = 0
    #: Anchors named in operations that are no receipts of this server's present key.
    foreign_anchors: int = 0
    heads: dict[str, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def prove_log(connection: Connection, key: ServerKey | None = None) -> Proof:
    """Prove every chain and what is withheld. Receipts are proved where the server's `key` is given."""
    with Session(connection) as session:
        prover = _Prover(session, key)
        for chain in session.scalars(select(Chain).order_by(Chain.id)).all():
            prover.prove_chain(chain)
        prover.prove_withheld()
        return prover.proof


class _Prover:
    """One walk through the log."""

    def __init__(self, session: Session, key: ServerKey | None) -> None:
        self.session = session
        self.key = key
        self.proof = Proof()
        #: Operations without effect when they were stored, and what later segments said of any operation.
        self.withheld: dict[str, tuple[str, int, str, bytes]] = {}
        self.settled: dict[str, tuple[int, str]] = {}

    def prove_chain(self, chain: Chain) -> None:
        head = START
        for segment in self._segments(chain.id):
            try:
                head = self._prove_segment(chain, segment, head)
            except SegmentDamagedError as error:
                self._fault(str(error), chain.id, segment.first_seq)
                break
            self._prove_receipt(segment)
        self.proof.chains += 1
        self.proof.heads[chain.id] = head
        if head != Mark(chain.head_seq, chain.head_hash):
            self._fault("head_differs", chain.id, head.seq + 1)

    def prove_withheld(self) -> None:
        """What waits for a release is exactly what the log says has no effect, byte for byte."""
        expected = {uid: entry for uid, entry in self.withheld.items() if self._final(uid, entry[2]) in ops.WITHHELD}
        for row in self.session.scalars(select(WithheldOperation)):
            chain, seq, verdict, data = expected.pop(row.uid, (row.chain_id, row.seq, "", b""))
            if (row.verdict, row.data) != (self._final(row.uid, verdict), data):
                self._fault("withheld_differs", chain, seq)
        for chain, seq, _, _ in expected.values():
            self._fault("withheld_missing", chain, seq)

    def _segments(self, chain: str) -> Iterable[Segment]:
        self.session.expunge_all()
        return self.session.scalars(select(Segment).where(Segment.chain_id == chain).order_by(Segment.first_seq)).all()

    def _prove_segment(self, chain: Chain, segment: Segment, head: Mark) -> Mark:
        if segment.first_seq != head.seq + 1:
            raise SegmentDamagedError("chain_gap")
        stored = segment_known(segment, head.hash)
        run = check_segment(stored, chain.algorithm, chain.public_key)
        self._prove_links(chain, run, head)
        self._keep_verdicts(segment, run)
        self.proof.segments += 1
        self.proof.operations += len(run)
        return Mark(stored.last, stored.hash)

    def _prove_links(self, chain: Chain, run: list[bytes], head: Mark) -> None:
        hash_of, link = SUITES[chain.algorithm].hash_of, head
        for data in run:
            operation = _decoded(data)
            if (operation.seq, operation.prev) != (link.seq + 1, link.hash):
                raise SegmentDamagedError("chain_link")
            if operation.seq == 1:
                _prove_opening(chain, operation)
            self._prove_anchor(operation)
            link = Mark(operation.seq, hash_of(data))

    def _prove_anchor(self, operation: ops.Known | ops.Opaque) -> None:
        anchor = getattr(operation, "anchor", None)
        if self.key is not None and anchor and issued_at(self.key, anchor) is None:
            self.proof.foreign_anchors += 1

    def _prove_receipt(self, segment: Segment) -> None:
        if self.key is None:
            return
        issued = issued_at(self.key, segment.receipt_id)
        if issued is None or abs((issued - segment.received_at).total_seconds()) >= 0.001:
            self._fault("receipt_foreign", segment.chain_id, segment.first_seq)

    def _keep_verdicts(self, segment: Segment, run: list[bytes]) -> None:
        for seq, verdict in (segment.verdicts or {}).items():
            if verdict in ops.WITHHELD:
                data = run[int(seq) - segment.first_seq]
                self.withheld[_decoded(data).uid] = segment.chain_id, int(seq), verdict, data
        for uid, verdict in (segment.settled or {}).items():
            if segment.id > self.settled.get(uid, (0, ""))[0]:
                self.settled[uid] = segment.id, verdict

    def _final(self, uid: str, stored: str) -> str:
        return self.settled.get(uid, (0, stored))[1]

    def _fault(self, code: str, chain: str, seq: int) -> None:
        self.proof.faults.append(Fault(code, chain, seq))


def _decoded(data: bytes) -> ops.Known | ops.Opaque:
    try:
        return ops.decode(data)
    except ops.MalformedOperationError as error:
        raise SegmentDamagedError("operation_malformed") from error


def _prove_opening(chain: Chain, opening: ops.Known | ops.Opaque) -> None:
    """Seq 1 binds the whole chain to a person, a device and a key."""
    if not isinstance(opening, ops.ChainOpen):
        raise SegmentDamagedError("chain_unopened")
    said = opening.body
    known = (chain.id, chain.user_id, chain.algorithm, chain.public_key)
    if (said.chain, said.person, said.alg, said.key) != known:
        raise SegmentDamagedError("chain_opening")
    if chain.device_id is not None and said.device != chain.device_id:
        raise SegmentDamagedError("chain_opening")
