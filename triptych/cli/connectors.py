"""`triptych connectors`, `connectors show` and `connectors try`: who can do what."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from triptych.contracts import (
    KINDS,
    About,
    CopyRequest,
    CutoutRequest,
    ImageRequest,
    UpscaleRequest,
)
from triptych.environment import environment
from triptych.errors import Unsupported
from triptych.geometry import Size

_EXT = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for machines.")
@click.pass_context
def connectors(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """List the connectors: what each does, needs and costs."""
    if ctx.invoked_subcommand is not None:
        return
    from connectors import about, known

    found = {uses: about(uses) for uses in sorted(known())}
    if as_json:
        click.echo(json.dumps([_row(uses, item) for uses, item in found.items()], indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("uses", "can", "key", "per call", "what it is"):
        table.add_column(column, overflow="fold")
    for uses, item in found.items():
        row = _row(uses, item)
        can = ", ".join(row["capabilities"]) or "–"
        table.add_row(uses, can, row["key"], row["price"], item.summary)
    Console().print(table)


def _row(uses: str, about: About) -> dict[str, Any]:
    if about.key_variable is None:
        key = "none needed"
    else:
        state = "set" if environment().get(about.key_variable) else "not set"
        key = f"{about.key_variable}: {state}"
    return {
        "uses": uses,
        "version": about.version,
        "capabilities": sorted(about.capabilities),
        "key": key,
        "price": _price(about.usd),
        "says": about.summary,
    }


def _price(usd: float | None) -> str:
    if usd is None:
        return "unknown"
    return f"${usd:.3f}".rstrip("0").rstrip(".") if usd else "free"


@connectors.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the connector NAME ("kind/name"): what it declares, and its page."""
    from connectors import about

    item = about(name)
    row = _row(name, item)
    lines = {
        "is": item.summary,
        "does": f"{KINDS[item.kind].verb}s; {', '.join(sorted(item.qualities))}",
        "can": ", ".join(row["capabilities"]) or "nothing beyond that",
        "key": row["key"],
        "address": _address_variable(name),
        "costs": f"about {row['price']} a call, about {item.seconds:g} s",
        "version": item.version,
    }
    for label, said in lines.items():
        if said:
            click.echo(f"{label:<8} {said}")
    if page := _page(name):
        click.echo(f"\n{page}")


def _address_variable(name: str) -> str:
    """Return which variable sends a connector elsewhere, and whether it does now."""
    import sys

    from connectors import load

    module = sys.modules[load(name).__module__]
    for value in vars(module).values():
        if type(value).__name__ == "Provider":
            variable = str(value.variable("BASE_URL"))
            return f"{environment().get(variable) or value.url} ({variable})"
    return ""


def _page(name: str) -> str:
    """Return the page of a connector where the documentation is at hand."""
    root = Path(__file__).resolve().parents[2]
    file = root / "docs" / "connectors" / f"{name.replace('/', '-')}.md"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


@connectors.command("try")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask before the call.")
@click.option("--into", type=click.Path(path_type=Path), default=Path(), help="Folder.")
def try_(name: str, yes: bool, into: Path) -> None:  # noqa: FBT001 - click passes flags so
    """Make one small call to the connector NAME, and keep what it answers.

    It costs what one call costs, and asks first.
    """
    from connectors import about, open_connectors

    item = about(name)
    request = _small_request(item, name)
    connector = open_connectors([name], environment())[name]
    if item.usd != 0 and not yes:
        click.confirm(f"{name} is paid: about {_price(item.usd)}. Call it?", abort=True)
    answer = asyncio.run(_called(connector, item, request))
    _tell(answer, into / f"try-{name.replace('/', '-')}")


async def _called(connector: Any, about: About, request: Any) -> Any:
    from connectors.sdk.transport import close_clients

    try:
        return await getattr(connector, KINDS[about.kind].verb)(request, _Shown())
    finally:
        await close_clients()


class _Shown:
    """Writes progress to stderr."""

    def progress(self, done: float, note: str = "") -> None:
        click.echo(f"{done:4.0%} {note}", err=True)

    def partial(self, picture: bytes, media_type: str) -> None:
        click.echo(f"     an unfinished picture ({len(picture):,} bytes)", err=True)


def _small_request(about: About, name: str) -> Any:
    """Return the smallest request of a kind that shows that a connector works.

    Raises:
        Unsupported: the kind needs a whole campaign around it.
    """
    from triptych.brand.kit import Voice
    from triptych.brief.model import Brief
    from triptych.prompts.load import house
    from triptych.raster.intake import read_picture
    from triptych.resources import templates

    brief = Brief("A box of ripe figs", "Picked in the morning, with you in two days.")
    photo = templates() / "briefs" / "tidal" / "packshot.jpg"
    match about.kind:
        case "copy":
            return CopyRequest(
                task="Write one short ad.",
                fields={"headline": 40, "cta": 20},
                language="en-GB",
                brief=brief,
                voice=Voice(),
                brand_name="Figuera",
                prompts=house().copy,
            )
        case "image":
            return ImageRequest(
                prompt="a ripe fig, cut open, on a plain plate, soft window light",
                size=Size(512, 512),
                quality="draft" if "draft" in about.qualities else "final",
                palette={"primary": "#4b1f3b", "paper": "#f7efe2", "ink": "#201a1e"},
                brand_name="Figuera",
                product="box of figs",
            )
        case "cutout":
            return CutoutRequest(image=read_picture(photo))
        case "upscale":
            picture = read_picture(photo)
            size = Size(picture.size.width * 2, picture.size.height * 2)
            return UpscaleRequest(image=picture, size=size)
    message = f"cannot be tried alone; run an example: triptych new ({about.kind})"
    raise Unsupported(message, connector=name)


def _tell(answer: Any, file: Path) -> None:
    """Print an answer's texts, keep its picture, and say what it cost."""
    for item in getattr(answer, "items", ()):
        for field, text in item.items():
            click.echo(f"{field}: {text}")
    if data := getattr(answer, "data", b""):
        ext = _EXT.get(getattr(answer, "media_type", "image/png"), "bin")
        kept = file.with_suffix(f".{ext}")
        kept.write_bytes(data)
        click.echo(f"{kept}: {answer.size} pixels, {len(data):,} bytes")
    for finding in answer.findings:
        click.echo(f"{finding.level}: {finding.message}")
    usage = dataclasses.asdict(answer.usage)
    cost = "unknown" if usage["usd"] is None else f"${usage['usd']:.4f}"
    asked = f", request {usage['request_id']}" if usage["request_id"] else ""
    click.echo(f"{usage['model']}: {usage['seconds']:.1f} s, cost {cost}{asked}")
