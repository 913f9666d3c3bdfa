"""The output of a run: a live line per unit, plain lines, or one JSON object per event."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click

from triptych.cli.tables import counted, dollars
from triptych.engine.events import (
    ApprovalDue,
    Event,
    Listener,
    Notified,
    PackBuilt,
    RunDone,
    TurnAwaited,
    UnitDone,
    UnitProgress,
    UnitStarted,
    Warned,
    event_line,
)
from triptych.errors import TriptychError

T = TypeVar("T")
SIGNS = {"made": "✓", "reused": "=", "skipped": "–", "failed": "✗", "blocked": "·"}
COLOURS = {"made": "green", "reused": "cyan", "skipped": "white", "failed": "red"}


class JsonLines:
    """One JSON object per event, for machines."""

    def __enter__(self) -> "JsonLines":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def tell(self, event: Event) -> None:
        click.echo(event_line(event))


class PlainLines:
    """One line per unit when it ends, and one where a unit waits; for logs and pipes."""

    every = 15.0  # seconds between two lines on the progress of one unit

    def __init__(self) -> None:
        self._heard: dict[str, float] = {}

    def __enter__(self) -> "PlainLines":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def tell(self, event: Event) -> None:
        if isinstance(event, UnitStarted):
            self._heard[event.unit] = time.monotonic()
        elif isinstance(event, UnitProgress):
            self._wait(event)
        elif isinstance(event, UnitDone):
            click.echo(_line(event))
        elif isinstance(event, PackBuilt):
            click.echo(_pack_line(event))
        elif isinstance(event, Notified):
            click.echo(_told_line(event))
        elif isinstance(event, ApprovalDue):
            click.echo(_due_line(event))
        elif isinstance(event, TurnAwaited):
            click.echo(_turn_line(event))
        elif isinstance(event, Warned):
            click.echo(f"! {event.message}")

    def _wait(self, event: UnitProgress) -> None:
        """Print the progress of a unit from which nothing was heard for a while."""
        now = time.monotonic()
        if event.note and now - self._heard.get(event.unit, now) >= self.every:
            self._heard[event.unit] = now
            click.echo(f"… {event.unit:<42} {event.note}")


def _line(event: UnitDone) -> str:
    sign = SIGNS.get(event.state, "?")
    took = f"{event.seconds:6.1f} s" if event.state == "made" else " " * 8
    cost = (
        ""
        if event.usd == 0
        else "  cost unknown"
        if event.usd is None
        else f"  ${event.usd:.2f}"
    )
    error = f"\n    {event.error}" if event.error else ""
    return f"{sign} {event.unit:<42} {event.uses:<17} {event.state:<8}{took}{cost}{error}"


def _turn_line(event: TurnAwaited) -> str:
    return f"… another run of {event.workflow} goes on: waiting for its end"


def _due_line(event: ApprovalDue) -> str:
    count = len(event.packs)
    still = "still " if event.reminder else ""
    return (
        f"? {count} pack{'s' * (count != 1)} {still}wait{'s' * (count == 1)} for approval: "
        f"triptych approve {event.run}  (or reject; or in the Prefect UI)"
    )


def _pack_line(event: PackBuilt) -> str:
    if not event.blocked:
        return f"■ {event.pack}: {counted(event.files, 'file')}, {event.zip}"
    held = "".join(f"\n    {message}" for message in dict.fromkeys(event.blocked))
    return f"□ {event.pack}: {event.files} files in {event.folder}, not released:{held}"


def _told_line(event: Notified) -> str:
    if event.error:
        return f"! {event.occasion} could not be told: {event.error}"
    return f"→ {event.occasion} told to {event.channel}"


class LiveLines:
    """A live display: units under way below, what ended above, in colour."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self.console = Console()
        self.running: dict[str, tuple[float, str, float, str]] = {}
        self.live = Live(console=self.console, refresh_per_second=8, transient=True)

    def __enter__(self) -> "LiveLines":
        self.live.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.live.__exit__(*error)

    def tell(self, event: Event) -> None:
        from rich.text import Text

        match event:
            case UnitStarted():
                self.running[event.unit] = (time.monotonic(), event.uses, 0.0, "")
            case UnitProgress() if event.unit in self.running:
                started, uses, _, _ = self.running[event.unit]
                self.running[event.unit] = (started, uses, event.done, event.note)
            case UnitDone():
                self.running.pop(event.unit, None)
                colour = COLOURS.get(event.state, "yellow")
                self.console.print(Text(_line(event), style=colour), highlight=False)
            case PackBuilt():
                self.console.print(Text(_pack_line(event), style="bold"), highlight=False)
            case Notified():
                style = "yellow" if event.error else "white"
                self.console.print(Text(_told_line(event), style=style), highlight=False)
            case TurnAwaited():
                self.console.print(Text(_turn_line(event), style="yellow"), highlight=False)
            case Warned():
                warning = Text(f"! {event.message}", style="yellow")
                self.console.print(warning, highlight=False)
            case ApprovalDue():
                self.console.print(Text(_due_line(event), style="yellow"), highlight=False)
            case _:
                pass
        self.live.update(self._table())

    def _table(self) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.spinner import Spinner
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        for unit, (started, uses, done, note) in self.running.items():
            took = f"{time.monotonic() - started:5.1f} s"
            bar = ProgressBar(total=1.0, completed=done, width=18)
            # as Text: "words[home-cooks]" and a model's own words are no markup
            shown = Text(note, style="dim", no_wrap=True, overflow="ellipsis")
            table.add_row(Spinner("dots"), Text(unit), Text(uses), bar, took, shown)
        return table


