"""The inputs of a pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triptych.brand.kit import Brand
from triptych.brief.model import Brief
from triptych.evals.run import EvalResult
from triptych.prompts.kit import Harness
from triptych.store.contract import Approval, Outcome


@dataclass(frozen=True, slots=True)
class PackJob:
    """The inputs of a pack."""

    name: str  # relative path, e.g. "autumn-box/home-cooks/en-GB"
    workflow: str
    description: str
    scope: Mapping[str, str]
    locale: str
    files: str  # pattern of file names
    release: str  # "evals-pass", "approved" or "always"
    outcomes: tuple[Outcome, ...]
    evals: tuple[EvalResult, ...]
    brief: Brief
    brand: Brand
    credits: tuple[str, ...] = ()
    summaries: Mapping[str, str] = field(default_factory=dict)  # connector -> its summary
    harness: Harness | None = None
    revision: int = 1
    approvals: Mapping[str, Approval] = field(default_factory=dict)  # by content
    approval: Approval | None = None  # the one that releases this pack
