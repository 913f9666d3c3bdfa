from typing import Any

from triptych.evals import layouts


def layout(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"width": 400, "height": 400, "placement": "x", "elements": list(parts)}


def part(kind: str, x: float, y: float, w: float = 100, h: float = 20) -> dict[str, Any]:
    return {"id": kind, "kind": kind, "role": kind, "x": x, "y": y, "w": w, "h": h}


def test_a_picture_without_a_logo_is_found() -> None:
    (found,) = layouts.without_logo(layout(part("text", 0, 0)))
    assert "no logo" in found.message


def test_type_in_the_logos_clear_space_is_found() -> None:
    logo = {**part("logo", 20, 20), "clear_px": 10}
    assert not list(layouts.without_logo(layout(logo, part("text", 20, 51))))
    (found,) = layouts.without_logo(layout(logo, part("text", 20, 47)))
    assert "clear space" in found.message


def test_two_parts_on_each_other_are_found() -> None:
    one, other = part("text", 0, 0), part("cta", 90, 10)
    (found,) = layouts.overlapping(layout(one, other))
    assert found.where == "x: text, cta"
