"""Trains FLUX LoRAs at Replicate: `ostris/flux-dev-lora-trainer`, a pinned version.

Source: replicate 1.0.7 (PyPI) `training.py`; Replicate's OpenAPI 1.0.0-a1.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.providers.replicate import REPLICATE, Predictions
from connectors.sdk.transport import ProviderClient
from triptych.contracts import Watcher
from triptych.errors import Unsupported
from triptych.training.lesson import Trained, TrainingOrder

NAME = "trainer/replicate"
MODEL = "ostris/flux-dev-lora-trainer"
VERSION = "4ffd32160efd92e956d39c5338a9b8fbafca58e03f791f6d8011f3e20e8ea6fa"


class ReplicateTrainer:
    """Trains at Replicate, into a model of the account that exists already."""

    name: ClassVar[str] = "replicate"

    def __init__(self, line: ProviderClient) -> None:
        self.predictions = Predictions(line)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a trainer with the key and address in `env`.

        Raises:
            Unauthorized: REPLICATE_API_TOKEN is not set.
        """
        return cls(ProviderClient.open(REPLICATE, env, NAME))

    async def submit(self, order: TrainingOrder, /) -> dict[str, Any]:
        """Upload the set and return the job.

        Raises:
            Unsupported: `destination` is missing.
            ConnectorError: Replicate did not take it.
        """
        if not order.destination:
            message = (
                "needs `destination: owner/name` in training.yaml: a model of your "
                "account that exists already; create it at Replicate first"
            )
            raise Unsupported(message, connector=NAME)
        name = f"{order.name}-{order.digest[:12]}.zip"
        predictions = self.predictions
        address = await predictions.upload(order.archive, name, "application/zip")
        body = {
            "destination": order.destination,
            "input": {
                "input_images": address,
                "trigger_word": order.trigger,
                "steps": order.steps,
                "autocaption": False,  # the set brings its own captions
            },
        }
        path = f"/models/{MODEL}/versions/{VERSION}/trainings"
        data = (await predictions.line.post(path, body)).json()
        url = data.at("urls").text("get", default="") or f"/trainings/{data.text('id')}"
        return {"model": MODEL, "id": data.text("id"), "url": url}

    async def collect(self, job: Mapping[str, Any], watcher: Watcher, /) -> Trained:
        """Wait for the job and return the version that it made.

        Raises:
            ConnectorError: it failed, or cannot be asked now.
        """
        result = await self.predictions.collect(job, watcher)
        return Trained({"replicate": result.output.text("version")}, result.usage)
