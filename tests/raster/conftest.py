import pytest

from triptych.raster.engines import VARIABLE


@pytest.fixture(params=["installed", "pillow"])
def either_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with the fast libraries, and again with Pillow alone."""
    if request.param == "pillow":
        monkeypatch.setenv(VARIABLE, "pillow")
    return str(request.param)
