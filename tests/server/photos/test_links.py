"""Links that are cut and links that fall silent, on a real web server: what came is kept, what is sent is of use."""

import socket
import time

import pytest

from bench.links import CutLink
from bench.photos import USEFUL, ask, bring, patch
from tests.media.pictures import padded
from tests.server.photos.scene import photo
from tests.server.photos.wire import wired

PHOTOS = 40


@pytest.fixture(scope="module")
def wire(tmp_path_factory):
    with wired(tmp_path_factory.mktemp("links")) as made, made.serving():
        yield made


@pytest.mark.parametrize("cut_every", [600_000, 997_001])
def test_ph_9_of_a_link_cut_every_20_seconds_nearly_every_byte_is_of_use(wire, cut_every):
    """30 and 50 kB/s over 20 s; photos as large as phones take them."""
    photos = [padded(photo(300), 250_000 + cut_every % 7919 + number) for number in range(PHOTOS)]
    for data in photos:
        wire.phone.declare_later(data)
    wire.phone.tell()
    with CutLink(wire.config.port, cut_every) as link:
        for data in photos:
            bring(link.port, wire.token, data)
    assert link.cuts >= PHOTOS * 250_000 // cut_every - 1
    assert sum(map(len, photos)) / link.sent >= USEFUL


def test_ph_10_a_phone_that_comes_back_takes_over_from_its_own_silent_link(wire):
    data = padded(photo(360), 300_000)
    digest = wire.phone.declare(data)
    with socket.create_connection(("127.0.0.1", wire.config.port)) as silent:
        silent.sendall(wire.head(digest, 0, len(data)) + data[:100_000])
        time.sleep(0.5)
        began = time.monotonic()
        offset = wire.offset(digest)
        assert offset == 100_000
        with socket.create_connection(("127.0.0.1", wire.config.port), 10) as link:
            status, _ = ask(link, patch(wire.token, data, offset))
        assert (status, time.monotonic() - began < 4) == (204, True)
        assert b"upload-offset: 100000" in silent.recv(4096).lower()
    assert wire.offset(digest) == len(data)
