"""Load a campaign as a deployment or a stored run names it: file, version and inputs."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import about
from triptych.app.snapshots import snapshot_of
from triptych.errors import StoreError
from triptych.store.contract import Store
from triptych.store.place import local_folder
from triptych.workflow.load import Campaign, load_campaign
from triptych.workflow.merging import load_merged
from triptych.workflow.model import Input
from triptych.workflow.snapshot import snapshot, unpack


@dataclass(frozen=True, slots=True)
class RunContext:
    """A run's parameters, as a deployment or the store keeps them."""

    workflow: Path
    store: str
    packs: Path
    inputs: Mapping[str, Any]
    version: str = ""  # digest of the deployed snapshot; empty: the file as it is now


def load_version(
    context: RunContext, store: Store, env: Mapping[str, str], *, form: bool = False
) -> tuple[Campaign, str]:
    """Return the campaign in the version that was deployed, and a note about it.

    With `form`, required inputs may be missing: stand-ins are used.
    Blocking: reads files, and downloads inputs that are given as web addresses.

    Raises:
        DefinitionError: the file or an input's value is wrong; lists every problem.
        StoreError: the deployed version is no longer in the store.
        ConnectorError: an input's web address cannot be read.
    """
    from connectors.sdk.download import INSIDE, inside_hosts

    cache = local_folder(context.store)
    file, note = context.workflow, ""
    if context.version:
        file = _unpacked(context, store, cache)
        note = _difference(context)
    types = _input_types(file)
    folders = (file.parent, context.workflow.parent)
    allowed = inside_hosts(env.get(INSIDE, ""))
    inputs = {
        name: _located(types.get(name), value, folders, cache, allowed)
        for name, value in context.inputs.items()
        if value is not None
    }
    campaign = load_campaign(
        file, about=about, sets=inputs, given_by="the run's input", form=form
    )
    return campaign, note


def _unpacked(context: RunContext, store: Store, cache: Path) -> Path:
    folder = cache / "unpacked" / context.version
    unpack(store.snapshot(context.version), folder)
    file = folder / context.workflow.name
    if not file.is_file():
        raise StoreError(f"the deployed version has no {file.name}; run `triptych deploy`")
    return file


def _difference(context: RunContext) -> str:
    """Return a note for people if the file is no longer what was deployed."""
    version = context.version[:8]
    if not context.workflow.is_file():
        return (
            f"{context.workflow} is not here (any more): this is the deployed version "
            f"{version}"
        )
    if _is_current(context):
        return ""
    return (
        f"{context.workflow.parent} changed since it was deployed: this is the deployed "
        f"version {version}; `triptych deploy` brings in the changes"
    )


def _is_current(context: RunContext) -> bool:
    """Return whether the files are still those that were deployed.

    Versions that were deployed earlier hold the whole folder.
    """
    makers = (snapshot_of, lambda file: snapshot(file.parent))
    digests = (hashlib.sha256(make(context.workflow)).hexdigest() for make in makers)
    return context.version in digests


def _input_types(file: Path) -> dict[str, str]:
    """Return the type of every input, without checking the file yet."""
    inputs = load_merged(file).data.get("inputs")
    if not isinstance(inputs, dict):
        return {}
    rules = {name: rule for name, rule in inputs.items() if isinstance(rule, dict)}
    default = Input.model_fields["type"].default
    return {name: str(rule.get("type", default)) for name, rule in rules.items()}


def _located(
    kind: str | None,
    value: Any,
    folders: tuple[Path, ...],
    cache: Path,
    allowed: frozenset[str],
) -> Any:
    """Return the path of a file that an input names, downloaded if it is an address."""
    if kind not in ("image", "file") or not isinstance(value, str) or not value:
        return value
    from connectors.sdk.download import is_address, readable

    if is_address(value):
        return str(readable(value, cache / "downloads", allowed))
    for folder in folders:
        if (folder / value).is_file():
            return str(folder / value)
    return value
