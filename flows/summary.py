"""A run's result as Markdown for the Prefect UI: thumbnails, units, findings, packs."""

import base64

from triptych.engine.campaign import Result
from triptych.pack.build import Pack
from triptych.pictures import decode, encode_jpeg

THUMB = 220  # pixels; data URIs show in both of Prefect's UIs, links to files in none
MOST = 24  # thumbnails


def summary_of(result: Result, note: str = "") -> str:
    """Return the Markdown; `note` is what a person should know first."""
    cost = "unknown" if result.usd is None else f"${result.usd:.2f}"
    states = [outcome.state for outcome in result.outcomes.values()]
    counted = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states))
    parts = [
        f"# {result.run.workflow}",
        f"{counted} in {result.seconds:.1f} s; cost {cost}.",
        f"> {note}" if note else "",
    ]
    parts += [_pack(pack) for pack in result.packs]
    parts += [_thumbs(result.packs), _units(result), _findings(result)]
    return "\n\n".join(part for part in parts if part)


def _pack(pack: Pack) -> str:
    if pack.zip:
        return f"**{pack.name}**: {len(pack.files)} files, `{pack.zip}`"
    held = "; ".join(dict.fromkeys(finding.message for finding in pack.blocked))
    return f"**{pack.name}**: not released ({held}), `{pack.folder}`"


def _thumbs(packs: tuple[Pack, ...]) -> str:
    pictures = [
        pack.folder / name
        for pack in packs
        for name in pack.files
        if name.endswith(".jpg") and "/" in name and not name.startswith("_")
    ]
    shown = []
    for path in pictures[:MOST]:
        image = decode(path.read_bytes(), path.name).convert("RGB")
        image.thumbnail((THUMB, THUMB))
        data = base64.b64encode(encode_jpeg(image, 70)).decode()
        shown.append(f"![{path.stem}](data:image/jpeg;base64,{data})")
    return " ".join(shown)


def _units(result: Result) -> str:
    rows = ["| unit | connector | state |", "|---|---|---|"]
    for outcome in result.outcomes.values():
        uses = outcome.records[0].uses if outcome.records else outcome.unit.uses
        rows.append(f"| {outcome.unit.id} | {uses} | {outcome.state} {outcome.error} |")
    return "\n".join(rows)


def _findings(result: Result) -> str:
    found = {
        (f.level, f.where, f.message): None
        for outcome in result.outcomes.values()
        for f in outcome.product.findings
    }
    if not found:
        return ""
    rows = ["| level | where | finding |", "|---|---|---|"]
    return "\n".join(
        rows + [f"| {level} | {where} | {said} |" for level, where, said in found]
    )
