import pytest

from triptych.errors import ComposeError
from triptych.fonts import add, coverage, face, families, file_of


@pytest.mark.parametrize("family", families())
def test_every_family_draws_the_four_languages(family: str) -> None:
    assert coverage(family, "Größe, été, ¿año? „Zitat“ « bon » – 29 €") == ()


def test_a_weight_changes_the_width_of_a_variable_family() -> None:
    light, bold = (face("Inter", weight, 40).getlength("Figs") for weight in (300, 800))
    assert bold > light * 1.05


def test_the_default_instance_is_never_used_unset() -> None:
    """Fraunces's own default is Black; 600 must be narrower than 900."""
    assert face("Fraunces", 600, 40).getlength("Figs") < face(
        "Fraunces", 900, 40
    ).getlength("Figs")


def test_missing_characters_are_named_once() -> None:
    assert coverage("Inter", "文 文 fig") == ("文",)


def test_an_unknown_family_names_those_that_ship() -> None:
    with pytest.raises(
        ComposeError, match="no font family is called 'Helvetica'; there are"
    ):
        face("Helvetica", 400, 12)


def test_an_added_family_is_set_from_its_own_file() -> None:
    add("Campaign Sans", file_of("Inter"))
    assert face("Campaign Sans", 400, 40).getlength("Figs") > 0
    assert "Campaign Sans" not in families()
