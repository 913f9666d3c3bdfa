"""Prefect deployments: one for each workflow file, compared and then synchronized."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
)
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import (
    CronSchedule,
    IntervalSchedule,
    RRuleSchedule,
)

from flows.automations import ensure_alerts, ensure_late_watch, late_name, remove
from flows.blocks import ensure_key_type
from flows.pools import ensure_pool, ensure_zombie_watch
from triptych.app.deployments import TAG, DeploymentChange, DeploymentSpec
from triptych.workflow.model import Schedule
from triptych.workflow.timing import ScheduleTimes, times_of

FLOW = "campaign"
ENTRYPOINT = "flows.campaign.campaign"

_ON_CONFLICT = {
    "wait": ConcurrencyLimitStrategy.ENQUEUE,
    "refuse": ConcurrencyLimitStrategy.CANCEL_NEW,
}


async def deployed(client: PrefectClient) -> list[DeploymentResponse]:
    """Return every deployment that was made here, by its tag."""
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    deployments: list[DeploymentResponse] = []
    while page := await client.read_deployments(
        deployment_filter=mine, limit=200, offset=len(deployments)
    ):
        deployments += page
    return [each for each in deployments if "workflow" in each.parameters]


class PrefectDeployments:
    """The Prefect server as `triptych.app.deployments.DeploymentServer`."""

    async def parameters(self) -> dict[str, dict[str, Any]]:
        """Return the parameters of every deployment that was made here, by its name."""
        async with get_client() as client:
            return {each.name: each.parameters for each in await deployed(client)}

    async def sync(
        self, specs: list[DeploymentSpec], stale: set[str], *, dry_run: bool = False
    ) -> list[DeploymentChange]:
        """Make the server's deployments equal to `specs`; remove those in `stale`."""
        if not dry_run:
            await ensure_zombie_watch()
            await ensure_key_type()
        return await sync(specs, stale, dry_run=dry_run)


async def sync(
    asked: list[DeploymentSpec], stale: set[str], *, dry_run: bool = False
) -> list[DeploymentChange]:
    """Make the server's deployments equal to `asked`; remove those named in `stale`.

    Equal deployments are left unchanged, so that their scheduled runs are, too.
    """
    async with get_client() as client:
        before = {each.name: each for each in await deployed(client)}
        changes = [change_of(before.get(each.name), each) for each in asked]
        changes += [DeploymentChange(n, "removed") for n in sorted(stale) if n in before]
        if not dry_run:
            for pool, kind in {(w.target.pool, w.target.pool_type) for w in asked}:
                await ensure_pool(client, pool, kind)
            for change, each in zip(changes, asked, strict=False):
                if change.verb != "same":
                    await _deploy(client, each)
            for change in changes:
                if change.verb == "removed":
                    await client.delete_deployment(before[change.name].id)
                    await remove(late_name(change.name))
            await _watch(client, asked)
    return changes


async def _watch(client: PrefectClient, asked: list[DeploymentSpec]) -> None:
    """Install the automations that notify of failed and late runs."""
    current = await deployed(client)
    for pool in {spec.target.pool for spec in asked}:
        mine = [each for each in current if each.work_pool_name == pool]
        await ensure_alerts(client, pool, mine)
    ours = {each.name: each for each in current}
    for spec in asked:
        await ensure_late_watch(ours[spec.name], spec.addresses)


async def _deploy(client: PrefectClient, asked: DeploymentSpec) -> None:
    """Create or replace one deployment: the one place that writes them."""
    await client.create_deployment(
        flow_id=await client.create_flow_from_name(FLOW),
        name=asked.name,
        version=asked.version[:12],
        description=asked.description,
        tags=list(asked.tags),
        entrypoint=ENTRYPOINT,
        parameters=dict(asked.parameters),
        parameter_openapi_schema=dict(asked.form),
        enforce_parameter_schema=True,
        schedules=_schedules(asked.schedule),
        concurrency_limit=asked.limit,
        concurrency_options=ConcurrencyOptions(
            collision_strategy=_ON_CONFLICT[asked.on_conflict]
        ),
        work_pool_name=asked.target.pool,
        job_variables=dict(asked.target.variables),
        paused=False,
    )


