"""What is shipped: one wheel, three packages side by side, the templates inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(line, cwd=HERE, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_three_packages_sit_side_by_side_and_say_that_they_are_typed(
    names: set[str],
) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "triptych",
        "connectors",
        "flows",
    }
    for package in ("triptych", "connectors", "flows"):
        assert {f"{package}/__init__.py", f"{package}/py.typed"} <= names


def test_every_template_is_inside(names: set[str]) -> None:
    for file in (HERE / "templates").rglob("*"):
        if file.is_file():
            name = file.relative_to(HERE / "templates").as_posix()
            assert f"triptych/templates/{name}" in names


def test_nothing_else_is(names: set[str]) -> None:
    assert not [name for name in names if "test" in name.split("/")[0] or ".pyc" in name]


def test_the_wheel_works_where_there_is_no_checkout(wheel: Path, tmp_path: Path) -> None:
    """It is unpacked as an installer does, and asked for an example and its check."""
    place = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(place)
    code = (
        f"import sys; sys.path.insert(0, {str(place)!r})\n"
        "import triptych; assert triptych.__file__.startswith(sys.path[0]), triptych.__file__\n"
        "from triptych.cli import main\nmain(sys.argv[1:])"
    )
    for line in (["new", "figuera", "--into", "f"], ["check", "f/figuera.yaml"]):
        ran = subprocess.run(
            [sys.executable, "-P", "-c", code, *line],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    assert "figuera.yaml: good" in ran.stdout
