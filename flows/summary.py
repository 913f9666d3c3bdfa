"""A run as Markdown for the Prefect UI: plan and cost, thumbnails, findings, packs."""

import base64
import itertools
import json
from collections.abc import Iterable, Mapping

from triptych.contracts import Finding, sum_usd
from triptych.engine.plan_status import PlanRow
from triptych.engine.result import Result
from triptych.pack.build import Pack
from triptych.raster.intake import encode_jpeg

WIDE = 1000  # pixels of a pack's contact sheet; data URIs show in both UIs, files in none
MOST = 12  # packs with their sheet in one artifact, some 80 kB each
PICTURES = (".jpg", ".png", ".webp")
ROWS = 400  # lines of a table: a page that a browser still scrolls


def plan_of(rows: list[PlanRow], note: str = "") -> str:
    """Return the plan of the run as Markdown: each unit, its state, cost and time."""
    todo = [row for row in rows if row.state in ("to make", "follows")]
    total = sum_usd(row.usd for row in todo)
    cost = "unknown" if total is None else f"${total:.2f}"
    units = f"{len(rows)} unit{'s' * (len(rows) != 1)}"
    lines = [
        f"> {note}\n" if note else "",
        f"**{len(todo)} of {units}** to make; estimated cost **{cost}**.\n",
        "| unit | connector | state | cost | seconds |",
        "|---|---|---|---:|---:|",
    ]
    for row in rows[:ROWS]:
        usd = "unknown" if row.usd is None else f"${row.usd:.2f}"
        lines.append(
            f"| {_cell(row.unit)} | {row.uses} | {row.state} | {usd} | {row.seconds:.1f} |"
        )
    return "\n".join([*lines, *_more(len(rows))])


def summary_of(result: Result, links: Mapping[str, str], note: str = "") -> str:
    """Return the summary of the run as Markdown; `note` is the first paragraph."""
    cost = "unknown" if result.usd is None else f"${result.usd:.2f}"
    states = [outcome.state for outcome in result.outcomes.values()]
    counted = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states))
    parts = [
        f"# {result.run.workflow}",
        f"> {note}" if note else "",
        f"{counted} in {result.seconds:.1f} s; cost {cost}. Run `{result.run.id}`.",
        contact_sheet(result, links),
        _errors(result),
        _units(result),
    ]
    return "\n\n".join(part for part in parts if part)


def contact_sheet(
    result: Result, links: Mapping[str, str], wide: int = WIDE, most: int = MOST
) -> str:
    """Return every pack with its link, and for the first `most` all their pictures."""
    parts = [
        _pack(pack, links.get(pack.name, ""), wide if index < most else 0)
        for index, pack in enumerate(result.packs[:ROWS])
    ]
    return "\n\n".join([*parts, *_more(len(result.packs))])


def _pack(pack: Pack, link: str, wide: int) -> str:
    title = f"[{pack.name}]({link})" if link else pack.name
    sheet = _sheet(pack, wide) if wide else ""
    return f"### {title}\n\n{_release(pack, link)}\n\n{sheet}".rstrip()


def _release(pack: Pack, link: str) -> str:
    """Return the link of a pack, or its path if there is no link."""
    where = "" if link else f": `{pack.zip or pack.folder}`"
    count = contents_of(pack)
    if pack.zip:
        return f"{count}, released{where}"
    if pack.waits:
        return f"{count}, **waiting for approval**{where}"
    held = "; ".join(dict.fromkeys(finding.message for finding in pack.blocked))
    return f"{count}, **not released** ({held}){where}"


def contents_of(pack: Pack) -> str:
    """Return how many pictures and documents a pack holds, as its page counts them.

    Masks, layouts, the manifest and the page itself are not counted.
    """
    try:
        manifest = json.loads((pack.folder / "manifest.json").read_bytes())
        roles = [file["role"] for file in manifest["files"]]
    except (OSError, ValueError, KeyError):
        return "a pack"  # replaced by another run at this moment
    count = sum(role in ("picture", "document") for role in roles)
    return f"{count} file{'s' * (count != 1)}"


def _sheet(pack: Pack, wide: int) -> str:
    """Return the pack's own contact sheet as a picture inside the text."""
    if not any(name.endswith(PICTURES) and "/" in name for name in pack.files):
        return ""  # words and slides alone: the sheet would be empty
    from PIL import Image

    image = Image.open(pack.folder / "contact-sheet.jpg")  # ours: nothing to distrust
    image.draft("RGB", (wide, wide))  # decodes a half or a quarter of it: much faster
    image.thumbnail((wide, wide * 20), reducing_gap=2.0)
    data = base64.b64encode(encode_jpeg(image, 76)).decode()
    return f"![Contact sheet of {pack.name}](data:image/jpeg;base64,{data})"


def _errors(result: Result) -> str:
    bad = [o for o in result.outcomes.values() if o.error]
    if not bad:
        return ""
    said = "\n".join(f"- **{o.unit.id}**: {_cell(o.error)}" for o in bad[:ROWS])
    return f"### What failed\n\n{said}"


def _units(result: Result) -> str:
    rows = ["### Units\n", "| unit | connector | state |", "|---|---|---|"]
    for outcome in itertools.islice(result.outcomes.values(), ROWS):
        uses = outcome.records[0].uses if outcome.records else outcome.unit.uses
        rows.append(f"| {_cell(outcome.unit.id)} | {uses} | {outcome.state} |")
    return "\n".join([*rows, *_more(len(result.outcomes))])


def findings_of(result: Result) -> list[dict[str, str]]:
    """Return every finding once, gravest first: rows of a table."""
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in _found(result):
        seen.setdefault((finding.level, finding.where, finding.message), finding)
    order = ["block", "warn", "note"]
    gravest = sorted(seen.values(), key=lambda f: order.index(f.level))
    return [
        {"level": f.level, "check": f.check, "where": f.where, "finding": f.message}
        for f in gravest[:ROWS]
    ]


def _found(result: Result) -> Iterable[Finding]:
    for pack in result.packs:
        yield from pack.blocked
    for outcome in result.outcomes.values():
        yield from outcome.product.findings


def _more(count: int) -> list[str]:
    return [f"\n… and {count - ROWS} more"] if count > ROWS else []


def _cell(text: str) -> str:
    """Return `text` so that it stays in one cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())[:300]
