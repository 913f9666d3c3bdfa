"""Checks by name, as connectors are: a table, and entry points of other distributions.

[project.entry-points."triptych.checks"]
tone = "acme_triptych:Tone"
"""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import cast

from triptych.errors import UnknownConnector
from triptych.evals.contract import Check, CheckAbout

GROUP = "triptych.checks"

# name -> "module:class"; imported only when a workflow names it
BUILTIN: Mapping[str, str] = MappingProxyType(
    {
        "banned-words": "triptych.evals.checks.text.banned_words:BannedWords",
        "contrast": "triptych.evals.checks.colour.contrast:Contrast",
        "facts": "triptych.evals.checks.text.facts:Facts",
        "limits": "triptych.evals.checks.text.limits:Limits",
        "logo": "triptych.evals.checks.brand.logo:LogoPresent",
        "min-size": "triptych.evals.checks.layout.min_size:MinSize",
        "on-brand": "triptych.evals.checks.brand.on_brand:OnBrand",
        "overlap": "triptych.evals.checks.layout.overlap:Overlap",
        "reads-back": "triptych.evals.checks.text.reads_back:ReadsBack",
        "safe-zones": "triptych.evals.checks.layout.safe_zones:SafeZones",
    }
)


@cache
def known() -> Mapping[str, str]:
    """Return every check as name -> "module:class"; built-in names win."""
    from importlib.metadata import entry_points

    installed = {point.name: point.value for point in entry_points(group=GROUP)}
    return MappingProxyType(installed | dict(BUILTIN))


def load(name: str) -> Check:
    """Return the check called `name`.

    Raises:
        UnknownConnector: there is none; says which is meant, or which there are.
    """
    path = BUILTIN.get(name) or known().get(name)
    if path is None:
        close = difflib.get_close_matches(name, known(), n=1)
        listed = f"there are: {', '.join(sorted(known()))}"
        hint = f"did you mean {close[0]!r}?" if close else listed
        raise UnknownConnector(f"there is no check {name!r}; {hint}")
    module, _, attribute = path.partition(":")
    return cast("Check", getattr(import_module(module), attribute)())


def about(name: str) -> CheckAbout:
    """Return what the check called `name` declares about itself.

    Raises:
        UnknownConnector: there is none.
    """
    return load(name).about
