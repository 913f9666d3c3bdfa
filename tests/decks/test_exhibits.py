"""Numbers on charts are written as the deck's readers write them."""

import pytest

from triptych.brief.model import Exhibit
from triptych.decks.exhibits import number_format


@pytest.mark.parametrize(
    ("unit", "language", "form"),
    [
        ("EUR", "en-US", '"€"0.00'),
        ("EUR", "de-DE", '0.00"\u00a0€"'),
        ("litres", "en-GB", '0.00"\u00a0litres"'),
        ("", "en-GB", "0.00"),
    ],
)
def test_a_unit_stands_where_the_language_has_it(
    unit: str, language: str, form: str
) -> None:
    exhibit = Exhibit(kind="chart", title="Cost", rows={"a": 0.27, "b": 0.4}, unit=unit)
    assert number_format(exhibit, language) == form
