"""A process that is killed between a paid answer and its record: the answer is kept."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini_images import FakeGeminiImages
from tests.fakes.gemini_text import FakeGeminiText
from tests.fakes.server import Loopback
from tests.fakes.stability import FakeStability


def a_run(
    store: Path, uses: str, env: dict[str, str], *more: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.answered", str(store), uses, *more]
    environment = {**os.environ, **env}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fake_type", "uses"),
    [
        (FakeStability, "image/stability"),  # JSON, asked for with a form
        (FakeGeminiImages, "image/gemini"),  # JSON
        (FakeAnthropic, "copy/anthropic"),  # a stream
        (FakeGeminiText, "copy/gemini"),  # a stream that ends without a last event
    ],
)
def test_an_answer_is_paid_for_once_though_the_process_was_killed(
    tmp_path: Path, loopback: Loopback, fake_type: type[Any], uses: str
) -> None:
    fake = loopback.show(fake_type())
    assert a_run(tmp_path, uses, fake.env(), "kill").returncode == -signal.SIGKILL
    assert len([call for call in fake.calls if call.startswith("POST")]) == 1
    assert a_run(tmp_path, uses, fake.env()).stdout == "made"
    assert len([call for call in fake.calls if call.startswith("POST")]) == 1
    assert not list((tmp_path / "jobs").rglob("*.json"))
