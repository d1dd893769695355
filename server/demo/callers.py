"""Who talks to the demo's server over real HTTP: a person at the console, and phones whose connection may be cut."""

import http.client
import json
import random
import select
import socket
import struct
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import msgspec
import pyotp

from server.demo.people import SignIn
from sync.enrolment import Enrolled
from sync.phone.phone import Phone

_TIMEOUT_S = 30
_RESET = struct.pack("ii", 1, 0)


class Refused(Exception):
    """The server answered with another status than the one that the story needs."""


@dataclass
class Console:
    """Somebody signed in at the console."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, one: SignIn) -> None:
        """Open a session; the cookie and the token that proves our own page are kept."""
        given = {"login": one.login, "password": one.password}
        if one.seed is not None:
            given["code"] = pyotp.TOTP(one.seed).now()
        answer = _ask(self.port, "POST", "/api/v1/session", json.dumps(given).encode())
        cookies = SimpleCookie(answer.headers["Set-Cookie"])
        self.headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        self.headers["X-CSRF-Token"] = json.loads(answer.body)["csrf_token"]

    def get(self, path: str) -> Any:
        """Read a resource."""
        return json.loads(_ask(self.port, "GET", f"/api/v1{path}", headers=self.headers).body)

    def post(self, path: str, content: Any = None) -> Any:
        """Do something."""
        body = b"" if content is None else json.dumps(content).encode()
        return json.loads(_ask(self.port, "POST", f"/api/v1{path}", body, self.headers).body)


@dataclass
class Line:
    """A phone's connection to the server."""

    port: int
    phone: Phone
    token: str = ""
    sent: int = 0
    cut: int = 0

    def enrol(self, address: str, label: str) -> tuple[str, str]:
        """Scan a code; (device, the six digits to show)."""
        request = self.phone.begin_enrolment(address.partition("#")[2], label)
        body = msgspec.json.encode(request)
        answer = msgspec.json.decode(_ask(self.port, "POST", "/api/v1/enrolment", body).body, type=Enrolled)
        self.token = answer.tokens.access
        return answer.device, self.phone.finish_enrolment(answer)

    def exchange(self, *, twice: bool = False) -> bool:
        """One round trip; `twice`: the same bytes arrive two times. Whether more is to be sent or pulled."""
        body = self.phone.request_bytes()
        for _ in range(1 + twice):
            answer = _ask(self.port, "POST", "/api/v1/sync/exchange", body, self._headers(body)).body
            self.sent += 1
        if not self.phone.receive(answer):
            raise Refused("the phone does not believe the answer")
        quiet = all(chain.acked == chain.last or chain.closed for chain in self.phone.state.chains)
        return not quiet or b'"more":true' in answer

    def lose_connection(self, dice: random.Random, *, in_body: bool) -> None:
        """Send the next request and lose the connection: in the middle of its body, or when all of it is sent and the
        answer never arrives. The phone learns nothing; the server may or may not have stored.
        """
        body = self.phone.request_bytes()
        head = "\r\n".join(
            ["POST /api/v1/sync/exchange HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
            + [f"{name}: {value}" for name, value in self._headers(body).items()]
        )
        upto = dice.randrange(1, len(body)) if in_body else len(body)
        with socket.create_connection(("127.0.0.1", self.port), _TIMEOUT_S) as line:
            line.sendall(head.encode() + b"\r\n\r\n" + body[:upto])
            if not in_body:
                # The answer is on its way, so the server has stored what it was sent.
                select.select([line], [], [], _TIMEOUT_S)
            # A reset, as when the phone goes behind the air door: no goodbye.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.cut += 1

    def _headers(self, body: bytes) -> dict[str, str]:
        gzipped = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | gzipped


@dataclass(frozen=True)
class _Answer:
    headers: http.client.HTTPMessage
    body: bytes


def _ask(port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> _Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} | (headers or {}))
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise Refused(f"{method} {path}: {answer.status} {content.decode(errors='replace')[:400]}")
    return _Answer(answer.headers, content)
