"""A campaign of five specialists loses one of them midway, and finishes."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from starlette.routing import BaseRoute

from connectors import about, open_connectors
from connectors.sdk.transport import close_clients
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_text import FakeOpenAIText
from tests.fakes.server import Fault, Loopback
from triptych.engine.campaign import make_campaign
from triptych.resources import templates
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

WORKFLOW = """\
triptych: 1
name: mixed
brief: brief.md
brand: brand/
matrix: {audience: "${{ brief.audience }}"}
defaults: {"*": {retry: {times: 1, wait: fixed, longest: 1s}}}
steps:
  words:
    uses: copy/openai
    with:
      task: Write the ad.
      audience: ${{ matrix.audience }}
      fields: {headline: 40, body: 125, cta: 20}
  hero:
    uses: image/openai
    fallback: image/procedural
    with:
      prompt: "arcs for ${{ matrix.audience.id }}"
      size: 512x512
  cutout: {uses: cutout/local, with: {image: "${{ steps.hero }}"}}
  outline:
    uses: copy/phrasebook
    with: {task: Outline a deck., fields: {title: 60, body: 200}, count: 2}
deliverables:
  ads:
    uses: compose/images
    placements: [meta.feed.1x1]
    with:
      background: ${{ steps.hero }}
      headline: ${{ steps.words.headline }}
      cta: ${{ steps.words.cta }}
  deck: {uses: slides/pptx, with: {outline: "${{ steps.outline.all }}"}}
pack: {name: "${{ name }}/${{ matrix.audience.id }}", release: always}
"""


class FakeBoth(FakeOpenAIText):
    """Writes and draws; dies after its first picture."""

    def routes(self) -> list[BaseRoute]:
        return [*super().routes(), *FakeOpenAI.routes(self)]


def dead_pictures(fake: FakeBoth) -> Fault:
    def hit(_method: str, path: str) -> bool:
        drawn = sum("/images/" in call for call in fake.calls)
        return "/images/" in path and drawn > 1

    return Fault.status(503, on=hit)


@pytest.mark.slow
async def test_a_lost_provider_is_replaced_and_the_manifest_tells_it(
    loopback: Loopback, tmp_path: Path
) -> None:
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "mixed.yaml").write_text(WORKFLOW)
    fake = loopback.show(FakeBoth())
    fake.fault = dead_pictures(fake)
    plan = make_plan(load_campaign(tmp_path / "mixed.yaml", about=about), about)
    wanted = {uses for unit in plan.units for uses in (unit.uses, *unit.fallback)}
    connectors = open_connectors(wanted, fake.env(TRIPTYCH_OPENAI_AT_ONCE="1"))
    store, packs = FolderStore(tmp_path / "store"), tmp_path / "packs"
    result = await make_campaign(plan, connectors, store, packs, lambda _: None)
    await close_clients()
    assert not result.failed
    heroes = [o for name, o in result.outcomes.items() if name.startswith("hero")]
    makers = sorted(outcome.records[0].uses for outcome in heroes)
    assert makers == ["image/openai", "image/procedural"]
    told = "".join(
        zipfile.ZipFile(file).read(name).decode()
        for file in sorted(packs.rglob("*.zip"))
        for name in zipfile.ZipFile(file).namelist()
        if name.endswith("manifest.json")
    )
    assert '"image/openai"' in told
    assert "failed with 503" in told
    assert json.dumps(fake.key) not in told
    assert fake.key not in told
