from datetime import UTC, datetime, timedelta

import pytest

from tests.servers import prefect_api

pytestmark = pytest.mark.prefect


def a_run(address: str, state: str, name: str) -> str:
    flow = prefect_api.post(f"{address}/flows/", json={"name": "retention-test"}).json()
    asked = {"flow_id": flow["id"], "name": name, "state": {"type": state}}
    made = prefect_api.post(f"{address}/flow_runs/", json=asked).json()
    if state not in ("SCHEDULED", "RUNNING"):
        path = f"{address}/flow_runs/{made['id']}/set_state"
        for kind in ("RUNNING", state):
            prefect_api.post(path, json={"state": {"type": kind}, "force": True})
    return str(made["id"])


async def test_ended_runs_go_and_the_others_stay(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.retention import forget

    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    old = [
        a_run(prefect_server, state, f"old-{state}") for state in ("COMPLETED", "FAILED")
    ]
    on = [a_run(prefect_server, state, f"on-{state}") for state in ("RUNNING", "SCHEDULED")]
    assert await forget(datetime.now(UTC) - timedelta(days=1)) == 0
    assert await forget(datetime.now(UTC) + timedelta(minutes=1)) >= len(old)
    status = [
        prefect_api.get(f"{prefect_server}/flow_runs/{each}").status_code
        for each in old + on
    ]
    assert status == [404, 404, 200, 200]
