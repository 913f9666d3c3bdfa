"""The training of a LoRA as a Prefect flow: three tasks, each of which can be seen.

Prefect shows it; the store remembers the job. A run that is killed and started again
collects the training that was paid for.
"""

from contextvars import ContextVar
from typing import Any

from prefect import flow, tags, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from triptych.brand.kit import Lora
from triptych.contracts import Watcher
from triptych.errors import RunFailed, TriptychError
from triptych.training.lesson import (
    Trained,
    TrainingJob,
    collect_training,
    record_training,
    submit_training,
)

_LESSON: ContextVar[tuple[TrainingJob, Watcher]] = ContextVar("lesson")
_RESULT: ContextVar[list[Lora]] = ContextVar("lora")


@task(name="submit", cache_policy=NO_CACHE, retries=0, persist_result=False)
async def submit(name: str) -> Any:
    """Submit the training set, or find the job that is under way."""
    lesson, _ = _LESSON.get()
    job = await submit_training(lesson)
    return Completed(message=f"{name} at {lesson.trainer.name}", data=dict(job))


@task(name="collect", cache_policy=NO_CACHE, retries=0, persist_result=False)
async def collect(job: dict[str, Any], kept: list[Trained]) -> Any:
    """Wait until it is trained. `kept` takes the result: it is not for Prefect's store."""
    lesson, watcher = _LESSON.get()
    kept.append(await collect_training(lesson, job, watcher))
    return Completed(message="trained", data=sorted(kept[0].weights))


@task(name="remember", cache_policy=NO_CACHE, retries=0, persist_result=False)
async def remember(trained: list[str], kept: list[Trained]) -> Any:
    """Write the result into the brand's loras.yaml."""
    del trained
    lesson, _ = _LESSON.get()
    lora, path = record_training(lesson, kept[0])
    _RESULT.get().append(lora)
    return Completed(message=f"{lora.name} is in {path.name}", data=lora.name)


@flow(name="train-lora", persist_result=False, log_prints=False)
async def train_lora(brand: str, name: str) -> Any:
    """Train the LoRA `name` of the brand in the folder `brand`."""
    kept: list[Trained] = []
    job = await submit(name)
    trained = await collect(job, kept)
    await remember(trained, kept)
    lora = _RESULT.get()[0]
    await acreate_markdown_artifact(
        key=f"lora-{lora.name}".replace("_", "-"),
        markdown=_told(lora, kept[0]),
        description=f"What {lora.name} was trained on, and where it is",
    )
    return Completed(message=f"{lora.name} of {brand}", data=lora.name)


def _told(lora: Lora, trained: Trained) -> str:
    rows = [
        ("trigger", ", ".join(lora.trigger)),
        ("base", lora.base),
        ("trained on", lora.trained_on),
        ("licence", lora.licence),
        ("seconds", f"{trained.usage.seconds:.0f}"),
    ]
    lines = ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(lines)


async def run_flow(lesson: TrainingJob, watcher: Watcher) -> Lora:
    """Run the flow in this process and return the LoRA that it made.

    Raises:
        ConnectorError: the trainer failed or cannot be asked now.
        RunFailed: Prefect ended the flow before it was done.
    """
    made: list[Lora] = []
    _LESSON.set((lesson, watcher))
    _RESULT.set(made)
    run: Any = train_lora  # called with `return_state`, which its type does not know
    with tags("triptych", "lora"):
        state = await run(
            brand=str(lesson.folder), name=lesson.manifest.name, return_state=True
        )
    if made:
        return made[0]
    cause = await state.aresult(raise_on_failure=False)
    if isinstance(cause, TriptychError):
        raise cause
    raise RunFailed(f"the flow ended as {state.name}: {state.message or cause}")
