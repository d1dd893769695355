"""The county in memory behind a port, for phones written in another language: `python -m tests.sync.served_county`.

Says its port first. `POST /control` plays the office and the weather: what is said there happens to the next requests.
"""

import gzip
import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from sync import enrolment, feed, receipts, wire
from sync.prepare import RequestError
from tests.sync.county import SERVER_KEY, SERVER_NAME, County

PEOPLE = ("p1", "p2", "p3", "p4", "p5")
TEAM = "team:team"


class Served(County):
    """Adds the team's stream, photos' bytes, and replies that are not the county's."""

    def __init__(self) -> None:
        super().__init__()
        self.confirmed = True
        self.backup: Any = None
        self.parts: dict[str, bytearray] = {}
        self.instead: list[dict[str, Any]] = []
        self.asked: list[str] = []
        #: The phone that enrolled last carries files.
        self.newest = ""
        #: The members' rows; visits come after them.
        self.store.heads[TEAM] = len(PEOPLE)

    def streams_of(self, device):
        team = {TEAM: feed.StreamHead(self.store.heads[TEAM])}
        return (super().streams_of(device) | team) if self.confirmed else {}

    def rows(self, stream, after, own):
        if stream != TEAM:
            return super().rows(stream, after, own)
        facts = [{"person": p, "name": f"组员{p}", "role": "leader" if p == "p1" else "member"} for p in PEOPLE]
        rows = [wire.Row(n, f"member/m{n}", msgspec.Raw(json.dumps(f).encode())) for n, f in enumerate(facts, 1)]
        rows += sorted(map(self._visit_row, self.store.visit_rows.items()), key=lambda row: row.seq)
        return [row for row in rows if row.seq > after]

    def _visit_row(self, told: tuple[str, int]) -> wire.Row:
        """A visit as the team is told of it (VS-9)."""
        known = self.store.visits[told[0]]
        facts = msgspec.to_builtins(known.identity) | {"status": known.status}
        return wire.Row(told[1], f"visit/{told[0]}", msgspec.Raw(json.dumps(facts).encode()))

    def pulled(self, answer, wanted, own):
        return answer if not self.confirmed else super().pulled(answer, wanted, own)

    def bundled(self, body, carrier):
        """Take a file, and sign for it as the county does."""
        found = msgspec.json.decode(gzip.decompress(body), type=wire.Bundle)
        plans = self.hand_in(body, carrier)
        answers = [part for plan in plans for part in plan.answers]
        nonce = f"bundle-{found.chains[0].chain}" if found.chains else ""
        answer = wire.Answer(1, nonce, carrier, self.epoch, self.now, chains=answers)
        return msgspec.json.encode(receipts.seal(answer, f"r{self.receipts}", SERVER_NAME, SERVER_KEY))

    def control(self, said: dict[str, Any]) -> Any:
        """One thing that happens to the county; answers what was asked about it."""
        deeds: dict[str, Callable[[], Any]] = {
            "back_up": self._keep_copy,
            "restore": lambda: self.restore(self.backup),
            "revoke": lambda: self.revoked.add(said["who"]),
            "confirm": lambda: setattr(self, "confirmed", said["is"]),
            "instead": lambda: self.instead.extend(said["replies"]),
            "told": self.told,
        }
        return deeds[said["do"]]() or {}

    def _keep_copy(self) -> None:
        self.backup = self.back_up()

    def told(self) -> dict[str, Any]:
        visits = {
            visit: {
                key: [[h.uid, h.stamp.person, json.loads(h.value or b"null")] for h in register.heads()]
                for key, register in self.sheet(visit).registers.items()
            }
            for visit in self.store.visits
        }
        chains = {c: k.head.seq for c, k in self.store.chains.items()}
        photos = {digest: len(part) for digest, part in self.parts.items()}
        refused = [r.reason if hasattr(r, "reason") else "" for r in self.store.refused]
        return {"visits": visits, "chains": chains, "photos": photos, "refused": refused, "asked": self.asked}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    county = Served()
    #: The next answer is lost on its way, after everything was stored.
    loses = False

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            self._say(200, json.dumps(self.county.control(json.loads(body))).encode())
        elif not self._instead():
            try:
                self._say(*self._post(body))
            except RequestError as error:
                self._problem(413 if error.code == "too_large" else 400, error.code)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        if self.path == "/api/v1/enrolment":
            asked = msgspec.json.decode(body, type=enrolment.Enrolment)
            self.county.newest = enrolment.device_id(asked.key)
            return 201, msgspec.json.encode(self.county.enrol(asked))
        if self.path == "/api/v1/enrolment/tokens":
            return 200, msgspec.json.encode(enrolment.Tokens("a2", 900, "r2", 86400))
        if self.path == "/api/v1/sync/bundle":
            return 200, self.county.bundled(body, self.county.newest)
        return 200, self.county.exchange_bytes(body)

    def do_GET(self) -> None:
        if not self._instead():
            self._problem(404, "not_found")

    def do_HEAD(self) -> None:
        if not self._instead():
            self._part()

    def do_PATCH(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        part = self.county.parts.setdefault(self.path.rpartition("/")[2], bytearray())
        if self._instead():
            return
        if int(self.headers["Upload-Offset"]) == len(part):
            part += body
            self._part()
        else:
            self._problem(409, "photo_offset")

    def _part(self) -> None:
        digest = self.path.rpartition("/")[2]
        if digest not in self.county.wanted_photos():
            self._problem(404, "not_found")
            return
        self._say(204, b"", {"Upload-Offset": str(len(self.county.parts.get(digest, b"")))})

    def _instead(self) -> bool:
        self.county.asked.append(f"{self.command} {self.path}")
        wanted = self.county.instead
        if not wanted or not self.path.startswith(wanted[0].get("path", "/")):
            return False
        reply = wanted.pop(0)
        if reply.get("lose"):
            self.loses = True
            return False
        if reply.get("cut"):
            self._hang_up()
            return True
        self._say(reply["status"], reply.get("body", "").encode(), reply.get("headers", {}))
        return True

    def _problem(self, status: int, code: str) -> None:
        body = json.dumps({"code": code}).encode()
        self._say(status, body, {"Content-Type": "application/problem+json"})

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        if self.loses:
            self.loses = False
            self._hang_up()
            return
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    # Whoever started this holds its input open; when they are gone, so is this.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
