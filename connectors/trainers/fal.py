"""Trains FLUX LoRAs at fal: `fal-ai/flux-lora-fast-training`.

Source: npm @fal-ai/client 1.10.1 `endpoints.d.ts` (FluxLoraFastTrainingInput, Output).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.providers.fal import FalQueue
from triptych.contracts import Watcher
from triptych.training.lesson import Trained, TrainingOrder

NAME = "trainer/fal"
APP = "fal-ai/flux-lora-fast-training"


class FalTrainer:
    """Trains at fal."""

    name: ClassVar[str] = "fal"

    def __init__(self, queue: FalQueue) -> None:
        self.queue = queue

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a trainer with the key and address in `env`.

        Raises:
            Unauthorized: FAL_KEY is not set.
        """
        return cls(FalQueue.from_env(env, NAME))

    async def submit(self, order: TrainingOrder, /) -> dict[str, Any]:
        """Upload the set and return the job.

        Raises:
            ConnectorError: fal did not take it.
        """
        name = f"{order.name}-{order.digest[:12]}.zip"
        address = await self.queue.upload(order.archive, name, "application/zip")
        body = {
            "images_data_url": address,
            "trigger_word": order.trigger,
            "is_style": order.style,
            "create_masks": not order.style,
            "steps": order.steps,
            "data_archive_format": "zip",
        }
        return await self.queue.submit(APP, body)

    async def collect(self, job: Mapping[str, Any], watcher: Watcher, /) -> Trained:
        """Wait for the job and return where its weights are.

        Raises:
            ConnectorError: it failed, or cannot be asked now.
        """
        result = await self.queue.collect(job, watcher)
        address = result.data.text("diffusers_lora_file", "url")
        return Trained({"fal": address}, result.usage)
