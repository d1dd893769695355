"""The child of a process that has decoded nothing yet reads every format that is accepted."""

import json
import subprocess
import sys

import pytest

from tests.guards.tree import ROOT
from tests.media.pictures import HEIC, encoded, scene

DECODE = """
import json, sys
from datetime import UTC
from server.decoding_child import develop_in_child
found = develop_in_child(sys.stdin.buffer.read(), UTC)
print(json.dumps(found.refusal and str(found.refusal)))
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_a_fresh_childs_first_photo_is_decoded(kind):
    data = HEIC if kind == "HEIC" else encoded(scene(1), kind)
    done = subprocess.run([sys.executable, "-c", DECODE], cwd=ROOT, input=data, capture_output=True, check=True)
    assert json.loads(done.stdout) is None
