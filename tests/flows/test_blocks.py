import os

import pytest
from click.testing import CliRunner

from tests.servers import prefect_api
from triptych.cli import main

pytestmark = pytest.mark.prefect


@pytest.fixture
def kept(prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep a key as a person would and return the API's address."""
    monkeypatch.delenv("TEST_PAINTER_KEY", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    command = ["keys", "set", "TEST_PAINTER_KEY"]
    said = CliRunner().invoke(main, command, input="hush-hush-1234\n")
    assert said.exit_code == 0, said.output
    assert "hush" not in said.output
    return prefect_server


def test_a_run_finds_a_key_that_is_kept_in_prefect(kept: str) -> None:
    from flows.blocks import SOURCE, run_environment

    del kept
    found = run_environment()
    assert found["TEST_PAINTER_KEY"] == "hush-hush-1234"
    assert found.where("TEST_PAINTER_KEY") == SOURCE
    assert "TEST_OTHER_KEY" not in found


def test_the_environment_of_the_machine_comes_first(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.blocks import run_environment

    del kept
    monkeypatch.setenv("TEST_PAINTER_KEY", "of-this-machine")
    assert run_environment()["TEST_PAINTER_KEY"] == "of-this-machine"


def test_setting_a_key_again_replaces_it(kept: str) -> None:
    from flows.blocks import run_environment

    del kept
    command = ["keys", "set", "TEST_PAINTER_KEY"]
    CliRunner().invoke(main, command, input="second-value\n")
    assert run_environment()["TEST_PAINTER_KEY"] == "second-value"


def test_the_ui_shows_that_there_is_a_key_and_not_which(kept: str) -> None:
    found = prefect_api.post(f"{kept}/block_documents/filter", json={"limit": 50}).json()
    (mine,) = [each for each in found if each["name"] == "test-painter-key"]
    assert mine["data"]["variable"] == "TEST_PAINTER_KEY"
    assert set(mine["data"]["value"]) == {"*"}


def test_a_name_that_is_no_variable_is_refused() -> None:
    said = CliRunner().invoke(main, ["keys", "set", "openai"])
    assert said.exit_code == 2
    assert "write it like OPENAI_API_KEY" in said.output


def test_the_list_says_where_and_never_what(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del kept
    monkeypatch.setenv("OPENAI_API_KEY", "hush-hush-5678")
    said = CliRunner().invoke(main, ["keys"]).output
    assert "OPENAI_API_KEY" in said
    assert "the environment" in said
    assert os.environ["OPENAI_API_KEY"] not in said
