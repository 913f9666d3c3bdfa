"""Record the results of training in loras.yaml beside brand.yaml."""

import re
from collections.abc import Mapping
from pathlib import Path

from triptych.brand.assets import RECORDED
from triptych.brand.kit import Brand, Lora
from triptych.documents.yaml import read_text
from triptych.store.writing import write_atomic

HEAD = "# LoRAs that `triptych lora train` recorded; yours to edit. See docs/brand.md.\n"


def recorded(brand: Brand, lora: Lora) -> Lora:
    """Return `lora` with the weights that other trainers made of the same set."""
    before = brand.loras.get(lora.name)
    if before is None or before.trained_on != lora.trained_on:
        return lora
    weights = {**before.weights, **lora.weights}
    return Lora(
        lora.name,
        weights,
        lora.trigger,
        before.scale,
        lora.base,
        lora.licence,
        lora.trained_on,
    )


def record(folder: Path, lora: Lora) -> Path:
    """Write `lora` into the loras.yaml of the brand in `folder`, and return its path.

    All other lines of the file, including comments, are unchanged.

    Raises:
        DiskError: it cannot be written; the old file is still whole.
    """
    path = folder / RECORDED
    text = read_text(path) if path.exists() else HEAD
    write_atomic(path, replaced(text, lora).encode())
    return path


def replaced(text: str, lora: Lora) -> str:
    """Return the file's text with the entry of `lora` in place of its old one, if any."""
    entry = written(lora)
    old = re.compile(
        rf"^{re.escape(lora.name)}[ \t]*:.*\n?(?:(?:[ \t]+.*|[ \t]*)(?:\n|\Z))*",
        re.MULTILINE,
    )
    if found := old.search(text):
        kept = re.search(r"\n\s*\Z", found[0])
        gap = "\n" * (found[0].count("\n", kept.start() + 1) if kept else 0)
        return text[: found.start()] + entry + gap + text[found.end() :]
    if text and not text.endswith("\n"):
        text += "\n"
    return text + entry


def written(lora: Lora) -> str:
    """Return one entry as YAML."""
    lines = [
        f"{lora.name}:",
        f"  licence: {_quoted(lora.licence)}",
        f"  base: {_quoted(lora.base)}",
        f"  trigger: [{', '.join(map(_quoted, lora.trigger))}]",
        f"  scale: {lora.scale:g}",
        f"  trained_on: {_quoted(lora.trained_on)}",
        *_mapping("weights", lora.weights),
    ]
    return "\n".join(lines) + "\n"


def _mapping(name: str, values: Mapping[str, str]) -> list[str]:
    return [
        f"  {name}:",
        *(f"    {key}: {_quoted(value)}" for key, value in values.items()),
    ]


def _quoted(text: str) -> str:
    """Return `text` as a YAML string that can be read as nothing else."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
