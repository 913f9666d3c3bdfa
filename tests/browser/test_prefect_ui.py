"""The Prefect UI, as an operator uses it: deploy, see, start, watch, look, approve, open.

A real server, worker and shelf of packs (`triptych up`), and Debian's Chromium. With
TRIPTYCH_SHOTS=folder every step leaves a picture there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers import prefect_api
from triptych.cli.new import copy_example

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHROMIUM = shutil.which("chromium")
OFFER = "Two boxes for one, this week"


class Machine:
    """`triptych up` with a store of its own, and the campaign that is deployed to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = root / "store"
        self.packs = root / "packs"
        self.ui = ""

    def triptych(self, *words: str) -> str:
        more = ["--store", str(self.store)]
        command = [sys.executable, "-m", "triptych", *words, *more]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout

    def up(self) -> None:
        self.ui = self.triptych("up").split()[0]

    @property
    def auth(self) -> tuple[str, str]:
        return prefect_api.auth_of(self.store / "prefect")

    def post(self, path: str, **asked: Any) -> Any:
        return httpx.post(
            f"{self.ui}/api{path}", json=asked, auth=self.auth, timeout=20
        ).json()

    def deployment(self) -> str:
        return str(self.post("/deployments/filter")[0]["id"])

    def campaign(self) -> Path:
        """Write the Figuera campaign: one locale, few placements, to be approved."""
        folder = self.root / "camp"
        copy_example("figuera", folder, force=True)
        file = folder / "figuera.yaml"
        data = re.sub(
            r"(?ms)^(    placements:\n).*?(?=^    with:|^  deck:)", PLACES, file.read_text()
        )
        for old, new in CHANGES.items():
            assert old in data, old
            data = data.replace(old, new)
        file.write_text(
            f'{data}\nschedule: {{cron: "0 6 * * MON", timezone: Europe/Berlin}}\n'
        )
        return file

    def wait(self, flow_run: str, *states: str, patience: float = 450) -> dict[str, Any]:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = httpx.get(
                f"{self.ui}/api/flow_runs/{flow_run}", auth=self.auth, timeout=20
            ).json()
            if found["state"]["type"] in states:
                return dict(found)
            assert found["state"]["type"] not in ("FAILED", "CRASHED"), found["state"]
            time.sleep(0.5)
        raise AssertionError(f"still {found['state']['name']} after {patience} s")

    def runs(self) -> list[dict[str, Any]]:
        ended = {"state": {"type": {"not_any_": ["SCHEDULED"]}}}
        return list(self.post("/flow_runs/filter", flow_runs=ended))


