import pytest

from connectors.sdk.providers import fal, replicate
from connectors.sdk.transport import Pace, polling


@pytest.fixture(autouse=True)
def _quick_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask loopback providers at once whether a job is done: they need no rest."""
    quick = Pace(first=0.01, grows=1.0, longest=0.01)
    for provider in (fal, replicate):
        monkeypatch.setattr(provider, "PACE", quick)
    monkeypatch.setattr(polling, "Pace", lambda: quick)  # where a provider has no own
