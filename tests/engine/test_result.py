from typing import Any

import pytest

from tests.engine.fakes import a_unit
from triptych.contracts import Product, Usage
from triptych.engine.result import Result
from triptych.engine.schedule import run_plan
from triptych.errors import Malformed, RunFailed, Unauthorized, UnknownCharge, Unsupported
from triptych.store.contract import Outcome, Run

RUN = Run("20260101T000000-aaaaaa", "autumn-box", "w.yaml", "0" * 64)
UNIT = a_unit("hero", "image/painter")


def a_result(state: str, *codes: int) -> Result:
    outcomes = {
        str(index): Outcome(UNIT, "failed", Product("image", ran=False), exit_code=code)
        for index, code in enumerate(codes)
    }
    run = Run(RUN.id, RUN.workflow, RUN.file, RUN.digest, state=state)
    return Result(run, outcomes, (), 0.0, 1.0)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (a_result("done"), 0),
        (a_result("waiting"), 3),
        (a_result("rejected"), 1),
        (a_result("failed", RunFailed.exit_code), 1),
        (a_result("failed", Unsupported.exit_code), 1),
        (a_result("failed", RunFailed.exit_code, Unauthorized.exit_code), 4),
        (a_result("failed", UnknownCharge.exit_code), 5),
    ],
)
def test_the_exit_code_says_what_would_help(result: Result, code: int) -> None:
    assert result.exit_code == code


async def test_a_failed_unit_reports_what_it_cost() -> None:
    error = Malformed("half a picture", connector="image/painter")
    error.charged, error.usage = True, Usage("painter-1", 1.0, 0.04)
    events: list[Any] = []

    async def fail(unit: Any, products: Any) -> Outcome:
        del unit, products
        raise error

    plan: Any = type("OneUnit", (), {"units": (UNIT,)})
    outcomes = await run_plan(plan, fail, events.append)
    assert outcomes["hero"].charged == (error.usage,)
    assert (events[-1].state, events[-1].usd) == ("failed", 0.04)
