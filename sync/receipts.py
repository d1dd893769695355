"""The server's signature over what it acknowledged (SPEC, part RC).

The statement is plain text with one fact a line, so that a phone rebuilds it without canonical JSON.
"""

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from sync.chain import sign, verify
from sync.wire import Answer, Receipt


def statement(answer: Answer, receipt: str) -> bytes:
    """The exact bytes that a receipt signs (RC-1): who, which request, when, and every chain's marks."""
    lines = [
        "qianshao-receipt-1",
        receipt,
        answer.device,
        answer.nonce,
        answer.epoch,
        str(answer.time),
    ]
    for chain in answer.chains:
        marks = (chain.ack.seq, chain.ack.hash, chain.head.seq, chain.head.hash, chain.safe)
        lines.append(" ".join([chain.chain, *map(str, marks), chain.error or "-"]))
    lines += [f"{page.stream} {page.after} {page.upto}" for page in answer.pages]
    return "\n".join(lines).encode()


def seal(answer: Answer, receipt: str, key: str, private: ec.EllipticCurvePrivateKey) -> Answer:
    """The answer with its receipt. `key` is the server key's name, by which phones know it."""
    signature = sign(private, statement(answer, receipt))
    return replace(answer, receipt=Receipt(receipt, key, "ES256", signature))


def holds(answer: Answer, nonce: str, device: str, keys: dict[str, str]) -> bool:
    """True if this is the server's answer to that request of that device (EX-9).

    `keys`: server key name -> base64url SubjectPublicKeyInfo, learned at enrolment.
    """
    receipt = answer.receipt
    if receipt is None or answer.nonce != nonce or answer.device != device:
        return False
    public = keys.get(receipt.key)
    if public is None:
        return False
    return verify(receipt.alg, public, statement(answer, receipt.id), receipt.signature)
