"""What all tests share."""

from collections.abc import Iterator

import pytest

from tests.fakes.server import Loopback


@pytest.fixture(scope="session")
def loopback() -> Iterator[Loopback]:
    """One server on loopback that shows any fake provider."""
    with Loopback().serving() as server:
        yield server
