"""A bundle on the server's side: a file of chains becomes requests like any other (SPEC, part BU)."""

import msgspec

from sync import wire
from sync.known import Prepared
from sync.prepare import RequestError, inflate, prepare_batch

BUNDLE_COMPRESSED_MAX = 16 * 1024 * 1024
BUNDLE_INFLATED_MAX = 64 * 1024 * 1024


def prepare_bundle(body: bytes, carrier: str) -> list[Prepared]:
    """One request per run, to be planned one after another; raises RequestError.

    `carrier`: the device that hands it in. The cursor is empty: a bundle pulls nothing.
    """
    if len(body) > BUNDLE_COMPRESSED_MAX:
        raise RequestError("too_large", "bundle")
    try:
        bundle = wire.bundle_decoder.decode(inflate(body, BUNDLE_INFLATED_MAX))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise RequestError("bad_request", str(error)) from error
    return [_request(run, bundle, carrier) for run in bundle.chains]


def _request(run: wire.ChainBatch, bundle: wire.Bundle, carrier: str) -> Prepared:
    exchange = wire.Exchange(wire.PROTOCOL, "bundle-" + run.chain, carrier, wire.Clock(bundle.made_at, 0, ""), [run])
    return Prepared(exchange, (prepare_batch(run),))
