import pytest

from flows.titles import is_generated


@pytest.mark.parametrize(
    "name",
    [
        "towering-gecko",
        "classic-crayfish",
        "wooden-puffin",
        "Rustic-Cozonac",
        "Tasty-Papanași cu brânză de vacă și afine",
    ],
)
def test_a_generated_name_is_recognized(name: str) -> None:
    assert is_generated(name)


@pytest.mark.parametrize("name", ["autumn-box", "gated · offer=1", "Monday", "a-b-c", ""])
def test_a_typed_name_is_kept(name: str) -> None:
    assert not is_generated(name)


def test_every_generated_name_is_recognized() -> None:
    from prefect.utilities.names import generate_slug

    names = [generate_slug(2) for _ in range(2000)]
    assert [name for name in names if not is_generated(name)] == []
