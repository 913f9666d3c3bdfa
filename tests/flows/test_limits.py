"""Global limits: off unless asked for, around whole steps, by the connector's name."""

import asyncio

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate

from flows.limits import names_of, placed
from tests.engine.fakes import a_unit
from triptych.errors import ServerError


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", []),
        ("fal", []),
        ("openai", ["triptych-openai"]),
        ("openai, procedural", ["triptych-openai", "triptych-procedural"]),
        ("procedural openai fal", ["triptych-openai", "triptych-procedural"]),
    ],
)
def test_a_step_counts_against_the_limits_of_who_may_make_it(
    asked: str, names: list[str]
) -> None:
    unit = a_unit("hero", "image/openai", fallback=("image/procedural",))
    assert names_of(unit, {"TRIPTYCH_GLOBAL_LIMITS": asked}) == names


async def test_without_limits_nothing_is_asked_of_a_server() -> None:
    async with placed([]):
        pass


@pytest.mark.prefect
async def test_steps_wait_for_a_place_and_a_missing_limit_says_its_cure(
    prefect_server: str,
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: prefect_server}):
        await _limited()


async def _limited() -> None:
    async with get_client() as client:
        await client.create_global_concurrency_limit(
            GlobalConcurrencyLimitCreate(name="triptych-openai", limit=1)
        )
    running = most = 0

    async def step() -> None:
        nonlocal running, most
        async with placed(["triptych-openai"]):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.05)
            running -= 1

    await asyncio.gather(step(), step())
    assert most == 1
    with pytest.raises(ServerError, match="prefect gcl create triptych-nobody --limit 8"):
        async with placed(["triptych-nobody"]):
            pass
