"""Rubbish sent to the real server without a pause: its memory stays bounded, and phones are served all the while."""

import gzip
import http.client
import io
import json
import threading
from pathlib import Path

import pytest

from sync import wire
from tests.field import EXCHANGE, FIRST, pairs
from tests.holds.installation import Installation, installed
from tests.holds.rider import Rider, rides
from tests.recount import faults, stored_operations

#: Every thread of the server has had some of everything before anything is measured.
WARMING, ROUNDS, AT_ONCE = 15, 15, 8
GROWTH_KB = 24 * 1024


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with installed(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


def squeezed(size: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as writer:
        for _ in range(size >> 16):
            writer.write(b" " * 65536)
    return out.getvalue()


def rubbish(device: str) -> list[tuple[bytes, bool]]:
    """(body, whether it is sent in chunks of unknown number)."""
    request = {"protocol": 1, "nonce": "n" * 22, "device": device, "clock": {"wall": 1, "mono": 1, "session": "s"}}
    texts = json.dumps({"v": 1, "uid": "A" * 22, "seq": 1, "prev": "", "kind": "x", "body": "y" * 3000})
    full = request | {"chains": [{"chain": "A" * 22, "operations": [texts] * 200, "signature": "z"}]}
    many = {f"s{n}": n for n in range(10_000)}
    return [
        (squeezed(200 << 20), False),
        (b"\x1f\x8b" + b"x" * (3 << 20), False),
        (b"x" * (3 << 20), True),
        (gzip.compress(b"[" * (wire.INFLATED_MAX - 10)), False),
        (gzip.compress(json.dumps(full).encode()), False),
        (gzip.compress(json.dumps(request | {"cursor": {"streams": many}}).encode()), False),
        (gzip.compress(b'{"protocol":' + b"9" * (1 << 19)), False),
    ]  # fmt: skip


def resident(place: Installation) -> int:
    """Kilobytes of all the server's processes."""
    found = 0
    for pid in place.processes():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return found


def peak(place: Installation) -> int:
    """The most that any of the server's processes ever held, in kilobytes."""
    found = 0
    for pid in place.processes():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found = max(found, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return found


def throw(place: Installation, token: str, bodies: list[tuple[bytes, bool]], statuses: list[int]) -> None:
    for body, chunked in bodies:
        connection = http.client.HTTPConnection("127.0.0.1", place.config.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {token}", "Content-Encoding": "gzip", "Content-Type": "application/json"
        }  # fmt: skip
        content = (body[at : at + 65536] for at in range(0, len(body), 65536)) if chunked else body
        try:
            connection.request("POST", EXCHANGE, content, headers, encode_chunked=chunked)
            statuses.append(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            statuses.append(0)
        finally:
            connection.close()


def throw_at_once(place: Installation, token: str, bodies: list[tuple[bytes, bool]], statuses: list[int]) -> None:
    threads = [threading.Thread(target=throw, args=(place, token, bodies, statuses)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_i1_rubbish_does_not_fill_the_memory_and_nothing_is_lost(place):
    phone, other = place.phones(2)
    token = place.tokens[phone.state.device]
    bodies, statuses = rubbish(phone.state.device), []
    rider = Rider(other, place.tokens[other.state.device], place.config.port, rides(1, FIRST.digest))
    rider.start()
    throw_at_once(place, token, bodies * WARMING, [])
    before, highest = resident(place), peak(place)
    throw_at_once(place, token, bodies * ROUNDS, statuses)
    grown, risen = resident(place) - before, peak(place) - highest
    rider.stop.set()
    rider.join(60)
    assert len(statuses) == ROUNDS * AT_ONCE * len(bodies)
    assert set(statuses) <= {0, 200, 400, 413}
    assert grown < GROWTH_KB, f"{grown} kB more after {len(statuses)} pieces of rubbish, the peak rose by {risen} kB"
    assert risen < GROWTH_KB
    assert not rider.journal.strange
    with place.looking():
        assert rider.journal.acknowledged == rider.journal.attempted <= stored_operations()
        assert faults(pairs) == []
