from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from tests.servers import prefect_api
from triptych.cli import main

pytestmark = pytest.mark.prefect


class Team:
    """A folder of workflows and a server, as `triptych deploy` sees them."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.file = folder / "figuera.yaml"
        self.store = folder.parent / "store"

    def deploy(self, *more: str) -> Result:
        where = ["--store", str(self.store), "--packs", str(self.folder.parent / "packs")]
        return CliRunner().invoke(main, ["deploy", str(self.folder), *where, *more])

    def deployments(self) -> dict[str, dict[str, Any]]:
        found = prefect_api.post(f"{self.address}/deployments/filter", json={}).json()
        mine = [d for d in found if str(self.folder) in str(d["parameters"])]
        return {each["name"]: each for each in mine}

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    def append(self, text: str) -> None:
        self.file.write_text(f"{self.file.read_text()}\n{text}\n")

    def start(self, name: str, inputs: dict[str, Any]) -> httpx.Response:
        deployment = self.deployments()[name]["id"]
        asked = {"parameters": {"inputs": inputs}}
        return prefect_api.post(
            f"{self.address}/deployments/{deployment}/create_flow_run", json=asked
        )


@pytest.fixture
def team(prefect_server: str, campaign_folder: Path, request: Any) -> Team:
    made = Team(prefect_server, campaign_folder)
    made.edit("name: autumn-box\n", f"name: box-{abs(hash(request.node.name)) % 10**6}\n")
    return made


def test_a_deployment_is_what_the_file_says(team: Team) -> None:
    team.append('schedule: {cron: "0 6 * * MON", timezone: Europe/Berlin}')
    team.append("concurrency: {limit: 1, on_conflict: refuse}")
    said = team.deploy()
    assert said.exit_code == 0, said.output
    assert "+ box-" in said.output
    ((_, made),) = team.deployments().items()
    assert made["description"].startswith("Autumn campaign for the Figuera box")
    assert set(made["tags"]) == {"triptych", "team:growth", "season:autumn"}
    (schedule,) = made["schedules"]
    assert schedule["schedule"] == {
        "cron": "0 6 * * MON",
        "timezone": "Europe/Berlin",
        "day_or": True,
    }
    assert made["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    form = made["parameter_openapi_schema"]["properties"]["inputs"]
    assert list(form["properties"]) == ["photo"]
    assert made["parameters"]["inputs"] == {"photo": "fig.jpg"}


def test_deploying_twice_changes_nothing(team: Team) -> None:
    team.append("schedule: {interval: 6h}")
    team.deploy()
    before = team.deployments()
    said = team.deploy()
    assert "= box-" in said.output
    assert team.deployments() == before


def test_a_dry_run_shows_the_drift_and_changes_nothing(team: Team) -> None:
    team.deploy()
    before = team.deployments()
    team.edit("three locales, two audiences", "for everybody")
    brief = team.folder / "brief.md"
    brief.write_text(brief.read_text() + "\nMore.\n")
    said = team.deploy("--dry-run").output
    assert "would be changed" in said
    assert "brief.md changed" in said
    assert "description: Autumn campaign" in said
    assert team.deployments() == before


def test_a_new_name_renames_the_deployment(team: Team) -> None:
    team.deploy()
    (old,) = team.deployments()
    team.edit(f"name: {old}", f"name: {old}-2")
    said = team.deploy().output
    assert f"→ {old}-2: renamed\n    name: {old} → {old}-2" in said
    assert list(team.deployments()) == [f"{old}-2"]


def test_a_deployment_without_a_file_is_removed_only_when_asked_for(team: Team) -> None:
    team.deploy()
    (name,) = team.deployments()
    team.file.rename(team.folder / "elsewhere.txt")
    (team.folder / "other.yaml").write_text(
        (team.folder / "elsewhere.txt").read_text().replace(name, f"{name}-3")
    )
    assert f"! {name}: its file is gone; kept" in team.deploy().output
    assert set(team.deployments()) == {name, f"{name}-3"}
    assert f"- {name}: removed" in team.deploy("--prune").output
    assert set(team.deployments()) == {f"{name}-3"}


def test_a_broken_draft_is_told_and_others_are_deployed(team: Team) -> None:
    (team.folder / "draft.yaml").write_text("triptych: 1\nname: draft\n")
    said = team.deploy()
    assert said.exit_code == 2
    assert "draft.yaml:1:1" in said.output
    assert "+ box-" in said.output


def test_secrets_that_are_not_set_are_named(team: Team) -> None:
    team.append('notify: {slack: "${{ secrets.TEAM_SLACK }}"}')
    assert "notify: TEAM_SLACK is not set here" in team.deploy().output


def test_the_form_refuses_what_does_not_fit_before_anything_runs(team: Team) -> None:
    team.edit(
        "inputs:\n", "inputs:\n  count: {type: integer, min: 1, max: 9, default: 3}\n"
    )
    assert team.deploy().exit_code == 0
    (name,) = team.deployments()
    refused = team.start(name, {"count": 12})
    assert refused.status_code == 409
    assert "greater than the maximum of 9" in refused.text
    assert team.start(name, {"colour": "red"}).status_code == 409
    assert team.start(name, {"count": 4}).status_code == 201


def test_two_files_of_one_name_are_refused(team: Team) -> None:
    (team.folder / "other.yaml").write_text(team.file.read_text())
    said = team.deploy()
    assert said.exit_code == 2
    assert "has the same name" in said.output


def test_a_schedule_that_lacks_an_input_is_refused(team: Team) -> None:
    team.append("schedule: {interval: 1h}")
    team.edit("    default: fig.jpg\n", "    required: true\n")
    said = team.deploy()
    assert said.exit_code == 2
    assert "[T803]" in said.output
    assert not team.deployments()


def test_a_required_input_without_schedule_is_asked_for_by_the_form(team: Team) -> None:
    team.edit("    default: fig.jpg\n", "    required: true\n")
    assert team.deploy().exit_code == 0
    (name,) = team.deployments()
    assert team.start(name, {}).status_code == 409


def test_the_watch_for_dead_runs_is_installed_once(team: Team) -> None:
    team.deploy()
    team.deploy()
    asked = prefect_api.post(f"{team.address}/automations/filter", json={}).json()
    assert [a["name"] for a in asked].count("triptych: runs that died") == 1
