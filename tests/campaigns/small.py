"""Small campaigns on disk, for tests of whatever reads them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import about
from triptych.cli.problems import shown
from triptych.errors import DefinitionError
from triptych.workflow.load import Campaign, load_campaign
from triptych.workflow.plan import Plan, make_plan

WORKFLOW = """\
triptych: 1
name: small
brief: brief.md
brand: brand.yaml
matrix:
  locale: ${{ brief.locales }}
steps:
  words:
    uses: copy/phrasebook
    with:
      task: Write the ad.
      language: ${{ matrix.locale }}
      fields: {headline: 40, cta: 20}
  hero:
    uses: image/procedural
    with: {prompt: "Paper waves, calm", size: 640x640}
deliverables:
  social:
    uses: compose/images
    placements: [meta.feed.1x1]
    with:
      background: ${{ steps.hero }}
      headline: ${{ steps.words.headline }}
      language: ${{ matrix.locale }}
pack:
  name: ${{ name }}/${{ matrix.locale }}
"""
BRIEF = """\
---
product: Quince jam
proposition: Jam from one orchard, in jars that come back.
call_to_action: Order a jar
landing_url: https://quince.example/jam
facts: {price: 8 €, weight: 340 g, origin: Navarra}
locales: [en-GB, de-DE]
---
Sell 400 jars before winter.
"""
BRAND = """\
name: Quince
palette: {ink: "#201a1e", primary: "#4b1f3b", accent: "#b23c27", support: "#4f6b3a", paper: "#f7efe2"}
"""


@dataclass(frozen=True)
class Folder:
    """A campaign's folder, with the ways in which tests look at it."""

    path: Path

    @property
    def file(self) -> Path:
        return self.path / "small.yaml"

    def write(self, name: str, text: str | bytes) -> Path:
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def edit(self, old: str, new: str, name: str = "small.yaml") -> None:
        """Replace `old`, which must stand in the file once."""
        text = (self.path / name).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        (self.path / name).write_text(text.replace(old, new))

    def campaign(self, **sets: str) -> Campaign:
        return load_campaign(self.file, about=about, sets=sets)

    def plan(self, **sets: str) -> Plan:
        return make_plan(self.campaign(**sets), about)

    def problems(self, **sets: str) -> str:
        """Return what `check` prints, without the folder's path and the last line."""
        return told(functools.partial(self.plan, **sets), self.path)


def a_folder(path: Path) -> Folder:
    """Write a small, good campaign into `path`."""
    folder = Folder(path)
    folder.write("small.yaml", WORKFLOW)
    folder.write("brief.md", BRIEF)
    folder.write("brand.yaml", BRAND)
    return folder


def told(load: Callable[[], Any], folder: Path) -> str:
    """Return the problems that `load` raises as they are printed; "" if it does not."""
    try:
        load()
    except DefinitionError as error:
        lines = shown(error.problems, "text").replace(f"{folder}/", "").splitlines()
        return "\n".join(lines[:-1])
    return ""
