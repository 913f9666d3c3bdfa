"""Keys kept in Prefect: a block with a secret field for each, read when a run needs it.

What a team keeps here is encrypted in the server's database, with the key in
PREFECT_SERVER_ENCRYPTION_KEY (docs/operations.md), and shown to nobody in the UI.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from pydantic import Field, SecretStr

from triptych.environment import Environment, environment
from triptych.slugs import slug

SLUG = "triptych-key"
SOURCE = "a key in Prefect"
NOT_FOUND = 404


class TriptychKey(Block):
    """A key that connectors or notifications use, by the name of its variable."""

    _block_type_name = "Triptych key"
    _block_type_slug = SLUG
    _description = "A provider's key, or a secret that a workflow's `notify:` names."

    variable: Annotated[
        str,
        Field(
            title="Variable",
            description="As the environment would call it, e.g. OPENAI_API_KEY.",
            pattern=r"^[A-Z][A-Z0-9_]*$",
        ),
    ]
    value: Annotated[SecretStr, Field(title="Value", description="Shown to nobody.")]


def block_name(variable: str) -> str:
    """Return what the block of a variable is called: "openai-api-key"."""
    return slug(variable, limit=200)


class BlockKeys(Mapping[str, str]):
    """The keys of the Prefect server, asked for at once when the first is wanted."""

    @cached_property
    def _found(self) -> Mapping[str, str]:
        with get_client(sync_client=True) as client:
            try:
                documents = client.read_block_documents_by_type(SLUG, include_secrets=True)
            except PrefectHTTPStatusError as error:
                if error.response.status_code != NOT_FOUND:
                    raise
                return {}  # nobody has kept a key there: it does not know the block yet
        held = [document.data for document in documents]
        return {str(each["variable"]): str(each["value"]) for each in held}

    def __getitem__(self, name: str) -> str:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return "BlockKeys()"


def run_environment(*folders: Path) -> Environment:
    """Return where a run on a Prefect server finds its secrets."""
    return environment(*folders, more=((SOURCE, BlockKeys()),))


def keep_key(variable: str, value: str) -> None:
    """Keep `value` as a block, replacing the one before. Blocking."""
    key = TriptychKey(variable=variable, value=SecretStr(value))
    key.save(block_name(variable), overwrite=True)  # pyright: ignore[reportUnusedCoroutine]


async def ensure_key_type() -> None:
    """Make the server know the block, so that its catalogue offers the form."""
    await TriptychKey.aregister_type_and_schema()
