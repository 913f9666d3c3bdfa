"""One test, in order: an installation takes a minute to start."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.stores import open_store
from tests.campaigns.words import words_campaign
from tests.servers.ports import wait_until
from tests.topology.machines import Team, needed, team
from triptych.store.contract import Store

missing = needed()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.topology,
    pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team(tmp_path_factory.mktemp("team")) as running:
        yield running


@pytest.fixture(scope="module")
def workflow(here: Team) -> Path:
    (here.folder / "campaign").mkdir()
    return words_campaign(here.folder / "campaign")


def store_of(here: Team, near: str) -> Store:
    env = {**here.s3.env, "TRIPTYCH_CACHE": str(here.folder / near)}
    return open_store(here.env["TRIPTYCH_STORE"], env)


def deployment(here: Team, name: str) -> dict[str, Any]:
    found: Any = here.asked("GET", f"/deployments/name/campaign/{name}")
    return dict(found)


def start(here: Team, name: str, inputs: dict[str, Any]) -> str:
    path = f"/deployments/{deployment(here, name)['id']}/create_flow_run"
    run: Any = here.asked("POST", path, {"parameters": {"inputs": inputs}})
    return str(run["id"])


def state(here: Team, run: str) -> dict[str, Any]:
    found: Any = here.asked("GET", f"/flow_runs/{run}")
    return dict(found["state"])


def ended(here: Team, run: str) -> dict[str, Any]:
    final = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    wait_until(lambda: state(here, run)["type"] in final, f"{run} does not end", 120)
    return state(here, run)


def names_of_tasks(here: Team, run: str) -> dict[str, str]:
    asked = {"flow_runs": {"id": {"any_": [run]}}}
    found: Any = here.asked("POST", "/task_runs/filter", asked)
    return {each["name"].split(" ")[0]: each["state_name"] for each in found}


def has_history(here: Team, run: str) -> bool:
    """Say whether both units of the run are in Prefect's history, ended."""
    found = names_of_tasks(here, run)
    return set(found) == {"words", "copy_sheet"} and "Running" not in found.values()


def test_without_the_password_nobody_gets_in(here: Team) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{here.api}/admin/version", timeout=10)


def test_a_run_of_the_command_is_stored_where_all_see_it(
    here: Team, workflow: Path
) -> None:
    said = here.run("run", str(workflow), "--set", "offer=Free box", "--plain")
    assert "words-only" in said
    (run,) = store_of(here, "look").runs()
    assert run.state == "done"
    links = store_of(here, "look").links(run.id)
    with urllib.request.urlopen(links["words-only.zip"], timeout=10) as answer:
        assert answer.read(2) == b"PK"


def test_a_deployment_runs_on_a_worker_and_makes_nothing_twice(
    here: Team, workflow: Path
) -> None:
    packs = str(here.folder / "packs")
    assert "words-only: new" in here.run("deploy", str(workflow), "--packs", packs)
    run = start(here, "words-only", {"offer": "Free box"})
    assert ended(here, run)["type"] == "COMPLETED", (
        here.folder / "worker-1.log"
    ).read_text()
    wait_until(
        lambda: set(names_of_tasks(here, run).values()) == {"Reused"},
        "what the command made is not reused on the worker",
        30,
    )


def test_a_signed_message_starts_a_run_through_the_proxy(
    here: Team, workflow: Path
) -> None:
    del workflow
    address = f"{here.api.removesuffix('/api')}/hooks/words-only"
    told = json.loads(here.run("webhooks", "send", address, "--set", "offer=By message"))
    assert ended(here, told["run"])["type"] == "COMPLETED"


def test_a_server_that_is_killed_in_mid_run_costs_nothing(
    here: Team, workflow: Path
) -> None:
    del workflow
    runs = [start(here, "words-only", {"offer": f"Box {number}"}) for number in range(3)]
    wait_until(
        lambda: any(state(here, run)["type"] == "RUNNING" for run in runs), "no run starts"
    )
    here.kill_a_server()
    assert [ended(here, run)["type"] for run in runs] == ["COMPLETED"] * 3
    for run in runs:
        wait_until(
            partial(has_history, here, run),
            "the history has a hole",
            60,
        )
    assert [run.state for run in store_of(here, "look").runs()] == ["done"] * 6


def test_a_schedule_fires_with_one_server_left(here: Team, workflow: Path) -> None:
    text = workflow.read_text().replace("name: words-only", "name: words-clock")
    clock = workflow.with_name("clock.yaml")
    clock.write_text(
        text.replace("required: true", "default: On time") + "schedule: {interval: 1m}\n"
    )
    here.run("deploy", str(clock), "--packs", str(here.folder / "packs"))
    before = len(list(store_of(here, "look").runs()))
    wait_until(
        lambda: len(list(store_of(here, "look").runs())) > before,
        "the schedule does not fire",
        150,
    )
    here.asked("DELETE", f"/deployments/{deployment(here, 'words-clock')['id']}")
    assert "words-clock" in here.run("runs")
