"""cutout/local keeps what every cutter promises."""

import pytest

from connectors.cutout.local import LocalCutout
from tests.contracts.cutout import CutoutContract


class TestLocalCutout(CutoutContract):
    @pytest.fixture
    def connector(self) -> LocalCutout:
        return LocalCutout.from_env({})
