from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.words import words_campaign
from tests.servers import prefect_api

pytestmark = pytest.mark.prefect


@pytest.fixture
def run(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "ERROR")
    workflow = words_campaign(tmp_path)

    async def rows(table: str) -> Any:
        from flows.rows import campaign_rows

        (tmp_path / "shops.csv").write_text(table)
        flow: Any = campaign_rows
        return await flow(
            workflow=str(workflow),
            rows=str(tmp_path / "shops.csv"),
            store=str(tmp_path / "store"),
            packs=str(tmp_path / "packs"),
            return_state=True,
        )

    return rows


async def test_each_row_is_a_run_of_its_own_with_its_packs(
    run: Any, tmp_path: Path, prefect_server: str
) -> None:
    state = await run("row,offer\nBonn,Free box\nUlm,Half price\n")
    assert (state.name, state.message) == ("Completed", "2 rows")
    for name in ("bonn", "ulm"):
        assert (tmp_path / "packs" / name / "words-only.zip").is_file()
    found = prefect_api.post(f"{prefect_server}/artifacts/filter", json={}).json()
    (table,) = [each for each in found if each["key"] == "rows"][:1]
    assert '"row": "ulm"' in table["data"]


async def test_a_mistake_in_a_row_refuses_all_with_its_place(
    run: Any, tmp_path: Path
) -> None:
    state = await run("row,offer,boxes\nBonn,Free box,1\nUlm,Half price,20\n")
    assert state.name == "Refused"
    assert "shops.csv:3:16: boxes: should be at most 9, got 20" in state.message
    assert not (tmp_path / "packs").exists()
