"""What a connector does not offer is refused before money is spent, never dropped."""

from collections.abc import Iterable, Mapping
from typing import Any

from triptych.contracts import ImageRequest
from triptych.errors import Unsupported


def require_capabilities(
    request: ImageRequest, capabilities: Iterable[str], connector: str
) -> None:
    """Refuse what a request holds and the connector does not declare.

    Raises:
        Unsupported: naming it, before money is spent.
    """
    offered = frozenset(capabilities)
    for capability, asked, said in (
        ("mask", request.mask is not None, "takes no mask"),
        ("loras", bool(request.loras), "takes no LoRAs"),
        ("transparent", request.transparent, "draws no transparent ground"),
        ("references", bool(request.references), "takes no reference pictures"),
        ("seed", bool(request.seed), "has no seed: leave it out"),
    ):
        if asked and capability not in offered:
            raise Unsupported(said, connector=connector)


def refuse_unknown_extra(
    extra: Mapping[str, Any], known: Iterable[str], connector: str
) -> None:
    """Refuse `extra` keys that the connector would drop in silence.

    Raises:
        Unsupported: naming the key and those that are known.
    """
    known = sorted(known)
    for name in extra:
        if name not in known:
            message = f"does not know extra.{name}; it knows {', '.join(known) or 'none'}"
            raise Unsupported(message, connector=connector)


def model_from(
    extra: Mapping[str, Any], models: Mapping[str, str], connector: str
) -> tuple[str, dict[str, Any]]:
    """Return the model that `extra.model` names (the first by default), and the rest.

    Raises:
        Unsupported: there is no such model.
    """
    rest = {name: value for name, value in extra.items() if name != "model"}
    written = str(extra.get("model", next(iter(models))))
    name = models.get(written, written)
    if "/" not in name:
        message = f"has no model {written!r}; it knows {', '.join(models)}"
        raise Unsupported(message, connector=connector)
    return name, rest


def refuse_unknown(
    model: str, rest: Mapping[str, Any], known: tuple[str, ...] | None, connector: str
) -> None:
    """Refuse inputs that a known model does not have; another model's are passed on.

    Raises:
        Unsupported: naming the input and those that there are.
    """
    for name in rest if known is not None else ():
        if known is not None and name not in known:
            message = f"{model} does not know extra.{name}; it knows {', '.join(known)}"
            raise Unsupported(message, connector=connector)