def _schedules(schedules: tuple[Schedule, ...]) -> list[DeploymentScheduleCreate]:
    """Return the server's schedules; each has a slug, so that it can be replaced."""
    return [
        DeploymentScheduleCreate(
            schedule=prefect_schedule(times_of(schedule)),
            active=not schedule.paused,
            slug=f"{TAG}-{number}" if number > 1 else TAG,
        )
        for number, schedule in enumerate(schedules, 1)
    ]


def prefect_schedule(
    times: ScheduleTimes,
) -> CronSchedule | IntervalSchedule | RRuleSchedule:
    """Return the server's form of `times`; it computes the same times."""
    match times.form:
        case "cron":
            return CronSchedule(cron=times.text, timezone=times.zone)
        case "rrule":
            return RRuleSchedule(rrule=times.text, timezone=times.zone)
    assert times.anchor is not None
    step = timedelta(seconds=times.seconds)
    return IntervalSchedule(interval=step, anchor_date=times.anchor, timezone="UTC")


def change_of(before: DeploymentResponse | None, after: DeploymentSpec) -> DeploymentChange:
    """Return how the server's deployment differs from the file."""
    if before is None:
        return DeploymentChange(after.name, "new", tuple(_said(asdict(after)).splitlines()))
    old, new = _view(before), asdict(after)
    details = tuple(
        f"{key}: {old.get(key) or 'nothing'} → {new[key] or 'nothing'}"
        for key in new
        if old.get(key) != new[key] and key not in ("form", "version")
    )
    if old["form"] != new["form"]:
        details += ("form: its inputs changed",)
    if old["version"] != new["version"]:
        details += (f"version: {old['version'][:8]} → {new['version'][:8]}",)
    return DeploymentChange(after.name, "changed" if details else "same", details)


def _said(view: Mapping[str, str]) -> str:
    shown = ("schedule", "store", "packs", "pool")
    return "\n".join(f"{key}: {view[key] or 'nothing'}" for key in shown)


def asdict(asked: DeploymentSpec) -> dict[str, str]:
    """Return a deployment as text by aspect, to be compared."""
    schedules = _schedules(asked.schedule)
    return {
        "file": str(asked.parameters["workflow"]),
        "description": asked.description,
        "tags": ", ".join(sorted(asked.tags)),
        "schedule": _schedule_text(schedules),
        "concurrency": f"{asked.limit}, then {asked.on_conflict}",
        "store": str(asked.parameters["store"]),
        "packs": str(asked.parameters["packs"]),
        "pool": asked.target.pool,
        "variables": _json(asked.target.variables),
        "form": _json(asked.form) + _json(asked.parameters["inputs"]),
        "version": asked.version,
    }


def _view(found: DeploymentResponse) -> dict[str, str]:
    options = found.concurrency_options
    strategy = options.collision_strategy if options else ConcurrencyLimitStrategy.ENQUEUE
    names = {value: key for key, value in _ON_CONFLICT.items()}
    limit = found.global_concurrency_limit
    said = found.parameters
    return {
        "file": str(said.get("workflow")),
        "description": found.description or "",
        "tags": ", ".join(sorted(found.tags)),
        "schedule": _schedule_text(found.schedules),
        "concurrency": f"{limit.limit if limit else 0}, then {names.get(strategy)}",
        "store": str(said.get("store")),
        "packs": str(said.get("packs")),
        "pool": found.work_pool_name or "",
        "variables": _json(found.job_variables),
        "form": _json(found.parameter_openapi_schema) + _json(said.get("inputs")),
        "version": str(said.get("version") or ""),
    }


def _schedule_text(schedules: Any) -> str:
    said = []
    for each in schedules:
        made = each.schedule
        zone = made.timezone or "UTC"
        match made:
            case CronSchedule():
                text = f"cron {made.cron} {zone}"
            case RRuleSchedule():
                text = f"rrule {made.rrule} {zone}"
            case _:
                start = made.anchor_date.astimezone(UTC)
                text = f"every {made.interval.total_seconds():g} s from {start:%F %R} UTC"
        said.append(text if each.active else f"{text}, paused")
    return "; ".join(said)


def _json(value: Any) -> str:
    return json.dumps(value or {}, sort_keys=True, ensure_ascii=False, default=str)
