"""Automations of the Prefect server that `deploy` installs: bad ends, and late runs.

The server itself acts on them, so they also work while no worker runs.
"""

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.events.actions import CallWebhook, RunDeployment
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from pydantic import SecretStr

from flows.alerts import ENTRYPOINT, FLOW
from triptych.app.deployments import TAG

BAD_ENDS = ("Crashed", "Refused", "Failed", "Cancelled")
LATE = timedelta(minutes=5)  # after Prefect marks a run late, until people are told
PICKED_UP = ("Pending", "Running", "AwaitingConcurrencySlot", "Skipped", "Cancelled")
FLOW_RUN = "prefect.flow-run"


async def ensure_alerts(
    client: PrefectClient, pool: str, deployments: Sequence[DeploymentResponse]
) -> None:
    """Make bad ends of the runs of `deployments`, all on `pool`, start the flow `alert`."""
    name = f"triptych: bad ends of runs ({pool})"
    if not deployments:
        await remove(name)
        return
    alerts = await _alerts_deployment(client, pool, deployments[0].job_variables)
    await ensure(_bad_ends(name, alerts, [each.id for each in deployments]))


async def _alerts_deployment(
    client: PrefectClient, pool: str, variables: Mapping[str, Any]
) -> UUID:
    """Return the deployment of `alert` whose runs the pool's workers run."""
    name = f"{pool}-alerts"
    with contextlib.suppress(ObjectNotFound):
        return (await client.read_deployment_by_name(f"{FLOW}/{name}")).id
    return await client.create_deployment(
        flow_id=await client.create_flow_from_name(FLOW),
        name=name,
        description="Started by an automation when a run ends badly; not by hand.",
        tags=[TAG],
        entrypoint=ENTRYPOINT,
        work_pool_name=pool,
        job_variables=dict(variables),
    )


def _bad_ends(name: str, alerts: UUID, deployments: Sequence[UUID]) -> Automation:
    return Automation(
        name=name,
        description="A run that was killed, refused, skipped or not approved in time.",
        trigger=EventTrigger(
            expect={f"{FLOW_RUN}.{end}" for end in BAD_ENDS},
            match=ResourceSpecification({"prefect.resource.id": [f"{FLOW_RUN}.*"]}),
            match_related=_deployments(deployments),
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            RunDeployment(
                source="selected",
                deployment_id=alerts,
                job_variables=None,
                parameters={
                    "ended": {
                        "__prefect_kind": "jinja",
                        "template": "{{ event.resource.id }}",
                    }
                },
            )
        ],
    )


async def ensure_late_watch(
    deployment: DeploymentResponse, addresses: Mapping[str, str]
) -> None:
    """Make the server call `addresses` (by channel) when no worker takes a run.

    With no addresses, a watch that was installed before is removed.
    """
    name = late_name(deployment.name)
    if not addresses:
        await remove(name)
        return
    text = (
        f"{deployment.name}: a scheduled run has not started for "
        f"{LATE.total_seconds() / 60:.0f} minutes: is a worker running?"
    )
    actions = [
        CallWebhook(
            block_document_id=await _webhook(f"{deployment.name}-{channel}", address),
            payload=_payload(channel, deployment.name, text),
        )
        for channel, address in addresses.items()
    ]
    await ensure(_late(name, deployment.id, actions))


def late_name(deployment: str) -> str:
    """Return the name of the automation about late runs of a deployment."""
    return f"triptych: late runs of {deployment}"


def _late(name: str, deployment: UUID, actions: Sequence[Any]) -> Automation:
    return Automation(
        name=name,
        description="No worker has taken a scheduled run.",
        trigger=EventTrigger(
            after={f"{FLOW_RUN}.Late"},
            expect={f"{FLOW_RUN}.{state}" for state in PICKED_UP},
            match=ResourceSpecification({"prefect.resource.id": [f"{FLOW_RUN}.*"]}),
            match_related=_deployments([deployment]),
            posture=Posture.Proactive,
            threshold=1,
            within=LATE,
        ),
        actions=list(actions),
    )


def _deployments(ids: Sequence[UUID]) -> ResourceSpecification:
    return ResourceSpecification(
        {
            "prefect.resource.role": "deployment",
            "prefect.resource.id": [f"prefect.deployment.{each}" for each in ids],
        }
    )


async def _webhook(name: str, address: str) -> UUID:
    """Keep an address as an encrypted block of the server, and return its id."""
    block = Webhook(method="POST", url=SecretStr(address))
    slug = re.sub(r"[^a-z0-9]+", "-", f"triptych-{name}".lower()).strip("-")
    saved: Any = block.save(slug, overwrite=True)
    return UUID(str(await saved))


def _payload(channel: str, workflow: str, text: str) -> str:
    if channel == "slack":
        return json.dumps({"text": text})
    body = {"event": "failed", "workflow": workflow, "run": "", "title": text}
    return json.dumps({**body, "lines": [], "links": []})


async def ensure(wanted: Automation) -> None:
    """Create the automation, or update the one of the same name if it differs."""
    try:
        existing = await Automation.aread(name=wanted.name)
    except (ValueError, ObjectNotFound):
        await wanted.acreate()
        return
    same = existing.trigger == wanted.trigger and existing.actions == wanted.actions
    if not same:
        wanted.id = existing.id
        await wanted.aupdate()


async def remove(name: str) -> None:
    """Delete the automation called `name`, if there is one."""
    with contextlib.suppress(ValueError, ObjectNotFound, PrefectHTTPStatusError):
        await (await Automation.aread(name=name)).adelete()