Display = JsonLines | PlainLines | LiveLines


def display(*, as_json: bool, as_plain: bool) -> Display:
    """Return the display that suits where the output goes."""
    if as_json:
        return JsonLines()
    if as_plain or not sys.stdout.isatty():
        return PlainLines()
    return LiveLines()


def _cost(done: RunDone) -> str:
    """Return the cost of a run, and how many calls cost something for nothing."""
    calls = f"{done.unusable} call{'s' * (done.unusable != 1)}"
    wasted = f" (with {calls} that gave nothing usable)" if done.unusable else ""
    return f"{dollars(done.usd)}{wasted}"


def summary(done: RunDone, packs: list[PackBuilt], findings: int) -> str:
    """Return the last lines of a run: what was made, what it cost, where to look."""
    failed = f", {done.failed} failed" if done.failed else ""
    lines = [
        f"{done.made} made, {done.reused} reused{failed} in {done.seconds:.1f} s; "
        f"cost {_cost(done)}; {counted(findings, 'finding')}"
    ]
    for pack in packs:
        lines.append(f"{pack.folder}/index.html")
        if pack.link:
            lines.append(f"  for seven days also at {pack.link}")
    return "\n".join(lines)


class OutputGuard:
    """Passes events to a display; stops the run if its output cannot be written.

    A display that raises would fail the unit or flow whose event it shows.
    """

    def __init__(self, tell: Listener, stop: Callable[[], object]) -> None:
        self.pass_on, self.stop = tell, stop
        self.error: OSError | ValueError | None = None

    def tell(self, event: Event) -> None:
        """Show `event`, unless the output is closed."""
        if self.error is not None:
            return
        try:
            self.pass_on(event)
        except (OSError, ValueError) as error:
            self.error = error
            self.stop()


async def guarded(tell: Listener, work: Callable[[Listener], Awaitable[T]]) -> T:
    """Return what `work` returns; it is given a listener that shows its events.

    Raises:
        OSError: the output cannot be written; `work` was cancelled.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    guard = OutputGuard(tell, lambda: loop.call_soon_threadsafe(task.cancel))
    try:
        result = await work(guard.tell)
    except (asyncio.CancelledError, TriptychError):
        if guard.error is None:
            raise
        raise guard.error from None
    if guard.error is not None:
        raise guard.error
    return result