PLACES = r"\1      - meta.feed.1x1\n      - google.display.300x250\n"
CHANGES = {
    "release: evals-pass": "release: approved",
    "  locale: ${{ brief.locales }}\n": "  locale: [en-GB]\n",
    "inputs:\n": "inputs:\n  offer:\n    type: text\n    default: Free delivery\n"
    "    max_length: 44\n    description: The line on the badge.\n",
    "offer: ${{ steps.words.offer }}": "offer: ${{ inputs.offer }}",
}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    made = Machine(tmp_path_factory.mktemp("machine"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(made.store / "prefect"))
        patch.delenv("PREFECT_API_URL", raising=False)
        try:
            made.up()
            yield made
        finally:
            patch.delenv("PREFECT_API_URL", raising=False)
            made.triptych("down")


@pytest.fixture
def page(machine: Machine) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: not measured")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(30_000)
        page.goto((machine.store / "prefect/sign-in.html").as_uri())
        page.wait_for_url(f"{machine.ui}/**")
        yield page
        browser.close()


def shot(page: Any, name: str) -> None:
    """Keep a picture of the page, where somebody asked for it."""
    if folder := os.environ.get("TRIPTYCH_SHOTS"):
        page.wait_for_timeout(1500)  # for transitions to end: for people, not for the test
        page.screenshot(path=f"{folder}/{name}.png")


def test_an_operator_needs_no_python(machine: Machine, page: Any) -> None:
    machine.triptych("deploy", str(machine.campaign()), "--packs", str(machine.packs))
    _sees_the_schedule(machine, page)
    run = _starts_it_with_a_changed_input(machine, page)
    machine.wait(run, "PAUSED")
    _watches_nodes(machine, page, run)
    _looks_at_the_contact_sheet(machine, page, run)
    _approves_in_the_dialog(machine, page, run)
    machine.wait(run, "COMPLETED")
    _finds_the_pack(machine, page, run)


def _sees_the_schedule(machine: Machine, page: Any) -> None:
    page.goto(f"{machine.ui}/v2/deployments/deployment/{machine.deployment()}")
    page.get_by_text("At 06:00 AM, only on Monday").wait_for()
    shot(page, "deployment")


def _starts_it_with_a_changed_input(machine: Machine, page: Any) -> str:
    page.goto(f"{machine.ui}/v2/deployments/deployment/{machine.deployment()}/run")
    page.get_by_text("The line on the badge. At most 44 characters.").wait_for()
    page.get_by_text("Free delivery", exact=True).fill(OFFER)
    shot(page, "form")
    before = {each["id"] for each in machine.post("/flow_runs/filter")}
    with page.expect_response("**/create_flow_run") as answer:
        page.get_by_role("button", name="Submit").click()
    run = str(answer.value.json()["id"])
    assert run not in before
    return run


def _watches_nodes(machine: Machine, page: Any, run: str) -> None:
    page.goto(f"{machine.ui}/v2/runs/flow-run/{run}?tab=TaskRuns")
    for name in (
        "hero · home-cooks (image/procedural)",
        "social · en-GB · gift-givers (compose/images)",
    ):
        page.get_by_text(name).first.wait_for()
    page.get_by_text(f"autumn-box · offer={OFFER}").first.wait_for()
    shot(page, "run")


def _looks_at_the_contact_sheet(machine: Machine, page: Any, run: str) -> None:
    asked = {"flow_run_id": {"any_": [run]}, "key": {"any_": ["contact-sheet-autumn-box"]}}
    (artifact,) = machine.post("/artifacts/filter", artifacts=asked)
    for ui in ("/v2", ""):  # Prefect 3.8 ships two: the second one is the older
        page.goto(f"{machine.ui}{ui}/artifacts/artifact/{artifact['id']}")
        sheet = page.get_by_alt_text("Contact sheet of autumn-box/home-cooks/en-GB")
        sheet.wait_for()
        assert sheet.evaluate("it => it.complete && it.naturalWidth") == 1000
        page.get_by_role("link", name="autumn-box/home-cooks/en-GB").wait_for()
        shot(page, "contact-sheet" if ui else "contact-sheet-v1")


def _approves_in_the_dialog(machine: Machine, page: Any, run: str) -> None:
    page.goto(f"{machine.ui}/v2/runs/flow-run/{run}")
    page.locator("button[aria-haspopup=menu]").first.click()
    page.get_by_role("menuitem", name="Resume").click()
    dialog = page.get_by_role("dialog")
    sheet = dialog.get_by_alt_text("Contact sheet of autumn-box/home-cooks/en-GB")
    sheet.wait_for()
    shot(page, "dialog")
    dialog.locator("[aria-haspopup=listbox]").first.click()
    page.get_by_role("option", name="approve").click()
    dialog.locator("textarea").nth(0).fill("Ada")
    dialog.locator("textarea").nth(1).fill("Ripe.")
    dialog.get_by_text("Comment").scroll_into_view_if_needed()
    shot(page, "dialog-form")
    with page.expect_response("**/resume") as answer:
        dialog.get_by_role("button", name="Resume").click()
    assert answer.value.json()["status"] == "ACCEPT", answer.value.text()


def _finds_the_pack(machine: Machine, page: Any, run: str) -> None:
    asked = {"flow_run_id": {"any_": [run]}, "key": {"any_": ["contact-sheet-autumn-box"]}}
    found = machine.post("/artifacts/filter", artifacts=asked, sort="CREATED_DESC")
    page.goto(f"{machine.ui}/v2/artifacts/artifact/{found[0]['id']}")
    link = page.get_by_role("link", name="autumn-box/home-cooks/en-GB")
    link.wait_for()
    page.goto(link.get_attribute("href"))
    page.get_by_text("by Ada").first.wait_for()
    shot(page, "pack")
    pack = machine.packs / "autumn-box/home-cooks/en-GB"
    manifest = json.loads((pack / "manifest.json").read_text())
    assert manifest["approved"]["by"] == "Ada"
    assert manifest["approved"]["comment"] == "Ripe."
    assert pack.with_suffix(".zip").is_file()


def test_a_schedule_fires_by_itself(machine: Machine) -> None:
    file = machine.campaign()
    text = file.read_text().replace(
        'cron: "0 6 * * MON", timezone: Europe/Berlin', "interval: 1m"
    )
    text = text.replace("name: autumn-box\n", "name: every-minute\n")
    file.write_text(text.replace("release: approved", "release: always"))
    machine.triptych("deploy", str(file), "--packs", str(machine.packs))
    deadline = time.monotonic() + 240
    while not (fired := [r for r in machine.runs() if r["auto_scheduled"]]):
        assert time.monotonic() < deadline, "no scheduled run began within 240 s"
        time.sleep(1)
    machine.wait(fired[0]["id"], "COMPLETED")


def test_up_again_changes_nothing(machine: Machine) -> None:
    before = machine.triptych("status")
    machine.up()
    assert machine.triptych("status") == before
    assert before.count(" runs ") == 3
