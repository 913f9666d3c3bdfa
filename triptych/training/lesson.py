"""One training: submit it once, collect the result, record it in the brand."""

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
    """The request to a trainer. `archive` is a zip of NNN.jpg and NNN.txt."""

    name: str
    trigger: str
    style: bool  # it learns a look, not a thing
    steps: int
    destination: str
    archive: bytes = field(repr=False, metadata={"canonical": False})
    digest: str  # of the archive


@dataclass(frozen=True, slots=True)
class Trained:
    """The result of a trainer: the reference of the weights, and the usage."""

    weights: Mapping[str, str]  # connector's name -> reference, as `Lora.weights`
    usage: Usage


class Trainer(Protocol):
    """A connector that trains LoRAs at a provider."""

    name: str

    async def submit(self, order: TrainingOrder, /) -> dict[str, Any]:
        """Submit `order` and return its job, as plain data.

        Raises:
            ConnectorError: the provider did not accept it.
        """
        ...

    async def collect(self, job: Mapping[str, Any], watcher: Watcher, /) -> Trained:
        """Wait for `job` and return its result.

        Raises:
            ConnectorError: the job failed, or is not available now.
        """
        ...


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """The inputs of one training."""

    manifest: Manifest
    dataset: Dataset
    trainer: Trainer
    store: Store
    brand: Brand
    folder: Path  # of the brand

    @property
    def order(self) -> TrainingOrder:
        """Return the request to the trainer."""
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
        """Return the key of the job in the store."""
        return digest_of({"trainer": self.trainer.name, "order": self.order})

    def done(self) -> bool:
        """Return whether the brand holds this trainer's result of this very set."""
        lora = self.brand.loras.get(self.manifest.name)
        same = lora is not None and lora.trained_on == self.dataset.digest
        return same and lora is not None and self.trainer.name in lora.weights

    def under_way(self) -> bool:
        """Return whether a job was submitted that is still to be collected."""
        return self.store.find_job(self.key) is not None


async def submit_training(lesson: TrainingJob) -> Mapping[str, Any]:
    """Submit the training, unless its job is in the store, and return the job.

    Raises:
        ConnectorError: the trainer did not accept it.
    """
    job = lesson.store.find_job(lesson.key)
    if job is None:
        job = await lesson.trainer.submit(lesson.order)
        lesson.store.remember_job(lesson.key, job)
    return job


async def collect_training(
    lesson: TrainingJob, job: Mapping[str, Any], watcher: Watcher
) -> Trained:
    """Wait for `job` and return its result; a failed job is removed from the store.

    Raises:
        ConnectorError: the job failed, or (`Unavailable`) can be collected later.
    """
    try:
        return await lesson.trainer.collect(job, watcher)
    except ConnectorError as error:
        if not isinstance(error, Unavailable) or error.job_over:
            lesson.store.forget_job(lesson.key)
        raise


def record_training(lesson: TrainingJob, trained: Trained) -> tuple[Lora, Path]:
    """Write the result into the brand, and return it and the file.

    Raises:
        DiskError: the file cannot be written; the job is still in the store.
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
