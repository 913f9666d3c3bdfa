"""What the container image redistributes is listed with its licence."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTICE = (ROOT / "deploy" / "THIRD_PARTY.md").read_text("utf-8")
LISTED = dict(re.findall(r"^\| ([a-z0-9.-]+) \| (.+) \|$", NOTICE, re.MULTILINE))
# what opens a file, a video, or an address in OpenCV
READERS = re.compile(
    r"cv2\.(?:VideoCapture|VideoWriter|im(?:read|write)|FileStorage|samples)"
)


def names(file: str) -> list[str]:
    text = (ROOT / "requirements" / file).read_text("utf-8")
    found = re.findall(r"^([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    return sorted({name.lower().replace("_", "-") for name in found if name[0] != "-"})


@pytest.mark.parametrize("file", ["run.txt", "team.txt", "run.in", "team.in"])
def test_every_dependency_of_the_image_is_listed(file: str) -> None:
    assert [name for name in names(file) if name not in LISTED] == []


def test_no_licence_is_unknown_or_forbids_redistribution() -> None:
    for name, licence in LISTED.items():
        assert licence.strip("? "), name
        assert "AGPL" not in licence, name
        if re.search(r"\bGPL", licence):
            assert "used under" in licence, name


def test_opencv_opens_no_file_video_or_address() -> None:
    sources = [
        path
        for room in ("triptych", "connectors", "flows")
        for path in (ROOT / room).rglob("*.py")
    ]
    assert len(sources) > 100
    assert [path for path in sources if READERS.search(path.read_text("utf-8"))] == []
