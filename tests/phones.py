"""A phone's side of enrolment, as small as can be: a key and what it signs."""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from sync import chain, enrolment


@dataclass
class PhoneKey:
    """The key that a phone makes for itself."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public(self) -> str:
        return chain.public_key(self.private)

    @property
    def device(self) -> str:
        return enrolment.device_id(self.public)

    def ask(self, code: str, /, **but: str) -> enrolment.Enrolment:
        """The request that enrols this phone with `code`."""
        fields = {
            "code": code,
            "alg": "ES256",
            "key": self.public,
            "proof": chain.sign(self.private, enrolment.enrolment_statement(code, self.public)),
            "label": "一号手机",
        }
        return enrolment.Enrolment(**(fields | but))

    def ask_renewal(self, secret: str) -> enrolment.Renewal:
        """The request that renews this phone's tokens with a refresh token or a challenge."""
        proof = chain.sign(self.private, enrolment.renewal_statement(self.device, secret))
        return enrolment.Renewal(device=self.device, secret=secret, proof=proof)


def fingerprint(key: str) -> str:
    """What a QR picture carries of a server's public key."""
    return chain.b64(hashlib.sha256(base64.urlsafe_b64decode(key + "==")).digest())
