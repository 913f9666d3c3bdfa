"""The deployed workflows that webhooks start, through the Prefect API."""

from collections.abc import Mapping
from typing import Any

from httpx import HTTPError
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from flows.deployments import FLOW
from flows.webhooks import Hook, NotStarted
from triptych.app.deployments import TAG

FAILURES: tuple[type[Exception], ...] = (HTTPError, OSError, ObjectNotFound)


class Deployed:
    """See `flows.webhooks.Starter`. `only` names what may be started; empty: all."""

    def __init__(self, only: tuple[str, ...] = ()) -> None:
        self.only = only

    async def hook(self, workflow: str) -> Hook | None:
        if self.only and workflow not in self.only:
            return None
        async with get_client() as client:
            try:
                deployment = await client.read_deployment_by_name(f"{FLOW}/{workflow}")
            except ObjectNotFound:
                return None
            except (HTTPError, OSError) as error:
                raise NotStarted(_reason(error)) from None
        if TAG not in deployment.tags:
            return None
        form = deployment.parameter_openapi_schema
        defaults = deployment.parameters.get("inputs") or {}
        return Hook(str(deployment.id), dict(form or {}), dict(defaults))

    async def start(self, hook: Hook, inputs: Mapping[str, Any], key: str) -> str:
        from uuid import UUID

        async with get_client() as client:
            try:
                run = await client.create_flow_run_from_deployment(
                    UUID(hook.deployment),
                    parameters={"inputs": dict(inputs)},
                    idempotency_key=key,
                    tags=["webhook"],
                )
            except FAILURES as error:
                raise NotStarted(_reason(error)) from None
        return str(run.id)


def _reason(error: Exception) -> str:
    return f"Prefect did not start the run ({type(error).__name__}); try again"
