"""`python -m flows.health`: says by its exit code whether this container does its work.

What process 1 was started as decides the question: an API server must answer, a worker
must have told its pool lately; anything else is healthy while it runs.
"""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 4.0
SERVER = "http://127.0.0.1:4200/api/health"


def is_healthy(command: str, address: str = SERVER) -> bool:
    """Return whether the process of `command` is healthy."""
    if "server start" in command:
        return _answers(address)
    if "worker start" in command:
        return _answers(f"{os.environ.get('PREFECT_API_URL', '')}/health")
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def main() -> int:
    """Return the exit code: 0 healthy, 1 not."""
    command = Path("/proc/1/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return 0 if is_healthy(command) else 1


if __name__ == "__main__":
    sys.exit(main())
