"""The table of kinds: verb, request, answer, time limit and defaults of each.

A new kind is a row here, and a Protocol in `verbs` for its verb.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triptych.contracts.about import Kind
from triptych.contracts.answers import Composition, Copy, Cutout, Deck, Image, Judgement
from triptych.contracts.requests import (
    ComposeRequest,
    CopyRequest,
    CutoutRequest,
    ImageRequest,
    JudgeRequest,
    SlidesRequest,
    UpscaleRequest,
)


@dataclass(frozen=True, slots=True)
class KindSpec:
    """The properties that all connectors of a kind share.

    `timeout` limits one call, in seconds, unless the step or `defaults:` sets another:
    after it the fallback is called. None: the work runs on this machine, without a limit.
    """

    verb: str
    request: type[Any]
    answer: type[Any]
    timeout: float | None
    # request field -> the expression that fills it when the file does not
    defaults: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[Kind, KindSpec] = {
    "copy": KindSpec(
        "write",
        CopyRequest,
        Copy,
        900.0,  # a model on a processor writes a few words a second
        {
            "brief": "${{ brief }}",
            "voice": "${{ brand.voice }}",
            "brand_name": "${{ brand.name }}",
            "language": "${{ brief.locales[0] }}",
            "prompts": "${{ harness.copy }}",
        },
    ),
    "image": KindSpec(
        "draw",
        ImageRequest,
        Image,
        900.0,  # a queue may first start a machine
        {
            "palette": "${{ brand.palette }}",
            "brand_name": "${{ brand.name }}",
            "product": "${{ brief.product }}",
        },
    ),
    "cutout": KindSpec("cut", CutoutRequest, Cutout, 600.0),
    "upscale": KindSpec("enlarge", UpscaleRequest, Image, 900.0),
    "slides": KindSpec(
        "build",
        SlidesRequest,
        Deck,
        None,
        {
            "brief": "${{ brief }}",
            "brand": "${{ brand }}",
            "language": "${{ brief.locales[0] }}",
        },
    ),
    "judge": KindSpec(
        "judge",
        JudgeRequest,
        Judgement,
        600.0,
        {
            "brief": "${{ brief }}",
            "voice": "${{ brand.voice }}",
            "brand_name": "${{ brand.name }}",
            "prompts": "${{ harness.judge }}",
        },
    ),
    "compose": KindSpec(
        "compose",
        ComposeRequest,
        Composition,
        None,
        {
            "brief": "${{ brief }}",
            "brand": "${{ brand }}",
            "language": "${{ brief.locales[0] }}",
        },
    ),
}


def defaults_of(kind: Kind) -> Mapping[str, str]:
    """Return the default expressions of `kind`; checks and unknown kinds have none."""
    return KINDS[kind].defaults if kind in KINDS else {}
