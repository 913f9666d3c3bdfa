import io

import pytest
from rich.console import Console

from triptych.cli.display import LiveLines, summary
from triptych.cli.tables import dollars
from triptych.engine.events import RunDone, UnitProgress, UnitStarted


@pytest.mark.parametrize("note", ["Two kilos of figs", "[bold]not markup[/x]", "[/]"])
def test_the_words_of_a_model_are_shown_as_they_are(note: str) -> None:
    live = LiveLines()
    live.tell(UnitStarted("words[home-cooks]", "copy/anthropic"))
    live.tell(UnitProgress("words[home-cooks]", 0.4, note))
    out = io.StringIO()
    Console(file=out, width=120).print(live._table())
    assert "words[home-cooks]" in out.getvalue()
    assert note in out.getvalue()


@pytest.mark.parametrize(
    ("usd", "shown"),
    [(None, "unknown"), (0.0, "$0.00"), (0.0018, "<$0.01"), (0.011, "$0.01"), (2, "$2.00")],
)
def test_a_cost_is_never_rounded_to_nothing(usd: float | None, shown: str) -> None:
    assert dollars(usd) == shown


@pytest.mark.parametrize(("count", "words"), [(0, "0 findings"), (1, "1 finding")])
def test_the_summary_counts_findings_in_words(count: int, words: str) -> None:
    done = RunDone(state="done", made=1, reused=0, failed=0, seconds=1.0, usd=0.0)
    assert summary(done, [], count).endswith(f"cost $0.00; {words}")
