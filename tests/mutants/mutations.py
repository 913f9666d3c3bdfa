"""Hand-made mistakes of the kinds that cost people money or trust, one line each.

`old` is in `file` exactly once; the tests of the area must fail when `new` replaces it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """One planted mistake. `means` is what would go wrong for a person."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    means: str


def _m(file: str, old: str, new: str, tests: str, means: str) -> Mutation:
    return Mutation(file, old, new, tuple(tests.split()), means)


MUTATIONS = (
    # --- planning and keys
    _m(
        "triptych/workflow/expansion.py",
        "step.candidates * max(1, len(placements))",
        "step.candidates",
        "tests/workflow/test_plan.py",
        "placements are missing from the estimate",
    ),
    _m(
        "triptych/workflow/keys.py",
        '"version": about.version,',
        '"version": "1",',
        "tests/workflow/test_plan.py",
        "a new version of a connector reuses the old one's work",
    ),
    _m(
        "triptych/workflow/keys.py",
        "chosen.append(judge)",
        "pass",
        "tests/workflow tests/engine/test_unit.py",
        "another way to judge does not judge again",
    ),
    _m(
        "triptych/artifact.py",
        "return sorted(plain(item) for item in value)",
        "return [plain(item) for item in value]",
        "tests/test_artifact.py",
        "keys depend on the order of a set",
    ),
    _m(
        "triptych/artifact.py",
        "sort_keys=True,",
        "sort_keys=False,",
        "tests/test_artifact.py",
        "keys depend on the order of a mapping",
    ),
    _m(
        "triptych/workflow/matrix.py",
        "if not any(_fits(scope, rule) for rule in excluded)",
        "",
        "tests/workflow",
        "excluded combinations are made and paid for",
    ),
    _m(
        "triptych/workflow/merging.py",
        "if key in under and key in over",
        "if key in over",
        "tests/workflow/test_merging.py",
        "an include breaks what only one file says",
    ),
    # --- money
    _m(
        "triptych/engine/budget.py",
        "after = self.spent + self.reserved + wanted",
        "after = self.spent + wanted",
        "tests/engine",
        "units at once overshoot the budget",
    ),
    _m(
        "triptych/engine/budget.py",
        "self.unknown = True",
        "self.unknown = False",
        "tests/engine",
        "an unknown cost is counted as nothing",
    ),
    _m(
        "triptych/engine/rate_limits.py",
        "min(rest, 120.0)",
        "rest",
        "tests/engine/test_rate_limits.py",
        "a provider's Retry-After parks an account for hours",
    ),
    _m(
        "triptych/engine/rate_limits.py",
        "if cuts == self._cuts:",
        "if True:",
        "tests/engine/test_rate_limits.py",
        "one burst of refusals slows everything to one call",
    ),
    _m(
        "connectors/sdk/transport/sorting.py",
        "402: Unauthorized,",
        "402: Rejected,",
        "tests/connectors/sdk/transport",
        "an empty account is reported as a bad prompt",
    ),
    _m(
        "connectors/sdk/transport/sorting.py",
        "UNSURE = frozenset({504, 524})",
        "UNSURE = frozenset({524})",
        "tests/connectors/sdk/transport",
        "a call that a gateway gave up is paid for twice",
    ),
    _m(
        "connectors/sdk/transport/sorting.py",
        "return milliseconds / 1000",
        "return milliseconds",
        "tests/connectors/sdk/transport",
        "a wait of milliseconds is one of seconds",
    ),
    # --- the store
    _m(
        "triptych/store/leases.py",
        "if before and _is_held(bucket, before[-1], lasts):",
        "if False:",
        "tests/store",
        "two runs of one campaign are under way at once",
    ),
    _m(
        "triptych/webhook_signature.py",
        "if abs(now - int(seconds)) > TOLERANCE:",
        "if now - int(seconds) > TOLERANCE:",
        "tests/test_webhook_signature.py",
        "messages from the future are taken",
    ),
    _m(
        "triptych/webhook_signature.py",
        "hmac.compare_digest(mark.encode(), wanted.encode())",
        "mark[:4] == wanted[:4]",
        "tests/test_webhook_signature.py",
        "a part of a signature is enough",
    ),
    # --- geometry, type and layout
    _m(
        "triptych/geometry.py",
        "and other.bottom <= self.bottom + slack",
        "and other.bottom <= self.bottom + 40",
        "tests/test_geometry.py",
        "a part that leaves its zone below is inside",
    ),
    _m(
        "triptych/geometry.py",
        "other.left >= self.left - slack",
        "other.left >= self.left - 2",
        "tests/test_geometry.py",
        "a part that leaves its zone on the left is inside",
    ),
    _m(
        "triptych/compose/layout/crops.py",
        "across = 0.0 if calm.left or calm.right else",
        "across = 0.0 if calm.left and calm.right else",
        "tests/compose/test_crops.py",
        "a picture with one calm side is not continued there",
    ),
    _m(
        "triptych/compose/layout/crops.py",
        "if not calm.left and whole.left > area.left:",
        "if calm.left and whole.left > area.left:",
        "tests/compose/test_crops.py",
        "a busy border is shown inside the ad",
    ),
    _m(
        "triptych/typography/rag.py",
        "return WIDOW",
        "return 0.0",
        "tests/typography",
        "a headline ends in one lone word",
    ),
    _m(
        "triptych/typography/rag.py",
        "if run > width:",
        "if run > width * 1.3:",
        "tests/typography",
        "a line is wider than its box",
    ),
    _m(
        "triptych/colour/contrast.py",
        "return (light + 0.05) / (dark + 0.05)",
        "return (light + 0.10) / (dark + 0.05)",
        "tests/colour",
        "contrast is told too high",
    ),
    # --- checks
    _m(
        "triptych/evals/layouts.py",
        "bottom = width * (1 - safe.right) + 1, height * (1 - safe.bottom) + 1",
        "bottom = width * (1 - safe.right) + 1, height * (1 - safe.top) + 1",
        "tests/evals/test_layouts.py",
        "the zone below is measured with that above",
    ),
    _m(
        "triptych/evals/layouts.py",
        "if covered > MAX_COVERED:",
        "if covered > 1:",
        "tests/evals/test_layouts.py",
        "a product may hide words",
    ),
    _m(
        "triptych/evals/contract.py",
        "if not looked_at:",
        "if False:",
        "tests/evals",
        "a check passes what it did not see",
    ),
    _m(
        "triptych/evals/measure.py",
        '"view": view.seen',
        '"view": ""',
        "tests/evals",
        "a result of one pack is taken for another's",
    ),
    _m(
        "triptych/evals/pixels.py",
        "if not (ink & (away <= CORE)).any():\n        return None",
        "",
        "tests/evals",
        "a text that is not painted counts as seen",
    ),
    _m(
        "triptych/evals/run.py",
        'return self.state == "failed" and self.level == "block"',
        "return False",
        "tests/evals tests/pack",
        "a failed eval does not keep the pack back",
    ),
    _m(
        "triptych/evals/texts.py",
        "for number in sorted(numbers(text) - known):",
        "for number in sorted(numbers(text) - known)[1:]:",
        "tests/evals",
        "one invented number is allowed",
    ),
    _m(
        "triptych/pack/build.py",
        'elif result.state == "not measured" and result.level == "block":',
        'elif result.state == "not measured" and result.level == "note":',
        "tests/pack",
        "what was not measured is released",
    ),
    _m(
        "triptych/pack/build.py",
        'if outcome.product.quality == "draft" and outcome.product.ran:',
        "if False:",
        "tests/pack",
        "drafts ship",
    ),
    _m(
        "triptych/store/sweep.py",
        'if state in ("running", "waiting"):\n        return True',
        "",
        "tests/store",
        "what a running or waiting run needs is removed",
    ),
    _m(
        "triptych/store/serialization.py",
        'written.get("digest", _digest(value)) != _digest(value)',
        "False",
        "tests/store",
        "a changed byte of a record ships",
    ),
    _m(
        "triptych/process_identity.py",
        "return now == self.started if now else False if self.started else None",
        "return bool(now)",
        "tests/store",
        "another process with the number of a killed one keeps it running for ever",
    ),
    _m(
        "triptych/store/index.py",
        "if run_id not in indexed and (run := find(run_id)) is not None:",
        "if False and (run := find(run_id)) is not None:",
        "tests/store",
        "an older store's approvals are not seen",
    ),
    # --- the engine
    _m(
        "triptych/engine/schedule.py",
        'if outcome.state in ("failed", "blocked")]',
        'if outcome.state == "failed"]',
        "tests/engine",
        "what needs a blocked unit is made without it",
    ),
    _m(
        "triptych/engine/selection.py",
        "best = ranked.index(max(ranked))",
        "best = ranked.index(min(ranked))",
        "tests/engine",
        "the worst candidate is chosen",
    ),
    _m(
        "triptych/engine/calls.py",
        "too_long = asked > max(retry.longest, retry.first)",
        "too_long = False",
        "tests/engine",
        "a provider is asked again before it allows it",
    ),
    # --- decks
    _m(
        "triptych/decks/theme.py",
        "if contrast(mix(accent, ink, share), paper) >= enough:",
        "if contrast(mix(accent, ink, share), paper) >= 1.1:",
        "tests/decks",
        "accent type cannot be read on its paper",
    ),
    _m(
        "triptych/decks/story.py",
        'pages += [_continued(page, "points", points=group) for group in groups[1:]]',
        "pass",
        "tests/decks",
        "points that do not fit one slide are lost",
    ),
    # --- the network and input
    _m(
        "connectors/sdk/transport/guard.py",
        "if inner is not None:\n            return is_public(str(inner))",
        "",
        "tests/connectors/sdk/transport",
        "a private address inside an IPv6 address is reached",
    ),
    _m(
        "connectors/sdk/transport/guard.py",
        "if not all(map(is_public, addresses)):",
        "if not any(map(is_public, addresses)):",
        "tests/connectors/sdk/transport",
        "a name with one private address is reached",
    ),
)
