"""The clients of tus as shipped, links that are cut, and the order of system calls, on a real web server."""

import re
import socket
import struct
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from media.digest import storage_key
from tests.server.photos.scene import photo
from tests.server.photos.wire import wired

CLIENTS = Path(__file__).parent / "clients"


@pytest.fixture(scope="module")
def wire(tmp_path_factory):
    with wired(tmp_path_factory.mktemp("clients")) as made, made.serving():
        yield made


def stored(wire, digest: str) -> bytes:
    return (wire.config.data_dir / "media" / storage_key(digest)).read_bytes()


def uploader(wire, digest: str, data: bytes, **options):
    client = TusClient(wire.url, headers={"Authorization": f"Bearer {wire.token}"})
    return client.uploader(file_stream=BytesIO(data), url=f"{wire.url}/{digest}", **options)


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_uploads_stops_and_resumes(wire, checksum):
    data = photo(40 + checksum)
    digest = wire.phone.declare(data)
    first = uploader(wire, digest, data, chunk_size=4096, upload_checksum=checksum)
    first.upload_chunk()
    first.upload_chunk()

    second = uploader(wire, digest, data, chunk_size=4096, upload_checksum=checksum)
    assert second.offset == 8192
    second.upload()

    assert stored(wire, digest) == data


def test_tuspy_is_told_that_its_bytes_are_another_photo(wire):
    data = photo(42)
    digest = wire.phone.declare(data)
    with pytest.raises(TusUploadFailed) as failed:
        uploader(wire, digest, data[:-1] + b"?").upload()
    assert failed.value.status_code == 460
    assert wire.offset(digest) == 0


@pytest.mark.parametrize("stop", [(), ("16384",)])
def test_tus_js_client_uploads_aborts_and_resumes(wire, tmp_path, stop):
    assert (CLIENTS / "node_modules").is_dir(), "make setup brings the client"
    data = photo(43 + len(stop))
    digest = wire.phone.declare(data)
    (tmp_path / "photo.jpg").write_bytes(data)
    node = Path(sys.executable).with_name("node")
    told = [f"{wire.url}/{digest}", wire.token, tmp_path / "photo.jpg", "8192", *stop]

    done = subprocess.run(
        [node, "upload.mjs", *told], cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "whole"
    assert stored(wire, digest) == data


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_ph_5_the_bytes_of_a_request_that_was_cut_are_kept(wire, reset):
    data = photo(46 + reset)
    digest, at = wire.phone.declare(data), 0
    for cut in (1, 1000, 20_000):
        with socket.create_connection(("127.0.0.1", wire.config.port)) as link:
            link.sendall(wire.head(digest, at, len(data) - at) + data[at : at + cut])
            # Time for the bytes to be read: a reset throws away what waits in the kernel.
            time.sleep(0.5)
            if reset:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        at += cut
        assert _soon(wire, digest, at) == at
    uploader(wire, digest, data).upload()
    assert stored(wire, digest) == data


def _soon(wire, digest: str, wanted: int) -> int:
    """The offset, once it is what is wanted or the server has had its time to notice the cut."""
    until = time.monotonic() + 10
    while (offset := wire.offset(digest)) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    # The request that was cut lets go a moment after its bytes are there.
    time.sleep(0.2)
    return offset


TRACED = "openat,fsync,fdatasync,rename,renameat,renameat2,pwrite64,write,sendto,sendmsg"
CALL = re.compile(r"^(?:\[pid\s+)?(\d+)\]?\s+(?:\d[\d:.]*\s+)?(\w+)\((.*)$")


def test_ph_6_nothing_is_acknowledged_before_it_is_synced(tmp_path):
    """Of each upload: sync of the bytes, rename, sync of folder and database, only then the answer."""
    uploads = 12
    with wired(tmp_path) as wire:
        photos = [photo(60 + number) for number in range(uploads)]
        digests = [wire.phone.declare(data) for data in photos]
        trace = tmp_path / "trace"
        with wire.serving("strace", "-f", "-y", "-s", "64", "-e", f"trace={TRACED}", "-o", str(trace)):
            for digest, data in zip(digests, photos, strict=True):
                half = len(data) // 2
                uploader(wire, digest, data, chunk_size=half + 1).upload()
    answered = 0
    for digest in digests:
        answered += _held_order(trace.read_text(errors="replace").splitlines(), digest)
    assert answered == uploads * 2


def _held_order(lines: list[str], digest: str) -> int:  # noqa: C901 - one walk, one state
    """Walk the trace of one photo; returns how many acknowledgements it had, each after what it promises."""
    unsynced, renamed, folder_synced, logged, answers, active = False, False, False, False, 0, False
    for line in lines:
        about = digest in line
        if about and " write(" in line and "/arriving/" in line:
            unsynced, active = True, True
        elif about and "fsync(" in line:
            unsynced = False
        elif about and "rename" in line:
            assert not unsynced, "renamed before it was synced"
            renamed = True
        elif renamed and not folder_synced and "fsync(" in line and f"/{digest[:2]}>" in line:
            folder_synced = True
        elif folder_synced and "sync(" in line and "sqlite3-wal" in line:
            logged = True
        elif active and re.search(r"send(to|msg)\(|write\(", line) and "HTTP/1.1 204" in line:
            assert not unsynced, "answered before its bytes were synced"
            if renamed:
                assert folder_synced, "answered before its folder was synced"
                assert logged, "answered before its row was synced"
            answers, active = answers + 1, False
            if renamed:
                return answers
    return answers
