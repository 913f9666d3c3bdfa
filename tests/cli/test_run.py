import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.words import words_campaign
from triptych.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    words_campaign(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str) -> Result:
    line = ["run", "words.yaml", "--direct", "--set", "offer=Free delivery", *more]
    return CliRunner().invoke(main, line)


def test_plain_lines_name_units_pack_cost_and_where_to_look(here: Path) -> None:
    result = run("--plain")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("✓ words")
    assert lines[1].startswith("✓ copy_sheet")
    assert lines[2].startswith("■ words-only: ")
    assert lines[3].startswith("2 made, 0 reused in ")
    assert "; cost $0.00; " in lines[3]
    assert lines[4] == "packs/words-only/index.html"
    assert (here / lines[4]).is_file()


def test_a_second_run_reuses_everything() -> None:
    run()
    lines = run().output.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["=", "="]
    assert "0 made, 2 reused in" in lines[-2]


def test_json_is_one_object_per_event_and_nothing_else() -> None:
    events = [json.loads(line) for line in run("--json").stdout.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "RunStarted"
    assert names[-1] == "RunDone"
    assert {"UnitStarted", "UnitDone", "PackBuilt"} <= set(names)
    assert events[-1]["state"] == "done"
    assert events[-1]["usd"] == 0.0


def test_packs_go_where_they_are_asked_to(here: Path) -> None:
    run("--packs", "elsewhere/now")
    assert (here / "elsewhere" / "now" / "words-only.zip").is_file()
    assert not (here / "packs").exists()


def test_a_pack_that_needs_approval_keeps_its_zip_and_the_exit_code_is_3(
    here: Path,
) -> None:
    text = (here / "words.yaml").read_text()
    (here / "words.yaml").write_text(text + "pack: {release: approved}\n")
    result = run()
    assert result.exit_code == 3
    assert "not released:\n    nobody has approved this pack yet" in result.output
    assert not (here / "packs" / "words-only.zip").exists()
    assert (here / "packs" / "words-only" / "index.html").is_file()


def test_a_unit_that_fails_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from triptych.errors import Rejected

    async def refuse(*_: object) -> None:
        raise Rejected(
            "the brief asks for what may not be said", connector="copy/phrasebook"
        )

    monkeypatch.setattr("connectors.copy.phrasebook.Phrasebook.write", refuse)
    result = run()
    assert result.exit_code == 1
    assert "✗ words" in result.output
    assert "the brief asks for what may not be said" in result.output
    assert "1 failed" in result.output or "2 failed" in result.output
    assert "Traceback" not in result.output


def test_a_key_that_is_missing_is_the_exit_code_4(monkeypatch: pytest.MonkeyPatch) -> None:
    from triptych.errors import Unauthorized

    def refuse(*_: object) -> None:
        raise Unauthorized("set ACME_KEY", connector="copy/acme")

    monkeypatch.setattr("connectors.copy.phrasebook.Phrasebook.from_env", refuse)
    result = run()
    assert result.exit_code == 4
    assert "copy/acme: set ACME_KEY" in result.stderr
