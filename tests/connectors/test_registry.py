from pathlib import Path

import pytest

import connectors
from connectors import BUILTIN, about, load
from triptych.contracts import KINDS
from triptych.errors import UnknownConnector

REPOSITORY = Path(connectors.__file__).parent.parent


@pytest.mark.parametrize("uses", sorted(BUILTIN))
def test_a_connector_declares_what_the_table_calls_it(uses: str) -> None:
    declared = about(uses)
    assert f"{declared.kind}/{declared.name}" == uses
    assert declared.summary.endswith(".")


@pytest.mark.parametrize("uses", sorted(BUILTIN))
def test_a_connector_has_the_verb_of_its_kind(uses: str) -> None:
    assert callable(getattr(load(uses), KINDS[about(uses).kind].verb))


@pytest.mark.parametrize("uses", sorted(BUILTIN))
def test_a_connector_has_a_page(uses: str) -> None:
    page = REPOSITORY / "docs" / "connectors" / f"{uses.replace('/', '-')}.md"
    assert page.is_file()


def test_an_unknown_connector_names_those_of_its_kind() -> None:
    with pytest.raises(
        UnknownConnector,
        match=r"'image/midjourny'; there are: image/.*image/openai, .*image/procedural",
    ):
        load("image/midjourny")


def test_the_three_packages_sit_side_by_side() -> None:
    for name in ("triptych", "connectors", "flows", "templates"):
        assert (REPOSITORY / name).is_dir()
