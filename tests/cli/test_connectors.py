"""`triptych connectors …` and `triptych doctor`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors import known
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_text import FakeOpenAIText
from tests.fakes.server import Fake, Loopback
from triptych.cli import main


def said(*words: str, code: int = 0, **more: str) -> str:
    result = CliRunner().invoke(main, list(words), **more)  # type: ignore[arg-type]
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("uses", sorted(known()))
def test_every_connector_shows_what_it_declares(uses: str) -> None:
    shown = said("connectors", "show", uses)
    for label in ("is ", "does ", "can ", "key ", "costs ", "version "):
        assert f"\n{label}" in f"\n{shown}"


def test_a_connector_with_a_provider_says_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TRIPTYCH_OPENAI_BASE_URL", raising=False)
    shown = said("connectors", "show", "image/openai")
    assert "https://api.openai.com/v1 (TRIPTYCH_OPENAI_BASE_URL)" in shown


def set_env(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> None:
    for name, value in fake.env().items():
        monkeypatch.setenv(name, value)


def test_trying_asks_before_it_pays(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = loopback.show(FakeOpenAIText())
    set_env(monkeypatch, fake)
    asked = said("connectors", "try", "copy/openai", code=1, input="n\n")
    assert "copy/openai is paid: about $0.01" in asked
    assert not fake.calls


def test_trying_copy_shows_it_and_what_it_cost(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_env(monkeypatch, loopback.show(FakeOpenAIText()))
    shown = said("connectors", "try", "copy/openai", "--yes")
    assert "headline: Figs with a short season" in shown
    assert "gpt-6.1-sol:" in shown
    assert "cost $0.0018" in shown


def test_trying_a_picture_keeps_it(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_env(monkeypatch, loopback.show(FakeOpenAI()))
    words = ("connectors", "try", "image/openai", "--yes", "--into", str(tmp_path))
    assert "512x512 pixels" in said(*words)
    assert (tmp_path / "try-image-openai.png").stat().st_size > 100


def test_what_needs_a_campaign_cannot_be_tried_alone() -> None:
    assert "triptych new" in said("connectors", "try", "compose/images", code=2)


def test_a_key_that_is_missing_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    shown = said("connectors", "try", "copy/openai", "--yes", code=4)
    assert shown.strip().endswith("copy/openai: set OPENAI_API_KEY")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect's own check takes seconds and is not what these tests are about."""
    from triptych.cli import doctor

    ready = doctor.DoctorCheck("prefect", "ready", "not looked at")
    monkeypatch.setattr(doctor, "_prefect", lambda _folder: ready)


@pytest.mark.usefixtures("quick")
def test_the_doctor_says_what_is_ready(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = loopback.show(FakeOpenAI())
    set_env(monkeypatch, fake)
    shown = said("doctor", "--store", str(tmp_path))
    assert "ok  fonts" in shown
    assert "OPENAI_API_KEY, from the environment: copy/openai, image/openai" in shown
    assert f"ok  provider     {fake.url}" in shown
    assert fake.key not in shown


@pytest.mark.usefixtures("quick")
def test_the_doctor_finds_what_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef")
    monkeypatch.setenv("TRIPTYCH_OPENAI_BASE_URL", "http://127.0.0.1:9")
    shown = said("doctor", "--store", str(tmp_path), code=1)
    assert "BAD provider     http://127.0.0.1:9/v1 cannot be reached" in shown
    assert "1 broken" in shown
    assert "nothing is broken" in said("doctor", "--offline", "--store", str(tmp_path))
