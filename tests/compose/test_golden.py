"""Where everything stands in a few pictures that were looked at and found good.

A change here is a change that people see: look at the pictures, then write the files
again with `TRIPTYCH_GOLDEN=write pytest tests/compose/test_golden.py`.
"""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from triptych.compose.images import compose
from triptych.contracts import ComposeRequest

FOLDER = Path(__file__).parent / "golden"
NEAR = 2.0  # pixels: font libraries round differently


def standing(request: ComposeRequest, placement: str) -> dict[str, Any]:
    """Return the archetype of a picture, and the box of every part."""
    made = compose(replace(request, placement=placement, pictures=()))
    (data,) = (file.data for file in made.files if file.role == "layout")
    layout = json.loads(data)
    parts = {e["id"]: [e["x"], e["y"], e["w"], e["h"]] for e in layout["elements"]}
    return {"layout": layout["layout"], "frame": layout["frame"], "parts": parts}


@pytest.mark.parametrize(
    "placement", ["meta.feed.4x5", "google.display.728x90", "linkedin.single.1.91x1"]
)
def test_parts_stand_where_they_were_approved(
    request_: ComposeRequest, placement: str
) -> None:
    file = FOLDER / f"{placement}.json"
    found = standing(request_, placement)
    if os.environ.get("TRIPTYCH_GOLDEN") == "write":
        file.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    approved = json.loads(file.read_text())
    assert (found["layout"], found["frame"]) == (approved["layout"], approved["frame"])
    assert found["parts"].keys() == approved["parts"].keys()
    for part, box in approved["parts"].items():
        assert found["parts"][part] == pytest.approx(box, abs=NEAR), part
