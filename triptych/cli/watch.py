"""`triptych watch FOLDER`: every file that is dropped into it becomes a run."""

import asyncio
import json
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triptych.cli.inbox import Inbox
from triptych.cli.launch import run_service
from triptych.cli.store import ADDRESS, opened
from triptych.errors import TriptychError
from triptych.slugs import slug
from triptych.workflow.model import Workflow

if TYPE_CHECKING:
    from triptych.app.runs import RunService

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
LOOK = 1.0  # seconds between two looks at the folder


class NotUsable(TriptychError):
    """A dropped file gives no inputs: says what would."""

    exit_code = 2


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--workflow", required=True, type=click.Path(path_type=Path), help="What is run."
)
@click.option("--input", "name", help="The input that a dropped picture gives.")
@ADDRESS
@click.option(
    "--packs", type=click.Path(path_type=Path), default=Path("packs"), show_default=True
)
@click.option("--direct", is_flag=True, help="Run without Prefect.")
@click.option("--settle", default=2.0, show_default=True, help="Seconds without a change.")
@click.option("--once", is_flag=True, help="Run what is there, then end.")
def watch(
    folder: Path,
    workflow: Path,
    name: str | None,
    store: str,
    packs: Path,
    direct: bool,  # noqa: FBT001 - click passes flags so
    settle: float,
    once: bool,  # noqa: FBT001
) -> None:
    """Run a workflow for each file that is dropped into FOLDER.

    A CSV file is one run per row; a JSON file gives inputs by name; a picture is the
    workflow's picture. What was run moves to FOLDER/done or FOLDER/failed, with a report.
    """
    from triptych.cli.display import PlainLines
    from triptych.workflow.load import read_workflow

    rules = read_workflow(workflow)
    address = None if direct else _server(store)
    desk = run_service(opened(store), packs, address, PlainLines().tell)
    signal.signal(signal.SIGTERM, _stop)
    job = WatchedFile(workflow, rules, name, desk)
    inbox = Inbox(folder, settle)
    with inbox.held():
        click.echo(f"{folder}: watched; drop .csv, .json or a picture")
        watched(inbox, job, once=once)


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


def _server(store: str) -> str | None:
    from triptych.cli.server import Booting
    from triptych.store.place import local_folder

    return Booting.start(local_folder(store)).address()


def watched(inbox: Inbox, job: "WatchedFile", *, once: bool) -> None:
    """Run what was left behind, then what comes; with `once`, what is there."""
    for taken in inbox.interrupted():
        click.echo(f"{taken.name}: was interrupted; run again, nothing is paid twice")
        job.run(inbox, taken)
    while True:
        for path in inbox.settled(time.monotonic()):
            if (mine := inbox.take(path)) is not None:
                job.run(inbox, mine)
        if once and not any(True for _ in inbox.waiting()):
            return
        time.sleep(min(LOOK, inbox.settle / 2) or LOOK)


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """The handling of a watched file."""

    workflow: Path
    rules: Workflow
    name: str | None  # the input that a picture gives
    desk: "RunService"

    def run(self, inbox: Inbox, taken: Path) -> None:
        """Run what `taken` asks for and move it to its rest."""
        click.echo(f"{taken.name}: taken")
        try:
            good, report = self._ran(taken)
        except TriptychError as error:
            good, report = False, str(error)
        rest = inbox.finish(taken, f"{report}\n", good=good)
        click.echo(f"{taken.name}: {'done' if good else 'failed'}, {rest}")

    def _ran(self, taken: Path) -> tuple[bool, str]:
        within = slug(taken.stem) or "unnamed"
        if taken.suffix.lower() == ".csv":
            from triptych.cli.batch import run_table

            ended = run_table(self.workflow, taken, {}, self._within(within))
            good = all(each.state == "done" for each in ended)
            return good, "\n".join(map(str, ended))
        desk = self._within(within)
        request = desk.request(self.workflow, self.inputs(taken))
        seen = asyncio.run(desk.run(request))
        lines = [f"{pack.folder}: {pack.files} files" for pack in seen.packs]
        lines += [*seen.errors, *(said for pack in seen.packs for said in pack.blocked)]
        return seen.done is not None and seen.done.state == "done", "\n".join(lines)

    def _within(self, folder: str) -> "RunService":
        return replace(self.desk, packs=self.desk.packs / folder)

    def inputs(self, taken: Path) -> Mapping[str, str]:
        """Return the inputs that a file gives.

        Raises:
            NotUsable: it gives none.
        """
        ending = taken.suffix.lower()
        if ending in PICTURES:
            return {self._picture_input(): str(taken)}
        if ending == ".json":
            return _from_json(taken)
        message = f"{taken.name} is no CSV, JSON or picture ({', '.join(PICTURES)})"
        raise NotUsable(message)

    def _picture_input(self) -> str:
        names = [name for name, rule in self.rules.inputs.items() if rule.type == "image"]
        if self.name in names:
            return str(self.name)
        if len(names) == 1 and self.name is None:
            return names[0]
        listed = ", ".join(names) or "none"
        raise NotUsable(
            f"say with --input which input a picture gives; the workflow's are: {listed}"
        )


def _from_json(taken: Path) -> Mapping[str, str]:
    try:
        data = json.loads(taken.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise NotUsable(f"{taken.name} is not JSON: {error}") from None
    plain = isinstance(data, dict) and all(
        isinstance(value, (str, int, float, bool)) for value in data.values()
    )
    if not plain:
        raise NotUsable(f"{taken.name} should be one object of inputs by name")
    return {name: _text(value) for name, value in data.items()}


def _text(value: str | float | bool) -> str:  # noqa: FBT001 - JSON has them
    return str(value).lower() if isinstance(value, bool) else str(value)
