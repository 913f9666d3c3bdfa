"""No word that brand or brief rule out is used."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from triptych.evals import texts
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded

if TYPE_CHECKING:
    from triptych.evals.view import View


class BannedWordsParams(BaseModel, extra="forbid", frozen=True):
    """Further words that may not be used."""

    words: tuple[str, ...] = ()


class BannedWords:
    """Reads what a person reads: chosen copy, pictures' texts, and decks."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="banned-words",
        version="1",
        summary="no word that brand or brief rule out is used",
        params=BannedWordsParams,
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        params = BannedWordsParams.model_validate(rule.params)
        words = texts.ruled_out(view.context.brief, view.context.brand.voice)
        words = {**dict.fromkeys(params.words, ""), **words}
        return concluded(texts.using(view.texts, words), len(view.texts))
