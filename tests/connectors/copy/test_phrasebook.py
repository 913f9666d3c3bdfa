import pytest

from connectors.copy.phrasebook import Phrasebook
from tests.contracts.copy import CopyContract
from triptych.contracts import CopyConnector


class TestPhrasebook(CopyContract):
    @pytest.fixture
    def connector(self) -> CopyConnector:
        return Phrasebook()
