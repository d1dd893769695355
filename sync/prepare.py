"""Everything about a request that needs no database, before the transaction begins (SPEC, part EX).

Inflates within bounds, decodes, hashes, checks links and signatures. What is wrong with a whole
request is a RequestError; what is wrong with one chain's run is that batch's `error`.
"""

import zlib
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from sync import wire
from sync.chain import SUITES, verify
from sync.known import Batch, Prepared
from sync.operations import ChainOpen, MalformedOperationError, decode


class RequestError(ValueError):
    """The request is not one: `code` is too_large, bad_encoding or bad_request (EX-3)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


def inflate(body: bytes, limit: int = wire.INFLATED_MAX) -> bytes:
    """Gunzip within `limit` bytes; raises RequestError on a bomb, a cut or trailing bytes."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise RequestError("bad_encoding", str(error)) from error
    if len(data) > limit:
        raise RequestError("too_large", "inflated")
    if not inflater.eof or inflater.unused_data:
        raise RequestError("bad_encoding", "truncated or trailing bytes")
    return data


def prepare(body: bytes, *, gzipped: bool = True) -> Prepared:
    """Decode a request from its bytes; raises RequestError. Signatures are not yet checked."""
    if len(body) > (wire.COMPRESSED_MAX if gzipped else wire.INFLATED_MAX):
        raise RequestError("too_large", "compressed" if gzipped else "body")
    data = inflate(body) if gzipped else body
    try:
        exchange = wire.exchange_decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise RequestError("bad_request", str(error)) from error
    if sum(len(batch.operations) for batch in exchange.chains) > wire.OPERATIONS_MAX:
        raise RequestError("too_large", "operations")
    if len({batch.chain for batch in exchange.chains}) != len(exchange.chains):
        raise RequestError("bad_request", "a chain twice")
    return Prepared(exchange, tuple(prepare_batch(batch) for batch in exchange.chains))


def prepare_batch(batch: wire.ChainBatch, alg: str = "ES256") -> Batch:
    """Parse, hash and link one run. Its `error` is `malformed` if it is no contiguous run (CH-3)."""
    data = tuple([text.encode("utf-8", "surrogatepass") for text in batch.operations])
    try:
        operations = tuple([decode(item) for item in data])
    except MalformedOperationError:
        return Batch(batch.chain, data, (), (), batch.signature, "malformed")
    first = operations[0] if operations else None
    if isinstance(first, ChainOpen) and first.body.alg in SUITES:
        alg = first.body.alg
    hashes = tuple(map(SUITES[alg].hash_of, data))
    prepared = Batch(batch.chain, data, operations, hashes, batch.signature)
    return prepared if _linked(prepared) else replace(prepared, error="malformed")


def _linked(batch: Batch) -> bool:
    """Seqs without hole, each `prev` the hash before, an opening at seq 1 and only there (CH-2)."""
    operations = batch.operations
    for i in range(1, len(operations)):
        operation = operations[i]
        if operation.prev != batch.hashes[i - 1] or operation.seq != operations[i - 1].seq + 1:
            return False
        if type(operation) is ChainOpen:
            return False
    return not operations or _begins_well(batch)


def _begins_well(batch: Batch) -> bool:
    first = batch.operations[0]
    if first.seq > 1:
        return type(first) is not ChainOpen and len(first.prev) == 43
    return type(first) is ChainOpen and first.prev == "" and first.body.chain == batch.chain


def check_signatures(request: Prepared, keys: Mapping[str, tuple[str, str]]) -> Prepared:
    """Verify each run's last signature (CH-4). `keys`: chain -> (alg, key) of the chains on record.

    A chain not on record is checked with the key of its own opening, if the run holds it. If not, it is a `gap`,
    even if the chain turns up before the plan is made: nothing is appended whose signature was not checked.
    """
    return Prepared(request.exchange, tuple(_checked(b, keys.get(b.chain)) for b in request.batches))


def _checked(batch: Batch, key: tuple[str, str] | None) -> Batch:
    if batch.error or not batch.operations:
        return batch
    first = batch.operations[0]
    if key is None and isinstance(first, ChainOpen):
        key = first.body.alg, first.body.key
    if key is None:
        return replace(batch, error="gap")
    if verify(*key, batch.data[-1], batch.signature):
        return batch
    return replace(batch, error="signature")
