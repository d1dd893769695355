"""Another phone's chains, handed in as a file (SPEC, part BU): the rescue path for a phone that cannot connect.

Each run is planned and stored like an exchange that pulls nothing. Whoever carries the file vouches for nothing in it.
"""

from dataclasses import replace

from sqlalchemy import select

from server.db import db, transaction
from server.keys import ServerKey
from server.models.segment import Chain
from server.models.user import User
from server.services import chain_keys, epochs
from server.services.device_tokens import DeviceSession
from server.services.exchange import Moment, Now, append
from sync import receipts, wire
from sync.known import Batch, Prepared
from sync.operations import ChainOpen
from sync.prepare import check_signatures

#: What a receipt says in place of a phone's id.
CONSOLE = "console"


def console_session(county: str) -> DeviceSession:
    """The console as a carrier: no phone, so it vouches for no chain."""
    return DeviceSession(CONSOLE, county, team="", confirmed=True, revoked=False, first_use=False)


def hand_in(runs: list[Prepared], carrier: DeviceSession, now: Now, key: ServerKey) -> wire.Answer:
    """Store every run, one transaction each; handing the same file in twice is harmless.

    The answer tells, per run in the file's order, how its chain stands.
    """
    epoch = epochs.current()
    chains = [answer for run in runs for answer in _store(run, carrier, Moment(now, epoch))]
    answer = wire.Answer(
        protocol=wire.PROTOCOL,
        nonce=runs[0].exchange.nonce if runs else "",
        device=carrier.device,
        epoch=epoch,
        time=now.milliseconds,
        chains=chains,
    )
    return receipts.seal(answer, now.receipt, key.fingerprint, key.private)


def _store(run: Prepared, carrier: DeviceSession, moment: Moment) -> tuple[wire.ChainAnswer, ...]:
    request = check_signatures(run, chain_keys.keys_of(moment.epoch, [batch.chain for batch in run.batches]))
    county = _county_of(request.batches[0]) or carrier.county
    with transaction() as tx:
        return append(tx, request, replace(carrier, county=county), moment).plan.answers


def _county_of(batch: Batch) -> str | None:
    """The county of whoever wrote the run: a visit belongs there, whoever carried it."""
    first = batch.operations[0] if batch.operations else None
    if isinstance(first, ChainOpen):
        return db.session.scalar(select(User.county_id).where(User.id == first.body.person))
    return db.session.scalar(
        select(User.county_id).join(Chain, Chain.user_id == User.id).where(Chain.id == batch.chain)
    )
