"""Run by a test in a process of its own: develops the hostile corpus under the child's limits.

Prints one JSON line a file, then the highest resident set in bytes.
"""

import json
import resource
import sys
import time
from datetime import UTC

from media.decoding import CHILD_MEMORY_BYTES
from media.development import develop
from media.refusals import Refusal
from tests.media.hostile import KEPT, corpus


def main():
    files = corpus()
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES))
    for file in files:
        started = time.process_time()
        result = develop(file.data, UTC)
        outcome = result.code if isinstance(result, Refusal) else KEPT
        line = {"name": file.name, "outcome": outcome, "seconds": time.process_time() - started}
        sys.stdout.write(json.dumps(line) + "\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"peak": peak}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
