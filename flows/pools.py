"""Set up the server: a work pool, and the automation that detects dead runs."""

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

POOL = "triptych"
HEARTBEAT = 30  # seconds between a flow run's signs of life
SILENCE = timedelta(seconds=90)  # after so long without one, a run is dead
ZOMBIES = "triptych: runs that died"


async def ensure_pool(client: PrefectClient, name: str, kind: str = "process") -> None:
    """Create the work pool `name` unless it exists."""
    try:
        await client.read_work_pool(name)
    except ObjectNotFound:
        try:
            await client.create_work_pool(WorkPoolCreate(name=name, type=kind))
        except ObjectAlreadyExists:
            return  # another deploy was faster


async def ensure_zombie_watch(silence: timedelta = SILENCE) -> bool:
    """Install the automation that marks silent runs as Crashed; say whether it was new.

    A run that is killed cannot say so: without this it stays Running for ever.
    """
    try:
        await Automation.aread(name=ZOMBIES)
    except (ValueError, ObjectNotFound):
        await _zombie_watch(silence).acreate()
        return True
    return False


def _zombie_watch(silence: timedelta) -> Automation:
    flow_run, seconds = "prefect.flow-run", f"{silence.total_seconds():.0f} s"
    ends = ("Completed", "Failed", "Cancelled", "Crashed", "Paused", "Suspended")
    return Automation(
        name=ZOMBIES,
        description=f"No heartbeat for {seconds}: dead. Run it again, it resumes.",
        trigger=EventTrigger(
            after={f"{flow_run}.heartbeat"},
            expect={f"{flow_run}.heartbeat", *(f"{flow_run}.{end}" for end in ends)},
            match=ResourceSpecification({"prefect.resource.id": [f"{flow_run}.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=silence,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                force=False,
                message=f"no sign of life for {seconds}: the process was killed; run it "
                "again, what was made is kept",
            )
        ],
    )
