"""How a phone becomes a device of the county (SPEC, part EN)."""

from sync import enrolment
from sync.chain import fingerprint_of, verify
from sync.phone.desk import Desk
from sync.phone.pen import CannotWrite

DEVICE = "device"


def install(desk: Desk) -> None:
    """First start: the phone's own key, whose hash is its id (EN-3)."""
    desk.state.device_key = desk.keys.create(DEVICE)
    desk.state.device = enrolment.device_id(desk.state.device_key)


def begin(desk: Desk, fragment: str, label: str, app: str) -> enrolment.Enrolment:
    """The request that presents a code; raises ValueError where the picture is no code."""
    code, desk.state.expects = enrolment.read_fragment(fragment)
    key = desk.state.device_key
    proof = _signed(desk, enrolment.enrolment_statement(code, key))
    return enrolment.Enrolment(code, "ES256", key, proof, label, app)


def finish(desk: Desk, answer: enrolment.Enrolled) -> str:
    """Keep the county's key (EN-4); returns the six digits. Raises CannotWrite where it is another's."""
    state = desk.state
    fingerprint = fingerprint_of(answer.server_key)
    said = enrolment.enrolled_statement(state.device_key, answer)
    genuine = verify(answer.server_alg, answer.server_key, said, answer.signature)
    if fingerprint != state.expects or not genuine or answer.device != state.device:
        raise CannotWrite("not_the_county")
    state.server_keys[fingerprint] = answer.server_key
    state.epoch = state.epoch or answer.epoch
    return enrolment.check_code(answer.nonce, state.device_key)


def _signed(desk: Desk, data: bytes) -> str:
    signature = desk.keys.sign(DEVICE, data)
    if signature is None:
        raise CannotWrite("no_key")
    return signature
