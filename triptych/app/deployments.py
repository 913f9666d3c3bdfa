"""Deploy workflow files: what each asks for, and what would change on the server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from connectors import about
from triptych.errors import DefinitionError, StoreError
from triptych.store.contract import Store
from triptych.workflow.load import Campaign, in_order, load_campaign
from triptych.workflow.model import Schedule
from triptych.workflow.plan import make_plan
from triptych.workflow.serialization import form_defaults, run_form
from triptych.workflow.snapshot import changes, snapshot
from triptych.workflow.timing import never_fires

TAG = "triptych"  # of every deployment that is made here
POOL = "triptych"


@dataclass(frozen=True, slots=True)
class DeploymentTarget:
    """Where a deployment's runs work: store and packs (absolute), and the work pool."""

    store: str
    packs: str
    pool: str = POOL
    pool_type: str = "process"
    variables: Mapping[str, Any] = field(default_factory=dict)  # of the job, by pool type


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """The deployment that a workflow file asks for."""

    name: str
    description: str
    tags: tuple[str, ...]
    version: str  # digest of the campaign's snapshot
    form: Mapping[str, Any]
    parameters: Mapping[str, Any]
    schedule: Schedule | None
    limit: int
    on_conflict: str
    target: DeploymentTarget


@dataclass(frozen=True, slots=True)
class DeploymentChange:
    """What `deploy` does, or would do, to one deployment."""

    name: str
    verb: str  # new | changed | same | removed
    details: tuple[str, ...] = ()


class DeploymentServer(Protocol):
    """The server that keeps deployments; implemented with Prefect in `flows`."""

    async def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the parameters of every deployment that was made here, by name."""
        ...

    async def sync(
        self, specs: list[DeploymentSpec], stale: set[str], *, dry_run: bool
    ) -> list[DeploymentChange]:
        """Make the deployments equal to `specs`, remove `stale`, return the changes."""
        ...


def load_deployable(file: Path, now: datetime) -> Campaign:
    """Return the campaign at `file`, ready to be deployed.

    Raises:
        DefinitionError: the file is wrong, or its schedule never fires.
    """
    campaign = load_campaign(file, about=about, given_by="the run's input", form=True)
    if problems := never_fires(campaign.workflow, campaign.tree, now):
        raise DefinitionError(in_order(problems))
    make_plan(campaign, about)  # the matrix must be valid, too
    return campaign


def refuse_duplicates(campaigns: Iterable[Campaign]) -> None:
    """Check that no two campaigns have one name, which names the deployment.

    Raises:
        DefinitionError: two have; at the second one's `name:`.
    """
    files: dict[str, Path] = {}
    for campaign in campaigns:
        name = campaign.workflow.name
        if name in files:
            message = f"{files[name]} has the same name; a deployment is called by it"
            raise DefinitionError([campaign.tree.problem(("name",), message, "T203")])
        files[name] = campaign.file


def spec_of(campaign: Campaign, version: str, target: DeploymentTarget) -> DeploymentSpec:
    """Return the deployment that `campaign` asks for."""
    workflow = campaign.workflow
    labels = tuple(f"{key}:{value}" for key, value in workflow.labels.items())
    return DeploymentSpec(
        name=workflow.name,
        description=workflow.description,
        tags=(TAG, *labels),
        version=version,
        form=run_form(workflow),
        parameters={
            "workflow": str(campaign.file.resolve()),
            "inputs": form_defaults(workflow),
            "store": target.store,
            "packs": target.packs,
            "version": version,
        },
        schedule=workflow.schedule,
        limit=workflow.concurrency.limit,
        on_conflict=workflow.concurrency.on_conflict,
        target=target,
    )


async def deploy(
    campaigns: list[Campaign],
    places: Iterable[Path],
    target: DeploymentTarget,
    store: Store,
    server: DeploymentServer,
    *,
    dry_run: bool = False,
) -> list[DeploymentChange]:
    """Make the server's deployments what the files say; return what changed.

    Deployments whose file was in one of `places` and is gone are removed.
    """
    specs = [
        spec_of(each, store.keep_snapshot(snapshot(each.file.parent)), target)
        for each in campaigns
    ]
    before = await server.parameters()
    stale = stale_names(before, {spec.name for spec in specs}, places)
    changed = await server.sync(specs, stale, dry_run=dry_run)
    versions = {spec.name: spec.version for spec in specs}
    return [
        with_files(change, before.get(change.name, {}), versions, store)
        for change in changed
    ]


def stale_names(
    before: Mapping[str, Mapping[str, Any]], names: set[str], places: Iterable[Path]
) -> set[str]:
    """Return the deployments that come from `places` and that no file asks for now."""
    folders = [place.resolve() for place in places]
    return {
        name
        for name, parameters in before.items()
        if name not in names and _is_below(folders, Path(parameters["workflow"]))
    }


def _is_below(places: Iterable[Path], file: Path) -> bool:
    """Return whether `file` is one of `places`, or lies in one of them."""
    return any(file == place or place in file.parents for place in places)


def with_files(
    change: DeploymentChange,
    before: Mapping[str, Any],
    versions: Mapping[str, str],
    store: Store,
) -> DeploymentChange:
    """Return `change` with the files that differ between the two versions."""
    old, new = str(before.get("version")), versions.get(change.name, "")
    if change.verb != "changed" or old == new:
        return change
    try:
        files = changes(store.snapshot(old), store.snapshot(new))
    except StoreError:
        return change  # the old version is gone: its files cannot be compared
    return replace(change, details=(*change.details, *files))
