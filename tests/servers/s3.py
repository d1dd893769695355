"""An S3 of the test run's own, on loopback. It checks no signatures."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer


@contextmanager
def s3() -> Iterator[str]:
    """Run an S3 as long as the block lasts; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str, name: str) -> dict[str, str]:
    """Make a bucket; gives the settings with which media is kept in it."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT")).close()
    return {
        "QIANSHAO_MEDIA_URL": f"s3://{name}/media",
        "QIANSHAO_S3_ENDPOINT": endpoint,
        "QIANSHAO_S3_ACCESS_KEY": "a",
        "QIANSHAO_S3_SECRET_KEY": "b",
    }
