import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import PIL.Image
import pytest
from click.testing import CliRunner, Result

from tests.campaigns.words import words_campaign
from tests.servers.ports import wait_until
from triptych.cli import main


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    (tmp_path / "campaign").mkdir()
    path = words_campaign(tmp_path / "campaign")
    text = path.read_text().replace(
        "  boxes:", "  photo: {type: image}\n  ready: {type: boolean}\n  boxes:"
    )
    path.write_text(text)
    (tmp_path / "inbox").mkdir()
    return path


def command(workflow: Path, *more: str) -> list[str]:
    top = workflow.parent.parent
    where = ["--store", str(top / "store"), "--packs", str(top / "packs")]
    how = ["--workflow", str(workflow), "--direct", "--settle", "0.05"]
    return ["watch", str(top / "inbox"), *how, *where, *more]


def watch(workflow: Path, *more: str) -> Result:
    return CliRunner().invoke(main, command(workflow, "--once", *more))


def drop(workflow: Path, name: str, text: str) -> None:
    (workflow.parent.parent / "inbox" / name).write_text(text)


def rest(workflow: Path, place: str) -> Path:
    return workflow.parent.parent / "inbox" / place


def packs(workflow: Path) -> list[str]:
    top = workflow.parent.parent / "packs"
    return sorted(str(path.relative_to(top)) for path in top.rglob("*.zip"))


def test_a_table_is_a_run_for_each_row(workflow: Path) -> None:
    drop(workflow, "Shops May.csv", "row,offer\nBonn,Free box\nUlm,Half price\n")
    said = watch(workflow)
    assert said.exit_code == 0, said.output
    assert packs(workflow) == [
        "shops-may/bonn/words-only.zip",
        "shops-may/ulm/words-only.zip",
    ]
    report = (rest(workflow, "done") / "Shops May.csv.txt").read_text()
    assert "ulm (line 3): done, 1 pack" in report


def test_an_object_gives_inputs_by_name(workflow: Path) -> None:
    drop(workflow, "a.json", '{"offer": "Free box", "boxes": 2, "ready": true}')
    assert watch(workflow).exit_code == 0
    assert packs(workflow) == ["a/words-only.zip"]


def test_a_picture_is_the_workflows_picture(workflow: Path) -> None:
    text = workflow.read_text().replace("required: true", "default: Free box")
    workflow.write_text(text)
    picture = rest(workflow, "fig.png")
    PIL.Image.new("RGB", (9, 9), "#7a2048").save(picture)
    assert "fig.png: done" in watch(workflow).output


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", '{"offer": "Free box", "boxes": 12}', "should be at most 9, got 12"),
        ("a.json", '{"offer": [1]}', "should be one object of inputs by name"),
        ("a.json", "{", "is not JSON"),
        ("a.csv", "row,ofer\nBonn,x\n", "did you mean 'offer'?"),
        ("a.docx", "x", "is no CSV, JSON or picture"),
    ],
)
def test_what_cannot_be_run_rests_with_the_reason(
    workflow: Path, name: str, text: str, says: str
) -> None:
    drop(workflow, name, text)
    watch(workflow)
    assert says in (rest(workflow, "failed") / f"{name}.txt").read_text()
    assert (rest(workflow, "failed") / name).read_text() == text


def test_one_bad_file_stops_no_other(workflow: Path) -> None:
    drop(workflow, "a.json", "{")
    drop(workflow, "b.json", '{"offer": "Free box"}')
    watch(workflow)
    assert packs(workflow) == ["b/words-only.zip"]


def test_what_was_interrupted_is_run_first_and_once(workflow: Path) -> None:
    rest(workflow, "working").mkdir()
    drop(workflow, "working/a.json", '{"offer": "Free box"}')
    said = watch(workflow)
    assert "a.json: was interrupted; run again" in said.output
    assert (rest(workflow, "done") / "a.json").is_file()
    assert "was interrupted" not in watch(workflow).output


def test_a_broken_workflow_is_told_before_anything_is_watched(workflow: Path) -> None:
    workflow.write_text("triptych: 1\n")
    drop(workflow, "a.json", '{"offer": "Free box"}')
    said = watch(workflow)
    assert said.exit_code == 2
    assert rest(workflow, "a.json").is_file()


@pytest.mark.slow
def test_it_watches_until_it_is_stopped(workflow: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as out:
        watcher = subprocess.Popen(
            [sys.executable, "-u", "-m", "triptych", *command(workflow)],
            stdout=out,
            stderr=out,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    try:
        for name in ("a", "b"):
            drop(workflow, f"{name}.json", f'{{"offer": "Free {name}"}}')
            done = rest(workflow, "done") / f"{name}.json"
            wait_until(done.exists, f"{name} is not run: {log.read_text()}", 30)
        time.sleep(0.3)
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait(10) == 130
    finally:
        watcher.kill()
        watcher.wait()
    assert "stopped; what was made is kept" in log.read_text()
