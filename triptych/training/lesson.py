"""One training: submitted once, collected when it is done, remembered in the brand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from triptych.artifact import digest_of
from triptych.brand.kit import Brand, Lora
from triptych.contracts import Usage, Watcher
from triptych.errors import ConnectorError, Unavailable
from triptych.store.contract import Store
from triptych.training.dataset import Dataset
from triptych.training.manifest import Manifest
from triptych.training.recording import record, recorded


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """What a trainer is asked for. `archive` is a zip of NNN.jpg and NNN.txt."""

    name: str
    trigger: str
    style: bool  # it learns a look, not a thing
    steps: int
    destination: str
    archive: bytes = field(repr=False, metadata={"canonical": False})
    digest: str  # of the archive


@dataclass(frozen=True, slots=True)
class Trained:
    """What a trainer made: how it calls the weights, and what that used."""

    weights: Mapping[str, str]  # connector's name -> reference, as `Lora.weights`
    usage: Usage


class Trainer(Protocol):
    """Trains LoRAs somewhere else."""

    name: str

    async def submit(self, order: TrainingOrder, /) -> dict[str, Any]:
        """Return the job that was made of `order`, as plain data.

        Raises:
            ConnectorError: it was not taken.
        """
        ...

    async def collect(self, job: Mapping[str, Any], watcher: Watcher, /) -> Trained:
        """Wait for `job` and return what it made.

        Raises:
            ConnectorError: it failed, or cannot be asked now.
        """
        ...


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """Everything that one training needs."""

    manifest: Manifest
    dataset: Dataset
    trainer: Trainer
    store: Store
    brand: Brand
    folder: Path  # of the brand

    @property
    def order(self) -> TrainingOrder:
        """Return what the trainer is asked for."""
        written = self.manifest.written
        return TrainingOrder(
            name=self.manifest.name,
            trigger=written.trigger,
            style=written.teaches == "style",
            steps=written.steps,
            destination=written.destination,
            archive=self.dataset.archive,
            digest=self.dataset.digest,
        )

    @property
    def key(self) -> str:
        """Return the name under which the store remembers the job."""
        return digest_of({"trainer": self.trainer.name, "order": self.order})

    def done(self) -> bool:
        """Return whether the brand holds this trainer's result of this very set."""
        lora = self.brand.loras.get(self.manifest.name)
        same = lora is not None and lora.trained_on == self.dataset.digest
        return same and lora is not None and self.trainer.name in lora.weights

    def under_way(self) -> bool:
        """Return whether a job was submitted that is still to be collected."""
        return self.store.find_job(self.key) is not None


async def submitted(lesson: TrainingJob) -> Mapping[str, Any]:
    """Return the lesson's job: the one under way, or a new one, remembered at once.

    Raises:
        ConnectorError: the trainer did not take it.
    """
    job = lesson.store.find_job(lesson.key)
    if job is None:
        job = await lesson.trainer.submit(lesson.order)
        lesson.store.remember_job(lesson.key, job)
    return job


async def collected(
    lesson: TrainingJob, job: Mapping[str, Any], watcher: Watcher
) -> Trained:
    """Wait for `job` and return what it made; a job that failed is forgotten.

    Raises:
        ConnectorError: it failed, or (`Unavailable`) it is still there to be collected.
    """
    try:
        return await lesson.trainer.collect(job, watcher)
    except ConnectorError as error:
        if not isinstance(error, Unavailable) or error.job_over:
            lesson.store.forget_job(lesson.key)
        raise


def remembered(lesson: TrainingJob, trained: Trained) -> tuple[Lora, Path]:
    """Write the result into the brand, and return it and the file.

    Raises:
        DiskError: the file cannot be written; the job is still remembered.
    """
    written = lesson.manifest.written
    lora = Lora(
        name=lesson.manifest.name,
        weights=trained.weights,
        trigger=(written.trigger,),
        scale=written.scale,
        base=written.base,
        licence=lesson.manifest.licence(),
        trained_on=lesson.dataset.digest,
    )
    lora = recorded(lesson.brand, lora)
    path = record(lesson.folder, lora)
    lesson.store.forget_job(lesson.key)
    return lora, path
