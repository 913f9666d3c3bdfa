"""A campaign of words alone: a second's work, whole from brief to zip."""

import shutil
from pathlib import Path

from triptych.resources import templates

WORKFLOW = """\
triptych: 1
name: words-only
brief: brief.md
brand: brand/
inputs:
  offer: {type: text, required: true, max_length: 30}
  boxes: {type: integer, min: 1, max: 9, default: 1}
steps:
  words:
    uses: copy/phrasebook
    with:
      task: "Write the ad: ${{ inputs.offer }}"
      language: en-GB
      fields: {headline: 40, body: 125, cta: 20}
deliverables:
  copy_sheet: {uses: compose/sheet, with: {copy: "${{ steps.words }}"}}
"""


def words_campaign(folder: Path, more: str = "") -> Path:
    """Write the campaign into `folder` and return its workflow file."""
    shutil.copytree(templates() / "brands" / "figuera", folder / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", folder / "brief.md")
    path = folder / "words.yaml"
    path.write_text(WORKFLOW + more)
    return path
