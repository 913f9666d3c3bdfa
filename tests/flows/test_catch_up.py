from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, StateType

from flows.catch_up import MissedRun, decide, due_of

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def run(hours_ago: float, state: StateType = StateType.SCHEDULED) -> MissedRun:
    return MissedRun(str(hours_ago), NOW - timedelta(hours=hours_ago), state)


def test_latest_runs_once_with_the_newest_parameters() -> None:
    decision = decide("latest", run(3), [run(2), run(1)], NOW)
    assert decision.action == "run"
    assert set(decision.skipped) == {"2", "1"}
    assert decision.newest == "1"


def test_latest_stands_for_older_ones_too() -> None:
    decision = decide("latest", run(1), [run(3), run(2)], NOW)
    assert (decision.action, set(decision.skipped), decision.newest) == (
        "run",
        {"3", "2"},
        "",
    )


@pytest.mark.parametrize("state", [StateType.RUNNING, StateType.PENDING])
def test_latest_skips_a_run_whose_successor_runs(state: StateType) -> None:
    assert decide("latest", run(3), [run(1, state)], NOW).action == "skip"


def test_latest_runs_although_a_later_one_was_cancelled() -> None:
    others = [run(1, StateType.CANCELLED)]
    assert decide("latest", run(3), others, NOW).action == "run"


def test_a_run_on_time_skips_nothing() -> None:
    assert decide("latest", run(0.001), [run(0.0001)], NOW).skipped == ()


def test_a_run_that_was_picked_up_in_time_and_waited_for_its_turn_is_not_missed() -> None:
    due = NOW - timedelta(hours=2)
    waited = MissedRun("x", due, StateType.RUNNING, due + timedelta(seconds=5))
    assert decide("latest", waited, [run(1)], NOW).skipped == ()
    assert decide("none", waited, [], NOW).action == "run"


def test_all_runs_each_of_them() -> None:
    decision = decide("all", run(2), [run(3), run(1)], NOW)
    assert (decision.action, decision.skipped) == ("run", ())


def test_none_starts_no_run_that_was_missed() -> None:
    assert decide("none", run(1), [], NOW).action == "skip"
    assert decide("none", run(0.01), [], NOW).action == "run"


def test_a_postponed_run_keeps_the_time_of_its_schedule() -> None:
    key = "scheduled 01a2-3 4b5c-6 2026-12-01 11:00:00+00:00"
    run = {"flow_id": uuid4(), "expected_start_time": NOW}
    moved = FlowRun.model_validate({**run, "idempotency_key": key})
    assert due_of(moved) == NOW - timedelta(hours=1)
    assert due_of(FlowRun.model_validate(run)) == NOW
