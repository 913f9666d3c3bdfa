import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.stores import open_store
from tests.campaigns.words import words_campaign
from triptych.app.campaigns import workflow_files
from triptych.app.deployments import (
    DeploymentChange,
    DeploymentSpec,
    DeploymentTarget,
    DeployRequest,
    deploy,
    load_places,
    no_secrets,
)
from triptych.app.snapshots import others_of
from triptych.errors import DefinitionError

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class FakeServer:
    """Keeps the parameters of deployments, as Prefect does."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    async def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        return self.kept

    async def sync(
        self, specs: list[DeploymentSpec], stale: set[str], *, dry_run: bool
    ) -> list[DeploymentChange]:
        verbs = {spec.name: self._verb(spec) for spec in specs}
        if not dry_run:
            kept = {n: p for n, p in self.kept.items() if n not in stale}
            self.kept = kept | {spec.name: dict(spec.parameters) for spec in specs}
        changes = [DeploymentChange(name, verb) for name, verb in verbs.items()]
        return changes + [DeploymentChange(name, "removed") for name in sorted(stale)]

    def _verb(self, spec: DeploymentSpec) -> str:
        before = self.kept.get(spec.name)
        return (
            "new" if before is None else "same" if before == spec.parameters else "changed"
        )


class Team:
    """A folder of workflows that is deployed to a fake server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "camp"
        self.folder.mkdir()
        self.file = words_campaign(self.folder)
        self.server = FakeServer()
        self.store = open_store(str(folder / "store"), {})
        self.target = DeploymentTarget(self.store.address, str(folder / "packs"))

    def deploy(self, *, prune: bool = False, dry_run: bool = False) -> dict[str, str]:
        """Deploy the folder and return the verb of each deployment, by name."""
        return {change.name: change.verb for change in self.changes(prune, dry_run)}

    def changes(self, prune: bool = False, dry_run: bool = False) -> list[DeploymentChange]:  # noqa: FBT001, FBT002
        loaded = load_places([self.folder], NOW)
        request = DeployRequest(
            loaded, (self.folder,), self.target, no_secrets, prune, dry_run
        )
        return asyncio.run(deploy(request, self.store, self.server))

    def add(self, name: str) -> Path:
        """Add a second workflow with a brief of its own."""
        text = self.file.read_text().replace("words-only", name)
        (self.folder / f"{name}.md").write_text((self.folder / "brief.md").read_text())
        file = self.folder / f"{name}.yaml"
        file.write_text(text.replace("brief: brief.md", f"brief: {name}.md"))
        return file


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_a_change_names_the_files_that_differ(team: Team) -> None:
    team.deploy()
    brief = team.folder / "brief.md"
    brief.write_text(brief.read_text() + "\nMore.\n")
    (change,) = team.changes()
    assert change.verb == "changed"
    assert change.details == ("brief.md changed",)


def test_a_dry_run_changes_nothing(team: Team) -> None:
    assert team.deploy(dry_run=True) == {"words-only": "new"}
    assert not team.server.kept
    assert not list(team.store.entries("deployments"))


def test_two_files_of_one_name_are_refused(team: Team) -> None:
    (team.folder / "other.yaml").write_text(team.file.read_text())
    with pytest.raises(DefinitionError, match="has the same name"):
        team.deploy()


def test_a_rename_is_told_as_one(team: Team) -> None:
    team.deploy()
    team.file.write_text(team.file.read_text().replace("words-only", "words-too"))
    (change,) = team.changes()
    assert change == DeploymentChange(
        "words-too", "renamed", ("name: words-only → words-too",)
    )
    assert list(team.server.kept) == ["words-too"]


def test_a_deployment_without_a_file_is_kept_until_it_is_pruned(team: Team) -> None:
    other = team.add("second")
    team.deploy()
    other.write_text(other.read_text().replace("triptych: 1\n", ""))
    assert team.deploy()["second"] == "kept"
    assert set(team.server.kept) == {"words-only", "second"}
    assert team.deploy(prune=True) == {"words-only": "same", "second": "removed"}
    assert set(team.server.kept) == {"words-only"}


def test_a_broken_draft_affects_no_other(team: Team) -> None:
    draft = team.add("draft")
    team.deploy()
    draft.write_text("triptych: 1\nname: draft\nbrief: draft.md\nbrand: brand/\nstep:\n")
    loaded = load_places([team.folder], NOW)
    assert loaded.broken == (draft,)
    assert loaded.problems
    assert team.deploy(prune=True) == {"words-only": "same"}
    assert set(team.server.kept) == {"words-only", "draft"}


def test_another_campaign_of_the_folder_changes_no_version(team: Team) -> None:
    other = team.add("second")
    team.deploy()
    (team.folder / "second.md").write_text((team.folder / "brief.md").read_text() + "\nX\n")
    other.write_text(other.read_text() + "labels: {team: growth}\n")
    assert team.deploy() == {"second": "changed", "words-only": "same"}


def test_a_file_that_two_campaigns_use_changes_both(team: Team) -> None:
    team.add("second")
    team.deploy()
    voice = team.folder / "brand" / "extra.txt"
    voice.write_text("more")
    assert team.deploy() == {"second": "changed", "words-only": "changed"}


def test_a_version_keeps_what_it_mentions_of_others(team: Team) -> None:
    team.add("second")
    assert team.folder / "second.md" in others_of(team.file)
    team.file.write_text(team.file.read_text() + "# as in second.md\n")
    assert team.folder / "second.md" not in others_of(team.file)


def test_deployments_of_other_folders_are_left_alone(team: Team, tmp_path: Path) -> None:
    elsewhere = tmp_path / "b" / "w.yaml"
    team.server.kept["other"] = {"workflow": str(elsewhere)}
    assert team.deploy(prune=True) == {"words-only": "new"}
    assert "other" in team.server.kept


def test_only_workflow_files_are_found_in_a_folder(team: Team) -> None:
    (team.folder / "notes.yaml").write_text("a: 1\n")
    (team.folder / "packs").mkdir()
    (team.folder / "packs" / "old.yaml").write_text("triptych: 1\n")
    assert workflow_files([team.folder]) == [team.file]
