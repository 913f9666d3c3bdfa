"""The application layer: no command line and no Prefect."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.stores import open_store
from tests.campaigns.words import words_campaign
from triptych.app.rows import report_path, run_rows
from triptych.app.runs import RunRequest, RunService
from triptych.engine.events import Event, RunDone
from triptych.engine.result import Result
from triptych.errors import DefinitionError, RunFailed

INPUTS = {"offer": "Free delivery"}


@pytest.fixture
def service(tmp_path: Path) -> RunService:
    words_campaign(tmp_path)
    store = open_store(str(tmp_path / "store"), {})
    return RunService(store, tmp_path / "packs", lambda _: {}, lambda _: None)


def test_a_run_returns_its_packs_and_end(service: RunService, tmp_path: Path) -> None:
    request = service.request(tmp_path / "words.yaml", INPUTS)
    collector = asyncio.run(service.run(request))
    assert collector.done is not None
    assert collector.done.state == "done"
    assert [pack.pack for pack in collector.packs] == ["words-only"]
    (run,) = service.store.runs()
    assert run.inputs == INPUTS


def test_a_run_passes_its_events_on(service: RunService, tmp_path: Path) -> None:
    events: list[Event] = []
    heard = RunService(service.store, service.packs, service.secrets, events.append)
    asyncio.run(heard.run(heard.request(tmp_path / "words.yaml", INPUTS)))
    assert isinstance(events[-1], RunDone)


def test_a_wrong_input_is_refused_before_anything_runs(
    service: RunService, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError, match="at most 9"):
        service.request(tmp_path / "words.yaml", {**INPUTS, "boxes": "20"})
    assert not list(service.store.runs())


def test_a_scheduler_is_given_the_request(service: RunService, tmp_path: Path) -> None:
    requests: list[RunRequest] = []

    async def schedule(request: RunRequest, /) -> Result:
        requests.append(request)
        raise RunFailed("the scheduler was full")

    scheduled = RunService(
        service.store, service.packs, service.secrets, service.tell, schedule
    )
    request = scheduled.request(tmp_path / "words.yaml", INPUTS)
    with pytest.raises(RunFailed, match="full"):
        asyncio.run(scheduled.run(request))
    assert requests[0].plan is request.plan


def test_rows_run_one_after_the_other_and_report(
    service: RunService, tmp_path: Path
) -> None:
    table = tmp_path / "shops.csv"
    table.write_text("row,offer\nBonn,Free box\nUlm,Half price\n")
    outcomes = asyncio.run(run_rows(tmp_path / "words.yaml", table, {}, service))
    assert [each.state for each in outcomes] == ["done", "done"]
    assert (tmp_path / "packs" / "ulm" / "words-only.zip").is_file()
    assert report_path(table, service.packs).read_text().count("done") == 2


def test_the_layer_loads_neither_the_command_line_nor_prefect() -> None:
    names = "campaigns", "decisions", "deployments", "rows", "runs", "versions"
    lines = [f"import triptych.app.{name}" for name in names]
    check = "import sys; assert not {'triptych.cli', 'prefect', 'flows'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", "\n".join([*lines, check])], check=True)
