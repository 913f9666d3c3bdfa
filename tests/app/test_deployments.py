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
    deploy,
    load_deployable,
    refuse_duplicates,
    stale_names,
)
from triptych.errors import DefinitionError
from triptych.workflow.load import Campaign

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

    def campaigns(self) -> list[Campaign]:
        return [load_deployable(file, NOW) for file in workflow_files([self.folder])]

    def deploy(self, *, dry_run: bool = False) -> list[DeploymentChange]:
        return asyncio.run(
            deploy(
                self.campaigns(),
                [self.folder],
                self.target,
                self.store,
                self.server,
                dry_run=dry_run,
            )
        )


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_a_change_names_the_files_that_differ(team: Team) -> None:
    team.deploy()
    brief = team.folder / "brief.md"
    brief.write_text(brief.read_text() + "\nMore.\n")
    (change,) = team.deploy()
    assert change.verb == "changed"
    assert change.details == ("brief.md changed",)


def test_a_dry_run_changes_nothing(team: Team) -> None:
    (change,) = team.deploy(dry_run=True)
    assert change.verb == "new"
    assert not team.server.kept


def test_two_files_of_one_name_are_refused(team: Team) -> None:
    (team.folder / "other.yaml").write_text(team.file.read_text())
    with pytest.raises(DefinitionError, match="has the same name"):
        refuse_duplicates(team.campaigns())


def test_deployments_of_other_folders_are_not_stale(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "a" / "w.yaml", tmp_path / "b" / "w.yaml"
    before = {"old": {"workflow": str(here)}, "other": {"workflow": str(elsewhere)}}
    assert stale_names(before, {"new"}, [tmp_path / "a"]) == {"old"}


def test_only_workflow_files_are_found_in_a_folder(team: Team) -> None:
    (team.folder / "notes.yaml").write_text("a: 1\n")
    (team.folder / "packs").mkdir()
    (team.folder / "packs" / "old.yaml").write_text("triptych: 1\n")
    assert workflow_files([team.folder]) == [team.file]
