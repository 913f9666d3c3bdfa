"""A run that is killed while a provider works collects that work, and pays once."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fakes.bfl import FakeBfl
from tests.fakes.server import Loopback
from triptych.resources import templates

WORKFLOW = """\
triptych: 1
name: queue
brief: brief.md
brand: brand/
steps:
  hero: {uses: image/bfl, with: {prompt: a ripe fig, size: 512x512}}
  words: {uses: copy/phrasebook, with: {task: Write., fields: {headline: 40}}}
deliverables:
  sheet: {uses: compose/sheet, with: {copy: "${{ steps.words }}"}}
pack: {name: "${{ name }}", release: always}
"""


def begun(folder: Path, fake: FakeBfl) -> "subprocess.Popen[str]":
    """Start the campaign in a process of its own."""
    command = [sys.executable, "-m", "tests.faults.campaigning", str(folder)]
    env = {**os.environ, **fake.env()}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


@pytest.mark.slow
def test_a_killed_run_collects_its_job_from_the_provider_and_pays_once(
    loopback: Loopback, tmp_path: Path
) -> None:
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "campaign.yaml").write_text(WORKFLOW)
    fake = loopback.show(FakeBfl())
    fake.waits = 10**9
    first = begun(tmp_path, fake)
    deadline = time.monotonic() + 180
    while not any(call.startswith("GET") for call in fake.calls):
        assert first.poll() is None, "it ended before its job was asked for"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    first.kill()
    first.communicate()
    assert len(fake.jobs) == 1
    for job in fake.jobs.values():
        job["waits"] = 0  # the provider has gone on meanwhile
    said, _ = begun(tmp_path, fake).communicate(timeout=180)
    assert "hero made" in said
    assert len(fake.jobs) == 1  # submitted once, so paid once
    assert not list((tmp_path / "store" / "jobs").rglob("*.json"))
