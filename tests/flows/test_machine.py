"""`triptych up --webhooks` as its users have it: processes, ports, a secret of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.campaigns.words import words_campaign
from tests.servers import prefect_api
from tests.servers.ports import free_port, listens, wait_until
from triptych.webhook_signature import key_of, signed

pytestmark = [pytest.mark.prefect, pytest.mark.slow]
BODY = json.dumps({"inputs": {"offer": "Free box"}}).encode()


class Machine:
    """A machine with a store, and nothing in its environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ui, self.hooks = free_port(), free_port()

    def triptych(self, *words: str, fails: bool = False) -> str:
        mine = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
        ended = subprocess.run(
            [sys.executable, "-m", "triptych", *words, "--store", str(self.root / "store")],
            cwd=self.root,
            env={**mine, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        said = ended.stdout + ended.stderr
        assert (ended.returncode != 0) == fails, said
        return said

    def up(self) -> str:
        return self.triptych("up", "--port", str(self.ui), "--webhooks")

    def send(self, key: bytes, message: str) -> httpx.Response:
        headers = signed(BODY, key, message_id=message, seconds=int(time.time()))
        headers["Content-Type"] = "application/json"
        address = f"http://127.0.0.1:{self.hooks}/hooks/words-only"
        return httpx.post(address, content=BODY, headers=headers, timeout=30)

    @property
    def auth(self) -> tuple[str, str]:
        return prefect_api.auth_of(self.root / "store/prefect")

    def run(self, flow_run: str) -> str:
        address = f"http://127.0.0.1:{self.ui}/api/flow_runs/{flow_run}"
        return str(
            prefect_api.get(address, auth=self.auth, timeout=60).json()["state_type"]
        )


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    try:
        yield made
    finally:
        made.triptych("down")


def test_a_signed_message_starts_a_deployed_workflow_once(machine: Machine) -> None:
    said = machine.triptych(
        "up", "--port", str(machine.ui), "--webhooks-port", str(machine.hooks)
    )
    assert f"http://127.0.0.1:{machine.hooks}/hooks/NAME" in said
    before = machine.triptych("status")
    assert re.search(rf"webhooks +runs at http://127.0.0.1:{machine.hooks} ", before)
    said += machine.up()
    assert machine.triptych("status") == before
    kept = machine.triptych("webhooks", "secret", "words-only").strip()
    assert "TRIPTYCH_WEBHOOK_SECRET      a key in Prefect" in machine.triptych("keys")

    file = words_campaign(machine.root)
    machine.triptych("deploy", str(file), "--packs", str(machine.root / "packs"))
    first = machine.send(key_of(kept), "msg_1")
    assert first.status_code == 202, first.text
    run = first.json()["run"]
    wait_until(lambda: machine.run(run) == "COMPLETED", "the run does not end", 90)
    assert (machine.root / "packs/words-only.zip").is_file()
    assert machine.send(key_of(kept), "msg_1").json()["run"] == run
    assert machine.send(b"x" * 32, "msg_2").status_code == 401

    assert "webhooks" in machine.triptych("down")
    assert not listens(machine.hooks)
    with socket.create_server(("127.0.0.1", machine.hooks)):
        refused = machine.triptych(
            "up", "--port", str(machine.ui), "--webhooks", fails=True
        )
        assert f"port {machine.hooks} is taken by another program" in refused
        assert "--webhooks-port" in refused
    assert ' 401 "words-only" "msg_2" ' in machine.triptych("logs", "webhooks")
    machine.up()  # on the port it had, with the secret it had
    assert machine.send(key_of(kept), "msg_1").json()["run"] == run
    assert kept not in said + machine.triptych("logs", "-n", "9999")
