"""Connectors, one module per specialist, found by name.

To add one, see ADDING_A_CONNECTOR.md: write `connectors/<kind>/<name>.py`, add a line
to `BUILTIN`, subclass the contract tests in `tests/contracts/`. Another distribution
adds its own under the entry point group "triptych.connectors", e.g.

    [project.entry-points."triptych.connectors"]
    "image/acme" = "acme_triptych:AcmeImages"
"""

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

from triptych.contracts import About
from triptych.errors import UnknownConnector

GROUP = "triptych.connectors"

# "kind/name" -> "module:class"; imported only when a workflow asks for it. The
# compositor's own are listed here too, so that one table answers `uses:`.
BUILTIN: Mapping[str, str] = MappingProxyType(
    {
        "copy/anthropic": "connectors.copy.anthropic:AnthropicCopy",
        "copy/gemini": "connectors.copy.gemini:GeminiCopy",
        "copy/local": "connectors.copy.local:LocalCopy",
        "copy/ollama": "connectors.copy.ollama:OllamaCopy",
        "copy/openai": "connectors.copy.openai:OpenAICopy",
        "copy/phrasebook": "connectors.copy.phrasebook:Phrasebook",
        "image/a1111": "connectors.image.a1111:A1111Images",
        "image/bfl": "connectors.image.bfl:BflImages",
        "image/comfyui": "connectors.image.comfyui:ComfyImages",
        "image/fal": "connectors.image.fal:FalImages",
        "image/gemini": "connectors.image.gemini:GeminiImages",
        "image/ideogram": "connectors.image.ideogram:IdeogramImages",
        "image/openai": "connectors.image.openai:OpenAIImages",
        "image/procedural": "connectors.image.procedural:ProceduralImages",
        "image/recraft": "connectors.image.recraft:RecraftImages",
        "image/replicate": "connectors.image.replicate:ReplicateImages",
        "image/stability": "connectors.image.stability:StabilityImages",
        "cutout/fal": "connectors.cutout.fal:FalCutout",
        "cutout/local": "connectors.cutout.local:LocalCutout",
        "cutout/recraft": "connectors.cutout.recraft:RecraftCutout",
        "cutout/replicate": "connectors.cutout.replicate:ReplicateCutout",
        "cutout/stability": "connectors.cutout.stability:StabilityCutout",
        "upscale/fal": "connectors.upscale.fal:FalUpscale",
        "upscale/local": "connectors.upscale.local:LocalUpscale",
        "upscale/recraft": "connectors.upscale.recraft:RecraftUpscale",
        "upscale/replicate": "connectors.upscale.replicate:ReplicateUpscale",
        "upscale/stability": "connectors.upscale.stability:StabilityUpscale",
        "judge/anthropic": "connectors.judge.anthropic:AnthropicJudge",
        "judge/gemini": "connectors.judge.gemini:GeminiJudge",
        "judge/openai": "connectors.judge.openai:OpenAIJudge",
        "slides/pptx": "connectors.slides.pptx:PptxSlides",
        "compose/images": "triptych.compose.connector:ComposeImages",
        "compose/sheet": "triptych.compose.sheet:ComposeSheet",
    }
)


# old name -> the name that replaced it; workflows that use the old one still load
RENAMED: Mapping[str, str] = MappingProxyType({"image/studio": "image/procedural"})


@cache
def known() -> Mapping[str, str]:
    """Return every connector as "kind/name" -> "module:class"; built-in names win."""
    from importlib.metadata import entry_points

    installed = {point.name: point.value for point in entry_points(group=GROUP)}
    return MappingProxyType(installed | dict(BUILTIN))


def load(uses: str) -> Any:
    """Return the class behind `uses` ("kind/name").

    Raises:
        UnknownConnector: naming the ones that exist for that kind.
    """
    uses = RENAMED.get(uses, uses)
    try:
        # others' are looked up only where ours do not answer: it takes a while
        module, _, attribute = (BUILTIN.get(uses) or known()[uses]).partition(":")
    except KeyError:
        kind = uses.partition("/")[0]
        names = sorted(name for name in known() if name.startswith(f"{kind}/"))
        names = names or sorted(known())
        close = difflib.get_close_matches(uses, names, n=1, cutoff=0.85)
        hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(names)}"
        message = f"no connector is called {uses!r}; {hint}"
        raise UnknownConnector(message) from None
    return getattr(import_module(module), attribute)


def about(uses: str) -> About:
    """Return what the connector (or the check, "check/name") declares about itself.

    Raises:
        UnknownConnector: naming the ones that exist for that kind.
    """
    kind, _, name = uses.partition("/")
    if kind == "check":
        from triptych.evals.registry import about as check_about

        return check_about(name)
    return cast("About", load(uses).about)


def open_connectors(wanted: Iterable[str], env: Mapping[str, str]) -> dict[str, Any]:
    """Import and configure the connectors a run needs, by "kind/name".

    `env` is where they find keys; pass `os.environ`, or a dict in tests.

    Raises:
        UnknownConnector: naming the ones that exist for that kind.
        Unauthorized: a connector's key is not in `env`.
    """
    return {uses: load(uses).from_env(env) for uses in sorted(set(wanted))}
