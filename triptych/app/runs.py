"""Run a campaign: on the engine alone, or through a scheduler such as Prefect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from connectors import about, open_connectors
from connectors.notify import notifying
from connectors.sdk.transport import closing_clients
from triptych.app.campaigns import load_plan
from triptych.app.versions import RunContext, load_version
from triptych.engine.campaign import make_campaign, new_run
from triptych.engine.event_log import EventLog
from triptych.engine.events import Event, Listener, PackBuilt, RunDone, UnitDone
from triptych.engine.notifications import RunDetails
from triptych.engine.result import Result
from triptych.errors import RunFailed
from triptych.store.contract import Store
from triptych.store.place import DEFAULT
from triptych.workflow.plan import Plan, make_plan
from triptych.workflow.serialization import changed_inputs

Secrets = Callable[[Path], Mapping[str, str]]  # workflow file -> its environment


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run's plan and tools. It is no flow parameter: those are stored and shown."""

    plan: Plan
    connectors: dict[str, Any]
    store: Store
    packs: Path
    tell: Listener
    inputs: Mapping[str, Any] = field(default_factory=dict)  # as they were given
    version: str = ""  # digest of the deployed snapshot, if that is what runs
    note: str = ""  # what a person should know about the version that runs
    wait: bool = True  # for a person, where packs need one


class Scheduler(Protocol):
    """Runs a request elsewhere than in a bare event loop, e.g. as a Prefect flow."""

    async def __call__(self, request: RunRequest, /) -> Result:
        """Run `request` and return how it ended."""
        ...


class Collector:
    """Passes events on and keeps those that a summary needs."""

    def __init__(self, tell: Listener) -> None:
        self.pass_on = tell
        self.packs: list[PackBuilt] = []
        self.done: RunDone | None = None
        self.findings = 0
        self.errors: list[str] = []

    def tell(self, event: Event) -> None:
        """Keep what a summary needs of `event`, and pass it on."""
        match event:
            case PackBuilt():  # a second time once it is approved
                self.packs = [pack for pack in self.packs if pack.pack != event.pack]
                self.packs.append(event)
            case RunDone():
                self.done = event
            case UnitDone():
                self.findings += len(event.findings)
                if event.error:
                    self.errors.append(f"{event.unit}: {event.error}")
            case _:
                pass
        self.pass_on(event)


@dataclass(frozen=True, slots=True)
class RunService:
    """Where runs are made: the store, the packs folder, secrets, listener, scheduler."""

    store: Store
    packs: Path
    secrets: Secrets
    tell: Listener
    schedule: Scheduler | None = None  # None: on the engine alone

    def request(self, workflow: Path, inputs: Mapping[str, str]) -> RunRequest:
        """Return the request to run `workflow`: load it, and open its connectors. Blocking.

        Raises:
            DefinitionError: the workflow or an input is wrong; lists every problem.
            Unauthorized: a connector's key is missing.
        """
        return self.request_of(load_plan(workflow, inputs), inputs)

    def request_of(self, plan: Plan, inputs: Mapping[str, str]) -> RunRequest:
        """Return the request to run `plan`, its connectors opened.

        Raises:
            Unauthorized: a connector's key is missing.
        """
        connectors = open_connectors(plan.connectors(), self.secrets(plan.campaign.file))
        return RunRequest(plan, connectors, self.store, self.packs, self.tell, dict(inputs))

    async def run(self, request: RunRequest) -> Collector:
        """Run `request` and return what it told.

        Raises:
            TriptychError: the run could not begin, or ended without a result.
        """
        collector = Collector(request.tell)
        heard = replace(request, tell=collector.tell)
        if self.schedule is None:
            await run_directly(heard, self.secrets(request.plan.campaign.file))
        else:
            await self.schedule(heard)
        if collector.done is None:
            raise RunFailed("the run ended without a result")
        return collector


async def run_directly(request: RunRequest, env: Mapping[str, str]) -> Result:
    """Run `request` on the engine alone; `env` has the secrets of `notify:`."""
    run = new_run(request.plan, inputs=request.inputs)
    campaign = request.plan.campaign
    inputs = changed_inputs(campaign.workflow, request.inputs)
    store = "" if request.store.address == DEFAULT else request.store.address
    about = RunDetails(inputs, store)
    log = EventLog(request.store, run.id, request.tell)
    async with (
        log,
        closing_clients(),
        notifying(campaign, env, log.tell, about) as listener,
    ):
        return await make_campaign(
            request.plan,
            request.connectors,
            request.store,
            request.packs,
            listener,
            run=run,
        )


def prepare(context: RunContext, store: Store, env: Mapping[str, str]) -> RunRequest:
    """Return the request that a deployment's or a stored run's parameters mean.

    Blocking: reads files, and downloads inputs that are given as web addresses.

    Raises:
        DefinitionError: the file or an input's value is wrong; lists every problem.
        StoreError: the deployed version is no longer in the store.
        ConnectorError: an input's web address cannot be read.
    """
    campaign, note = load_version(context, store, env)
    plan = make_plan(campaign, about)
    return RunRequest(
        plan,
        open_connectors(plan.connectors(), env),
        store,
        context.packs,
        lambda _: None,
        inputs=context.inputs,
        version=context.version,
        note=note,
    )
