"""Deploy workflow files: what each asks for, and what would change on the server."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from connectors import about
from connectors.notify import web_addresses
from triptych.app.campaigns import refuse_untranslated, workflow_files
from triptych.app.snapshots import snapshot_of
from triptych.errors import DefinitionError, Problem, StoreError
from triptych.store.contract import Store
from triptych.workflow.load import Campaign, in_order, load_campaign
from triptych.workflow.model import Schedule
from triptych.workflow.plan import make_plan
from triptych.workflow.serialization import form_defaults, run_form
from triptych.workflow.snapshot import changes
from triptych.workflow.timing import never_fires

Secrets = Callable[[Path], Mapping[str, str]]  # workflow file -> its environment
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
    schedule: tuple[Schedule, ...]
    limit: int
    on_conflict: str
    target: DeploymentTarget
    addresses: Mapping[str, str] = field(default_factory=dict)  # of `notify:`; secret


@dataclass(frozen=True, slots=True)
class DeploymentChange:
    """What `deploy` does, or would do, to one deployment."""

    name: str
    verb: str  # new | changed | same | renamed | removed | kept
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


def load_deployable(
    file: Path, now: datetime, *, allow_untranslated: bool = False
) -> Campaign:
    """Return the campaign at `file`, ready to be deployed.

    Raises:
        DefinitionError: the file is wrong, or its schedule never fires.
    """
    campaign = load_campaign(file, about=about, given_by="the run's input", form=True)
    if problems := never_fires(campaign.workflow, campaign.tree, now):
        raise DefinitionError(in_order(problems))
    plan = make_plan(campaign, about)  # the matrix must be valid, too
    if not allow_untranslated:
        refuse_untranslated(plan)
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


def spec_of(
    campaign: Campaign, version: str, target: DeploymentTarget, env: Mapping[str, str]
) -> DeploymentSpec:
    """Return the deployment that `campaign` asks for; `env` has the secrets."""
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
        addresses=_addresses(campaign, env),
    )


def _addresses(campaign: Campaign, env: Mapping[str, str]) -> Mapping[str, str]:
    """Return where the server itself tells of late runs, if that is wanted."""
    rule = campaign.workflow.notify
    wanted = rule is not None and "failed" in rule.events and campaign.workflow.schedule
    return web_addresses(campaign, env) if wanted else {}


@dataclass(frozen=True, slots=True)
class LoadedPlaces:
    """The workflows among some places: the valid ones, and the files that are not."""

    campaigns: tuple[Campaign, ...]
    broken: tuple[Path, ...]
    problems: tuple[Problem, ...]


def load_places(
    places: Iterable[Path], now: datetime, *, allow_untranslated: bool = False
) -> LoadedPlaces:
    """Return the workflows in `places`; one that is wrong does not affect the others."""
    campaigns: list[Campaign] = []
    broken: list[Path] = []
    problems: list[Problem] = []
    for file in workflow_files(places):
        try:
            campaigns.append(
                load_deployable(file, now, allow_untranslated=allow_untranslated)
            )
        except DefinitionError as error:
            broken.append(file)
            problems += error.problems
    refuse_duplicates(campaigns)
    return LoadedPlaces(tuple(campaigns), tuple(broken), tuple(problems))


def no_secrets(_workflow: Path) -> Mapping[str, str]:
    """Return an empty environment."""
    return {}


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """What is deployed from where, and what happens to deployments without a file."""

    loaded: LoadedPlaces
    places: tuple[Path, ...]
    target: DeploymentTarget
    secrets: Secrets = no_secrets
    prune: bool = False  # remove deployments whose file is gone
    dry_run: bool = False


async def deploy(
    request: DeployRequest, store: Store, server: DeploymentServer
) -> list[DeploymentChange]:
    """Make the server's deployments what the files say; return what changed.

    A deployment whose file has another name now is renamed. One whose file is gone from
    the places is removed with `prune`, and kept otherwise.
    """
    versions: dict[str, bytes] = {}
    specs = [_spec(each, request, store, versions) for each in request.loaded.campaigns]
    before = await server.parameters()
    renamed = renames(before, specs)
    orphans = stale_names(before, request, {spec.name for spec in specs}) - {*renamed}
    stale = {*renamed, *(orphans if request.prune else ())}
    changed = await server.sync(specs, stale, dry_run=request.dry_run)
    new_names = {new: old for old, new in renamed.items()}
    changes = [
        _described(change, new_names, before, versions, store)
        for change in changed
        if change.name not in renamed
    ]
    kept = [] if request.prune else sorted(orphans)
    return changes + [DeploymentChange(name, "kept") for name in kept]


def _spec(
    campaign: Campaign, request: DeployRequest, store: Store, versions: dict[str, bytes]
) -> DeploymentSpec:
    data = snapshot_of(campaign.file)
    digest = hashlib.sha256(data).hexdigest()
    versions[campaign.workflow.name] = data
    if not request.dry_run:
        digest = store.keep_snapshot(data)
    env = request.secrets(campaign.file)
    return spec_of(campaign, digest, request.target, env)


def renames(
    before: Mapping[str, Mapping[str, Any]], specs: Iterable[DeploymentSpec]
) -> dict[str, str]:
    """Return old name to new for deployments whose file now has another `name:`."""
    new = {str(s.parameters["workflow"]): s.name for s in specs if s.name not in before}
    kept = {str(s.parameters["workflow"]) for s in specs if s.name in before}
    files = {name: str(each["workflow"]) for name, each in before.items()}
    return {
        old: new[file] for old, file in files.items() if file in new and file not in kept
    }


def stale_names(
    before: Mapping[str, Mapping[str, Any]], request: DeployRequest, names: set[str]
) -> set[str]:
    """Return the deployments that come from the places and that no file asks for now.

    A file that is wrong at the moment still asks for its deployment.
    """
    folders = [place.resolve() for place in request.places]
    broken = {path.resolve() for path in request.loaded.broken}
    files = {name: Path(parameters["workflow"]) for name, parameters in before.items()}
    return {
        name
        for name, file in files.items()
        if name not in names and file not in broken and _is_below(folders, file)
    }


def _is_below(places: Iterable[Path], file: Path) -> bool:
    """Return whether `file` is one of `places`, or lies in one of them."""
    return any(file == place or place in file.parents for place in places)


def _described(
    change: DeploymentChange,
    renamed: Mapping[str, str],
    before: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, bytes],
    store: Store,
) -> DeploymentChange:
    """Return `change` with the name it had before, and the files that differ."""
    if change.name in renamed:
        return replace(
            change,
            verb="renamed",
            details=(f"name: {renamed[change.name]} → {change.name}",),
        )
    old, data = str(before.get(change.name, {}).get("version")), versions.get(change.name)
    if change.verb != "changed" or data is None:
        return change
    try:
        files = changes(store.snapshot(old), data)
    except StoreError:
        return change  # the old version is gone: its files cannot be compared
    return replace(change, details=(*change.details, *files))
