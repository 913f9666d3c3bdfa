"""`triptych lora`: what LoRAs a brand has, and training them."""

import asyncio
from pathlib import Path
from typing import Any

import click

from triptych.cli.store import ADDRESS, opened

BRAND = click.argument("brand", type=click.Path(path_type=Path))


@click.group()
def lora() -> None:
    """List, show and train a brand's LoRAs."""


@lora.command("list")
@BRAND
def list_loras(brand: Path) -> None:
    """List the LoRAs of BRAND."""
    from triptych.brand.load import load_brand

    loras = load_brand(brand).loras
    if not loras:
        click.echo("the brand has no LoRAs; docs/lora.md tells how to train one")
    width = max((len(name) for name in loras), default=0)
    for name, each in loras.items():
        where = ", ".join(each.weights)
        trigger = ", ".join(each.trigger) or "no trigger"
        click.echo(f"{name:<{width}}  {trigger}  scale {each.scale:g}  for {where}")


@lora.command()
@BRAND
@click.argument("name")
def show(brand: Path, name: str) -> None:
    """Show everything about the LoRA NAME of BRAND."""
    from triptych.brand.load import load_brand
    from triptych.documents.yaml import did_you_mean

    kit = load_brand(brand)
    if name not in kit.loras:
        message = f"the brand has no LoRA {name!r}; {did_you_mean(name, kit.loras)}"
        raise click.UsageError(message.rstrip("; "))
    each = kit.loras[name]
    used = [subject.name for subject in kit.cast().values() if each in subject.loras]
    rows = [
        ("trigger", ", ".join(each.trigger) or "none"),
        ("scale", f"{each.scale:g}"),
        ("base", each.base or "not said"),
        ("licence", each.licence),
        ("trained on", each.trained_on or "not known"),
        ("examples", f"{len(each.examples)} pictures"),
        ("used by", ", ".join(f"@{who}" for who in used) or "no name; ask for it: loras:"),
    ]
    rows += [(f"at {where}", reference) for where, reference in each.weights.items()]
    for label, value in rows:
        click.echo(f"{label:<12} {value}")


@lora.command()
@BRAND
@click.argument("name")
@ADDRESS
@click.option("--yes", is_flag=True, help="Do not ask before it is paid for.")
@click.option("--direct", is_flag=True, help="Train without Prefect.")
@click.option(
    "--only-prepare",
    type=click.Path(path_type=Path),
    metavar="FILE.zip",
    help="Write the training set and stop: nothing is sent or paid.",
)
def train(
    brand: Path,
    name: str,
    store: str,
    yes: bool,  # noqa: FBT001 - click passes flags so
    direct: bool,  # noqa: FBT001
    only_prepare: Path | None,
) -> None:
    """Train the LoRA NAME of BRAND from training/NAME/training.yaml."""
    from triptych.training.dataset import prepare
    from triptych.training.manifest import load_manifest, manifest_path

    manifest = load_manifest(manifest_path(brand, name), name)
    dataset = prepare(manifest)
    _tell(manifest, dataset)
    if only_prepare is not None:
        from triptych.store.writing import write_atomic

        write_atomic(only_prepare, dataset.archive)
        click.echo(f"{only_prepare} holds the training set; nothing was sent")
        return
    lesson = _lesson(brand, store, manifest, dataset)
    if lesson.done():
        click.echo(f"{name} is trained on this very set already; nothing to pay")
        return
    _confirm(lesson, yes=yes)
    made = asyncio.run(_trained(lesson, store, direct=direct))
    told = ", ".join(made.weights)
    click.echo(f"{name} is trained: loras.yaml names it for {told}")


def _tell(manifest: Any, dataset: Any) -> None:
    for finding in dataset.findings:
        click.echo(f"{finding.level}: {finding.message}")
    for entry in dataset.entries:
        click.echo(f"  {entry.source}: {entry.caption}")
    size = len(dataset.archive) / 1000
    click.echo(
        f"{len(dataset.entries)} pictures, {size:,.0f} kB, sha256 {dataset.digest[:12]}; "
        f"{manifest.licence()}"
    )


def _lesson(brand: Path, store: str, manifest: Any, dataset: Any) -> Any:
    from connectors.trainers import open_trainer
    from triptych.brand.load import load_brand
    from triptych.environment import environment
    from triptych.training.lesson import TrainingJob

    folder = brand if brand.is_dir() else brand.parent
    trainer = open_trainer(manifest.written.trainer, environment(folder))
    return TrainingJob(manifest, dataset, trainer, opened(store), load_brand(brand), folder)


def _confirm(lesson: Any, *, yes: bool) -> None:
    trainer, steps = lesson.trainer.name, lesson.order.steps
    if lesson.under_way():
        click.echo(f"a training of this set is under way at {trainer}: it is collected")
        return
    said = f"{trainer} trains {steps} steps; its price is not known here: see its page"
    click.echo(said)
    if not yes:
        click.confirm("Send the pictures and pay for the training?", abort=True)


async def _trained(lesson: Any, store: str, *, direct: bool) -> Any:
    from connectors.sdk.transport import closing_clients
    from triptych.cli.server import Booting, use_server
    from triptych.errors import ServerError
    from triptych.store.place import local_folder
    from triptych.training.lesson import collect_training, record_training, submit_training

    watcher = _Lines()
    if not direct:
        try:
            address = await asyncio.to_thread(Booting.start(local_folder(store)).address)
        except ServerError as error:
            click.echo(f"{error}; training without it", err=True)
        else:
            use_server(address, store)
            from flows.train_lora import run_flow

            async with closing_clients():
                return await run_flow(lesson, watcher)
    async with closing_clients():
        trained = await collect_training(lesson, await submit_training(lesson), watcher)
    return record_training(lesson, trained)[0]


class _Lines:
    """Says each new note once."""

    def __init__(self) -> None:
        self.said = ""

    def progress(self, done: float, note: str = "") -> None:
        if note and note != self.said:
            self.said = note
            click.echo(f"  {done:.0%} {note}")

    def partial(self, picture: bytes, media_type: str) -> None:
        """A training shows no pictures."""
