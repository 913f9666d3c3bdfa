"""Judging with a language model: candidates and a rubric in, scores and reasons out."""

import dataclasses
import io
from typing import Any

from connectors.sdk.llm.reading import Unread, scores_in
from connectors.sdk.llm.request import ChatTurn, LLMRequest, closed, filled
from connectors.sdk.llm.response import Forward, Say, total
from triptych.artifact import Artifact, Picture
from triptych.contracts import Judgement, JudgeRequest, Watcher
from triptych.errors import Malformed, PictureError, Unsupported
from triptych.evals.texts import ruled_out
from triptych.executor import run_blocking
from triptych.geometry import Size
from triptych.raster.intake import decode

MAX_SIDE = 1024  # pixels: enough to judge by, and what providers scale down to anyway
_SCORE = closed({"score": {"type": "number"}, "reason": {"type": "string"}})


async def judged(
    request: JudgeRequest, say: Say, watcher: Watcher, connector: str
) -> Judgement:
    """Return a score and a reason for each candidate, asking once more if need be.

    Raises:
        Unsupported: there is nothing to judge, or both texts and pictures.
        Malformed: two answers could not be read.
        ConnectorError: as `say` raises.
    """
    count = count_of(request, connector)
    watcher = Forward(watcher)
    shown = await run_blocking(small, request.pictures, connector)
    request = dataclasses.replace(request, pictures=shown)
    watcher.progress(0.1, f"judges {count} candidates")
    ask, usages, wrong = judging_of(request, connector), [], ""
    for _ in range(2):
        said = await say(ask, watcher)
        usages.append(said.usage)
        try:
            found = scores_in(said.text, count)
        except Unread as error:
            wrong = str(error)
            question = f"{wrong[:1].upper()}{wrong[1:]}. Give the whole answer."
            ask = ask.and_then(said.text, question)
            continue
        scores = tuple(score for score, _ in found)
        return Judgement(scores, tuple(reason for _, reason in found), total(usages))
    raise Malformed(f"{wrong}, twice over", connector=connector)


def count_of(request: JudgeRequest, connector: str) -> int:
    """Return how many candidates there are.

    Raises:
        Unsupported: none, or texts and pictures in one.
    """
    if request.texts and request.pictures:
        message = "judges texts or pictures, not both at once"
        raise Unsupported(message, connector=connector)
    count = len(request.texts) + len(request.pictures)
    if not count:
        raise Unsupported("has nothing to judge", connector=connector)
    return count


def judging_of(request: JudgeRequest, connector: str) -> LLMRequest:
    """Return what a model is told, so that it judges as `request` asks."""
    names = _names(request)
    system = filled(request.prompts.system, names, connector)
    ask = filled(request.prompts.ask, names, connector)
    schema = closed({"scores": {"type": "array", "items": _SCORE}})
    turns = (ChatTurn("user", ask, request.pictures),)
    return LLMRequest(system, turns, schema, "judgement", extra=request.extra)


def _names(request: JudgeRequest) -> dict[str, Any]:
    brief = request.brief
    return {
        "brand": request.brand_name,
        "product": brief.product,
        "proposition": brief.proposition,
        "offer": brief.offer,
        "facts": brief.facts,
        "tone": brief.tone,
        "ruled_out": ruled_out(brief, request.voice),
        "rubric": request.rubric,
        "texts": request.texts,
        "pictures": len(request.pictures),
        "count": len(request.texts) + len(request.pictures),
    }


def small(pictures: tuple[Picture, ...], connector: str) -> tuple[Picture, ...]:
    """Return the pictures as they are sent: at most `MAX_SIDE` a side, JPEG; blocking.

    Raises:
        Unsupported: one cannot be read.
    """
    return tuple(_small(picture, connector) for picture in pictures)


def _small(picture: Picture, connector: str) -> Picture:
    try:
        image = decode(picture.data, "a candidate")
    except PictureError as error:
        raise Unsupported(str(error), connector=connector) from None
    if image.mode == "RGBA":  # a cutout is judged on white
        from PIL import Image

        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=88)
    data = buffer.getvalue()
    return Picture(Artifact.of(data, "image/jpeg"), Size(*image.size), data)
