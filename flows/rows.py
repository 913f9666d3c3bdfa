"""Rows of a table as a Prefect flow: a campaign run for each, side by side in the UI."""

import asyncio
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import acreate_table_artifact
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.campaign import campaign
from triptych.errors import TriptychError
from triptych.workflow.load import read_workflow
from triptych.workflow.rows import InputRow, load_rows


def _title() -> str:
    given = flow_run.parameters
    return f"{Path(str(given['workflow'])).stem} · {Path(str(given['rows'])).name}"


@flow(name="campaign-rows", flow_run_name=_title, persist_result=False)
async def campaign_rows(
    workflow: str,
    rows: str,
    store: str = ".triptych",
    packs: str = "packs",
    inputs: dict[str, Any] | None = None,
) -> Any:
    """Run a workflow once for each row of a CSV file; one that fails stops no other.

    Args:
        workflow: Path of the workflow file.
        rows: Path of the CSV file; its first line names inputs.
        store: Address of the store: a folder, or s3://bucket/prefix.
        packs: Folder for the packs; each row has a folder of its own in it.
        inputs: Values where a cell is empty.
    """
    try:
        table = await asyncio.to_thread(_rows, Path(workflow), Path(rows), inputs or {})
    except TriptychError as error:
        return Failed(name="Refused", message=str(error))
    run: Any = campaign  # called with `return_state`, which its type does not know
    report: list[dict[str, str]] = []
    for row in table:
        within = str(Path(packs) / row.name)
        asked = {"workflow": workflow, "inputs": dict(row.sets), "store": store}
        state = await run(**asked, packs=within, return_state=True)
        report.append(_line(row, state))
    await acreate_table_artifact(
        key="rows", table=report, description=f"How the rows of {rows} ended"
    )
    bad = [each["row"] for each in report if each["state"] in BAD]
    if bad:
        name = "PartiallyFailed" if len(bad) < len(report) else "Failed"
        return Failed(name=name, message=f"of {len(report)} rows: {', '.join(bad)[:400]}")
    return Completed(message=f"{len(report)} row{'s' * (len(report) != 1)}")


BAD = ("Failed", "PartiallyFailed", "Refused", "Crashed", "Cancelled")


def _rows(workflow: Path, table: Path, common: dict[str, Any]) -> tuple[InputRow, ...]:
    given = {name: str(value) for name, value in common.items() if value is not None}
    return load_rows(table, read_workflow(workflow), given, workflow.parent)


def _line(row: InputRow, state: Any) -> dict[str, str]:
    return {
        "row": row.name,
        "line": str(row.line),
        "state": str(state.name),
        "said": str(state.message or ""),
    }
