import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.words import words_campaign
from triptych.cli import main
from triptych.errors import Rejected


def run(tmp_path: Path, table: str, *more: str) -> Result:
    workflow = tmp_path / "words.yaml"
    if not workflow.exists():
        words_campaign(tmp_path)
    (tmp_path / "shops.csv").write_text(table)
    command = ["run", str(workflow), "--rows", str(tmp_path / "shops.csv"), "--direct"]
    folders = ["--store", str(tmp_path / "store"), "--packs", str(tmp_path / "packs")]
    return CliRunner().invoke(main, [*command, *folders, *more])


def report(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "packs" / "shops-report.csv").open() as file:
        return list(csv.DictReader(file))


def test_each_row_has_a_pack_of_its_own_and_a_line_in_the_report(tmp_path: Path) -> None:
    result = run(tmp_path, "row,offer,boxes\nBonn,Free box,\nUlm,Half price,2\n")
    assert result.exit_code == 0, result.output
    assert "ulm (line 3): done, 1 pack" in result.output
    for name in ("bonn", "ulm"):
        assert (tmp_path / "packs" / name / "words-only.zip").is_file()
    assert [row["state"] for row in report(tmp_path)] == ["done", "done"]


def test_a_mistake_in_any_row_stops_all_before_the_first(tmp_path: Path) -> None:
    result = run(tmp_path, "row,offer,boxes\nBonn,Free box,\nUlm,Half price,20\n")
    assert result.exit_code == 2
    assert "shops.csv:3:16: boxes: should be at most 9, got 20" in result.output
    assert not (tmp_path / "packs").exists()


def test_a_row_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.copy.phrasebook import Phrasebook

    write = Phrasebook.write

    async def refuse(self: Phrasebook, request: Any, watcher: Any) -> Any:
        if "Half" in request.task:
            raise Rejected("no half prices", connector="copy/phrasebook")
        return await write(self, request, watcher)

    monkeypatch.setattr(Phrasebook, "write", refuse)
    result = run(tmp_path, "row,offer\nBonn,Free box\nUlm,Half price\nJena,Two boxes\n")
    assert result.exit_code == 1
    assert "3 rows: 2 done, 1 failed" in result.output
    found = report(tmp_path)
    assert [row["state"] for row in found] == ["done", "failed", "done"]
    assert "no half prices" in found[1]["error"]


def test_a_second_run_of_the_same_rows_makes_nothing_again(tmp_path: Path) -> None:
    table = "row,offer\nBonn,Free box\n"
    run(tmp_path, table)
    assert "made" not in run(tmp_path, table, "--plain").output.replace("made in", "")
