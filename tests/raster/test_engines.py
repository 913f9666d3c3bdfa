import pytest

from triptych.raster import engine, engines
from triptych.raster.engines import FAST, VARIABLE


def test_each_fast_library_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "pillow")
    assert [name for name in FAST if engine(name) is not None] == []
    assert not any(engines().values())


def test_it_says_what_is_in_use() -> None:
    assert set(engines()) == {
        "cykooz_resizer",
        "cv2",
        "simplejpeg",
        "pyvips",
        "isal",
        "deflate",
    }
