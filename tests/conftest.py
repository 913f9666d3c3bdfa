"""What all tests share."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.server import Loopback

# a shell's job in the background ignores Ctrl-C, and so would every process we start
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ.setdefault("TRIPTYCH_WARM", "no")  # a test that starts processes asks for them
# logos that tests accept are not kept in the home of whoever runs them
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="triptych-tests-")

if home := os.environ.get("PREFECT_HOME"):
    Path(home).mkdir(mode=0o700, parents=True, exist_ok=True)  # Prefect makes no parents

# no test is timed: the first example opens fonts and models, and machines are busy
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def loopback() -> Iterator[Loopback]:
    """One server on loopback that shows any fake provider."""
    with Loopback().serving() as server:
        yield server
