import dataclasses
import json
from typing import Any

import pytest

from connectors.sdk.llm import LLMRequest, LLMResponse, judging_of
from connectors.sdk.llm import judged as judged_with
from tests.contracts.copy import Silent, example
from tests.contracts.image import a_picture
from triptych.contracts import Judgement, JudgeRequest, Usage, Watcher
from triptych.errors import Malformed, Unsupported
from triptych.prompts.load import house

TEXTS = ({"headline": "Ripe figs"}, {"headline": "Fruit for everyone"})


def a_judging(**changes: Any) -> JudgeRequest:
    brief, brand = example()
    plain = JudgeRequest(
        rubric="Which would stop a cook?",
        texts=TEXTS,
        brief=brief,
        voice=brand.voice,
        brand_name=brand.name,
        prompts=house().judge,
    )
    return dataclasses.replace(plain, **changes)


def scores(*given: Any) -> str:
    return json.dumps({"scores": [{"score": s, "reason": f"says {s}"} for s in given]})


class Model:
    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), list[LLMRequest]()

    async def __call__(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        del watcher
        self.asked.append(ask)
        return LLMResponse(self.answers.pop(0), Usage("model-1", 0.1))


async def judged(model: Model, **changes: Any) -> Judgement:
    return await judged_with(a_judging(**changes), model, Silent(), "judge/test")


async def test_every_candidate_gets_a_score_and_a_reason_in_order() -> None:
    judgement = await judged(Model(scores(0.8, 0.3)))
    assert judgement.scores == (0.8, 0.3)
    assert judgement.reasons == ("says 0.8", "says 0.3")


@pytest.mark.parametrize(
    "wrong",
    [scores(0.8), scores(8, 3), scores("good", "bad"), '{"scores": [{"score": true}]}', ""],
)
async def test_a_judgement_that_cannot_be_read_is_asked_for_again(wrong: str) -> None:
    model = Model(wrong, scores(0.5, 0.5))
    assert (await judged(model)).scores == (0.5, 0.5)
    assert "Give the whole answer." in model.asked[1].turns[-1].text
    with pytest.raises(Malformed, match="twice over"):
        await judged(Model(wrong, wrong))


async def test_there_must_be_something_of_one_kind_to_judge() -> None:
    with pytest.raises(Unsupported, match="nothing to judge"):
        await judged(Model(), texts=())
    with pytest.raises(Unsupported, match="not both"):
        await judged(Model(), pictures=(a_picture(),))


def test_a_judge_is_told_the_brief_the_rubric_and_the_rules() -> None:
    told = judging_of(a_judging(), "judge/test")
    ask = told.turns[0].text
    for part in ("Which would stop a cook?", "Two kilos of figs", "artisanal", "14 family"):
        assert part in ask
    assert '<candidate number="2">' in ask
    assert "Give 2 scores" in ask
    assert "from 0 to 1" in told.system


def test_pictures_are_judged_in_order_and_no_brief_is_no_matter() -> None:
    pictures = (a_picture("#ff0000"), a_picture("#00ff00"), a_picture("#0000ff"))
    told = judging_of(a_judging(texts=(), pictures=pictures, rubric=""), "judge/test")
    assert told.turns[0].pictures == pictures
    assert "the 3 pictures that follow" in told.turns[0].text
    assert "Which would you ship" in told.turns[0].text
