"""`triptych webhooks secret`: one key for starting a workflow, another for its messages."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triptych.cli.webhooks import webhooks
from triptych.webhook_signature import key_of, notify_key, secret_of, workflow_key

MASTER = "whsec_" + "a2tra2tr" * 4


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_WEBHOOK_SECRET", MASTER)


def secret(tmp_path: Path, *more: str) -> Result:
    command = ["secret", *more, "--store", str(tmp_path)]
    return CliRunner().invoke(webhooks, command)


def test_it_prints_what_starts_the_workflow(tmp_path: Path) -> None:
    key = workflow_key(key_of(MASTER), "box")
    assert secret(tmp_path, "box").output.strip() == secret_of(key)


def test_it_prints_what_verifies_the_messages_of_notify(tmp_path: Path) -> None:
    key = notify_key(key_of(MASTER), "box")
    assert secret(tmp_path, "box", "--notify").output.strip() == secret_of(key)


def test_it_needs_a_workflow_for_notify(tmp_path: Path) -> None:
    result = secret(tmp_path, "--notify")
    assert result.exit_code == 2
    assert "--notify needs the NAME of a workflow" in result.output
