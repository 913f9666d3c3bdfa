"""`triptych doctor`: what is not ready, why, and the cure."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import click

from triptych.cli.store import STORE
from triptych.environment import environment
from triptych.errors import TriptychError

State = Literal["ready", "missing", "broken"]
_MARKS = {"ready": "ok  ", "missing": "–   ", "broken": "BAD "}


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """The state of one part: ready, missing (needed by some campaigns only), or broken."""

    part: str
    state: State
    message: str


@click.command()
@STORE
@click.option("--offline", is_flag=True, help="Do not call any provider.")
def doctor(folder: Path, offline: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Say what of keys, providers, fonts, tools and servers is not ready, and the cure.

    Nothing is paid and no key is sent anywhere. Exit code 1 when something is broken.
    """
    broken = 0
    for check in _checks(folder, offline=offline):
        broken += check.state == "broken"
        click.echo(f"{_MARKS[check.state]}{check.part:<12} {check.message}")
    click.echo(f"{broken} broken" if broken else "nothing is broken")
    if broken:
        raise SystemExit(1)


def _checks(folder: Path, *, offline: bool) -> Iterator[DoctorCheck]:
    yield _disk(folder)
    yield _fonts()
    yield _libreoffice()
    yield _prefect(folder)
    opened: dict[str, Any] = {}
    yield from _keys(opened)
    yield from _models(opened, datetime.now(UTC).date())
    if not offline:
        yield from _providers(opened)


def _disk(folder: Path) -> DoctorCheck:
    place = next(p for p in (folder, *folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(place).free / 1e9
    if not os.access(place, os.W_OK):
        return DoctorCheck(
            "store", "broken", f"{place} cannot be written; use --store elsewhere"
        )
    if free < 1:
        return DoctorCheck(
            "store", "broken", f"{free:.1f} GB are free at {place}; make room"
        )
    return DoctorCheck("store", "ready", f"{folder}: {free:.0f} GB free")


def _fonts() -> DoctorCheck:
    from triptych.resources import templates

    files = [*(templates() / "fonts").rglob("*.woff2")]
    if not files:
        said = "the families that ship are missing; install triptych again"
        return DoctorCheck("fonts", "broken", said)
    from PIL import ImageFont, features

    for file in files:
        try:
            ImageFont.truetype(str(file), 20)
        except OSError as error:
            said = f"{file.name} cannot be opened: {error}; install triptych again"
            return DoctorCheck("fonts", "broken", said)
    if not features.check("raqm"):
        said = "this Pillow cannot shape text (raqm): Arabic and kerning will be wrong"
        return DoctorCheck("fonts", "broken", said)
    return DoctorCheck("fonts", "ready", f"{len(files)} families, shaped with raqm")


def _libreoffice() -> DoctorCheck:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        said = "not installed: decks are built, but previews of slides are not drawn"
        return DoctorCheck("libreoffice", "missing", said)
    return DoctorCheck("libreoffice", "ready", found)


def _prefect(folder: Path) -> DoctorCheck:
    from triptych.cli.server import known_server
    from triptych.cli.server_probe import answers

    given = os.environ.get("PREFECT_API_URL", "")
    if given:
        if answers(given, 5.0):
            return DoctorCheck("prefect", "ready", f"answers at {given} (PREFECT_API_URL)")
        said = f"no server answers at {given} (PREFECT_API_URL); start it or unset that"
        return DoctorCheck("prefect", "broken", said)
    server = known_server(folder)
    if server is not None and answers(server.address, 5.0):
        return DoctorCheck("prefect", "ready", f"answers at {server.address}")
    # in a process of its own: it takes seconds, and a version that does not fit raises
    code = "import prefect; from prefect.server.api.server import create_app; create_app()"
    home = {**os.environ, "PREFECT_LOGGING_LEVEL": "ERROR", "DO_NOT_TRACK": "1"}
    tried = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=home, check=False
    )
    if tried.returncode == 0:
        return DoctorCheck("prefect", "ready", "no server runs; the next run starts one")
    why = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    said = f"its server cannot start ({why}); install with the lock files"
    return DoctorCheck("prefect", "broken", said)


def _keys(opened: dict[str, Any]) -> Iterator[DoctorCheck]:
    """Yield one check per key variable; `opened` gets the connectors that have one."""
    from connectors import about, known, open_connectors

    env = environment()
    users: dict[str, list[str]] = {}
    for uses in sorted(known()):
        if variable := about(uses).key_variable:
            users.setdefault(variable, []).append(uses)
    for variable, names in users.items():
        listed = ", ".join(names)
        if not env.get(variable):
            yield DoctorCheck("key", "missing", f"{variable} is not set: no {listed}")
            continue
        try:
            opened |= open_connectors(names, env)
        except TriptychError as error:
            yield DoctorCheck("key", "broken", str(error))
        else:
            yield DoctorCheck(
                "key", "ready", f"{variable}, from {env.where(variable)}: {listed}"
            )


def _models(opened: dict[str, Any], today: date) -> Iterator[DoctorCheck]:
    """Yield a check for each default model that ended or ends within 30 days."""
    from connectors.sdk.lifecycles import ending_of

    for uses, connector in sorted(opened.items()):
        ending = ending_of(uses.partition("/")[2], connector.about.model)
        if ending is not None and (notice := ending.notice(today)):
            state: State = "broken" if ending.ends <= today else "missing"
            yield DoctorCheck("model", state, f"{uses}: {notice} (extra.model)")


def _providers(opened: dict[str, Any]) -> Iterator[DoctorCheck]:
    """Yield one check per address that a connector with a key calls."""
    from connectors.sdk.transport.line import ProviderClient

    lines = [getattr(connector, "line", None) for connector in opened.values()]
    for address, why in asyncio.run(
        _reached([line for line in lines if isinstance(line, ProviderClient)])
    ).items():
        if why:
            yield DoctorCheck("provider", "broken", f"{address} {why}")
        else:
            yield DoctorCheck("provider", "ready", address)


async def _reached(lines: list[Any]) -> dict[str, str]:
    from connectors.sdk.transport import close_clients
    from connectors.sdk.transport.reach import reached

    try:
        return dict(await reached(lines))
    finally:
        await close_clients()
