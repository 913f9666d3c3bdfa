from pathlib import Path

import pytest

from triptych.errors import PictureError
from triptych.svg import drawing, verdicts

MARK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">'
    b'<path d="M0 0h4v2z" fill="#102030"/></svg>'
)
EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"/>'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(drawing, "_cache", type(drawing._cache)())
    return tmp_path / "triptych" / "logos"


def without_a_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: bytes) -> bytes:
        raise PictureError("drawn again")

    monkeypatch.setattr(drawing, "_cached", refuse)


def test_a_logo_that_was_accepted_is_not_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing.check(MARK, "logo.svg")
    without_a_renderer(monkeypatch)
    drawing.check(MARK, "logo.svg")
    with pytest.raises(PictureError, match="drawn again"):
        drawing.check(MARK + b" ", "logo.svg")


def test_a_refused_logo_is_refused_each_time(folder: Path) -> None:
    for _ in range(2):
        with pytest.raises(PictureError, match="paints nothing"):
            drawing.check(EMPTY, "logo.svg")
    assert not folder.exists()


def test_what_is_kept_can_be_read_and_written_by_its_owner_only(folder: Path) -> None:
    drawing.check(MARK, "logo.svg")
    (file,) = folder.iterdir()
    assert file.stat().st_size == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_to_is_not_believed(folder: Path) -> None:
    verdicts.accept(MARK)
    folder.chmod(0o777)
    assert not verdicts.is_accepted(MARK)


def test_other_code_or_another_renderer_draws_the_logo_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdicts.accept(MARK)
    assert verdicts.is_accepted(MARK)
    monkeypatch.setattr(verdicts, "_checker", lambda: b"other")
    assert not verdicts.is_accepted(MARK)


def test_a_cache_that_cannot_be_written_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    drawing.check(MARK, "logo.svg")
    assert not verdicts.is_accepted(MARK)
