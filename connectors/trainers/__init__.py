"""Where LoRAs are trained, by name. To add one, write a module and a line in `TRAINERS`."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import cast

from triptych.documents.yaml import did_you_mean
from triptych.errors import UnknownConnector
from triptych.training.lesson import Trainer

TRAINERS: Mapping[str, str] = MappingProxyType(
    {
        "fal": "connectors.trainers.fal:FalTrainer",
        "replicate": "connectors.trainers.replicate:ReplicateTrainer",
    }
)


def open_trainer(name: str, env: Mapping[str, str]) -> Trainer:
    """Return the trainer called `name`, with the key that `env` holds.

    Raises:
        UnknownConnector: there is none of that name.
        Unauthorized: its key is not in `env`.
    """
    if name not in TRAINERS:
        message = f"no trainer is called {name!r}; {did_you_mean(name, TRAINERS)}"
        raise UnknownConnector(message)
    module, _, attribute = TRAINERS[name].partition(":")
    return cast("Trainer", getattr(import_module(module), attribute).from_env(env))
