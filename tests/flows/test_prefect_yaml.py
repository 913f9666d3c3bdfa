import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import prefect_api

FILE = Path(__file__).parents[2] / "deploy/prefect.yaml"


@pytest.mark.prefect
@pytest.mark.slow
def test_prefects_own_command_deploys_the_file(prefect_server: str, tmp_path: Path) -> None:
    prefect = [sys.executable, "-m", "prefect", "--no-prompt"]
    pool = ["work-pool", "create", "triptych", "--type", "process", "--overwrite"]
    for command in (pool, ["deploy", "--all", "--prefect-file", str(FILE)]):
        done = subprocess.run(
            [*prefect, *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    address = f"{prefect_server}/deployments/name/campaign/autumn-box"
    made = prefect_api.get(address).json()
    assert made["entrypoint"] == "flows.campaign.campaign"
    assert made["schedules"][0]["schedule"]["timezone"] == "Europe/Berlin"
    assert made["parameters"]["workflow"] == "my-campaign/figuera.yaml"
    prefect_api.delete(f"{prefect_server}/deployments/{made['id']}").raise_for_status()
