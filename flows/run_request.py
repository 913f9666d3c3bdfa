"""What a flow run works on: made by the command, or read from a deployment's parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors import about, open_connectors
from connectors.sdk.download import INSIDE, inside_hosts, is_address, readable
from connectors.stores import open_store
from flows.blocks import run_environment
from triptych.errors import StoreError
from triptych.store.contract import Store
from triptych.store.place import local_folder
from triptych.workflow.load import Campaign, load_campaign
from triptych.workflow.model import Input
from triptych.workflow.plan import Plan, make_plan
from triptych.workflow.snapshot import snapshot, unpack


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run's plan and tools. It is no parameter: parameters are stored and shown."""

    plan: Plan
    connectors: dict[str, Any]
    store: Store
    packs: Path
    tell: Callable[[Any], None]
    inputs: Mapping[str, Any] = field(default_factory=dict)  # as they were given
    version: str = ""  # digest of the deployed snapshot, if that is what runs
    note: str = ""  # what a person should know about the version that runs
    wait: bool = True  # for a person, where packs need one


@dataclass(frozen=True, slots=True)
class RunContext:
    """A flow run's parameters."""

    workflow: Path
    store: str
    packs: Path
    inputs: dict[str, Any]
    version: str = ""  # digest of the deployed snapshot; empty: the file as it is now


def ordered(asked: RunContext) -> RunRequest:
    """Load the campaign that a deployment names, in the version that was deployed.

    Blocking: reads files, and downloads inputs that are given as web addresses.

    Raises:
        DefinitionError: the file or an input's value is wrong; lists every problem.
        StoreError: the deployed version is no longer in the store.
        ConnectorError: an input's web address cannot be read.
    """
    env = run_environment(asked.workflow.parent)
    store = open_store(asked.store, env)
    campaign, note = loaded(asked, store, env)
    plan = make_plan(campaign, about)
    tools = open_connectors(plan.connectors(), env)
    return RunRequest(
        plan,
        tools,
        store,
        asked.packs,
        lambda _: None,
        inputs=asked.inputs,
        version=asked.version,
        note=note,
    )


def loaded(asked: RunContext, store: Store, env: Mapping[str, str]) -> tuple[Campaign, str]:
    """Return the campaign in the version that was deployed, and what to know of that.

    Blocking, as `ordered` is, and raises what it does.
    """
    near = local_folder(asked.store)
    file, note = asked.workflow, ""
    if asked.version:
        file = _unpacked(asked, store, near)
        note = _difference(asked)
    rules = _rules(file)
    bases = (file.parent, asked.workflow.parent)
    inside = inside_hosts(env.get(INSIDE, ""))
    sets = {
        name: _found(rules.get(name), value, bases, near, inside)
        for name, value in asked.inputs.items()
        if value is not None
    }
    return load_campaign(file, about=about, sets=sets, given_by="the run's input"), note


def _unpacked(asked: RunContext, store: Store, near: Path) -> Path:
    folder = near / "unpacked" / asked.version
    unpack(store.snapshot(asked.version), folder)
    file = folder / asked.workflow.name
    if not file.is_file():
        raise StoreError(f"the deployed version has no {file.name}; run `triptych deploy`")
    return file


def _difference(asked: RunContext) -> str:
    """Return what a person should know: the file is no longer what was deployed."""
    import hashlib

    short = asked.version[:8]
    if not asked.workflow.is_file():
        return (
            f"{asked.workflow} is not here (any more): this is the deployed version {short}"
        )
    now = hashlib.sha256(snapshot(asked.workflow.parent)).hexdigest()
    if now == asked.version:
        return ""
    return (
        f"{asked.workflow.parent} changed since it was deployed: this is the deployed "
        f"version {short}; `triptych deploy` brings in the changes"
    )


def _rules(file: Path) -> dict[str, str]:
    """Return the type of every input, without checking the file yet."""
    from triptych.workflow.merging import load_merged

    data = load_merged(file).data.get("inputs")
    if not isinstance(data, dict):
        return {}
    named = {name: rule for name, rule in data.items() if isinstance(rule, dict)}
    known = Input.model_fields["type"].default
    return {name: str(rule.get("type", known)) for name, rule in named.items()}


def _found(
    kind: str | None,
    value: Any,
    bases: tuple[Path, ...],
    near: Path,
    inside: frozenset[str],
) -> Any:
    """Return a file that an input names as a path that exists, wherever it lies."""
    if kind not in ("image", "file") or not isinstance(value, str) or not value:
        return value
    if is_address(value):
        return str(readable(value, near / "downloads", inside))
    for base in bases:
        if (base / value).is_file():
            return str(base / value)
    return value
