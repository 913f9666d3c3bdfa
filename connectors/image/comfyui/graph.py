"""A ComfyUI workflow as API JSON: where its named inputs are, and filling them."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from connectors.sdk.images.sizes import Grid
from triptych.contracts import ImageRequest
from triptych.documents.yaml import did_you_mean
from triptych.errors import Unsupported
from triptych.geometry import Size
from triptych.resources import templates

NAME = "image/comfyui"
GRID = Grid(step=8, most=Size(2048, 2048), least_pixels=786_432, most_pixels=1_100_000)
# what a node's title may be, and which of its fields that names
TITLES: Mapping[str, tuple[str, ...]] = {
    "prompt": ("text", "prompt", "value"),
    "negative": ("text", "prompt", "value"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "reference": ("image",),
    "mask": ("image",),
    "lora": ("lora_name",),
    "lora_scale": ("strength_model",),
    "checkpoint": ("ckpt_name",),
}


@dataclass(frozen=True, slots=True)
class Graph:
    """A workflow, and its places by name: "prompt" -> ("6", "text")."""

    nodes: Mapping[str, Any]
    places: Mapping[str, tuple[str, str]]
    values: Mapping[str, Any]  # by name or by place ("3.steps")

    @classmethod
    def of(cls, extra: Mapping[str, Any]) -> Self:
        """Return the graph that a request's `extra` describes.

        Raises:
            Unsupported: it is no API export, or names a place that it does not have.
        """
        nodes = _nodes(extra.get("workflow"))
        given = {name: str(place) for name, place in (extra.get("inputs") or {}).items()}
        places = {**_titled(nodes)}
        places |= {name: _place(nodes, place) for name, place in given.items()}
        return cls(nodes, places, extra.get("values") or {})

    def output(self) -> str:
        """Return the node titled "output", or nothing."""
        return next(
            (name for name, node in self.nodes.items() if _title(node) == "output"), ""
        )

    def has_text(self) -> bool:
        """Return whether a node takes a text; upscalers and relighters have none."""
        return any(
            isinstance(node["inputs"].get(name), str)
            for node in self.nodes.values()
            for name in ("text", "prompt", "text_g", "text_l", "clip_l", "t5xxl")
        )

    def reference_names(self) -> list[str]:
        """Return the names of the places for references, in order."""
        more = sorted(name for name in self.places if name.startswith("reference_"))
        return [name for name in ("reference", *more) if name in self.places]

    def refuse(self, request: ImageRequest) -> None:
        """Refuse what the workflow has no place for.

        Raises:
            Unsupported: naming it, and how to name the place.
        """
        wanted = {"prompt": self.has_text(), "mask": request.mask is not None}
        wanted["lora"] = bool(request.loras)
        for name, asked in wanted.items():
            if asked and name not in self.places:
                raise Unsupported(_no_place(name), connector=NAME)
        if len(request.references) > len(self.reference_names()):
            count = len(self.reference_names())
            message = f"the workflow has places for {count} references"
            raise Unsupported(f"{message}: {_no_place('reference')}", connector=NAME)
        if len(request.loras) > 1:
            raise Unsupported(
                "fills one LoRA; chain others in the workflow", connector=NAME
            )


def filled(graph: Graph, request: ImageRequest, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the workflow with every named input in its place."""
    nodes: dict[str, Any] = copy.deepcopy(dict(graph.nodes))
    size = GRID.nearest(request.size)
    values: dict[str, Any] = {
        "prompt": request.prompt,
        "seed": request.seed,
        "width": size.width,
        "height": size.height,
        **files,
        **_lora(request),
        **graph.values,
    }
    for name, value in values.items():
        if "." in name:
            node, field = _place(graph.nodes, name)
        elif name in graph.places:
            node, field = graph.places[name]
        elif name in graph.values:
            hint = did_you_mean(name, graph.places)
            raise Unsupported(f"has no input called {name!r}; {hint}", connector=NAME)
        else:
            continue  # a workflow may fix its own seed and size
        nodes[node]["inputs"][field] = value
    return nodes


def _lora(request: ImageRequest) -> dict[str, Any]:
    if not request.loras:
        return {}
    lora = request.loras[0]
    if "comfyui" not in lora.weights:
        message = f"the LoRA {lora.name!r} has no file for it: `weights: {{comfyui: …}}`"
        raise Unsupported(message, connector=NAME)
    return {"lora": lora.weights["comfyui"], "lora_scale": lora.scale}


def _nodes(workflow: Any) -> Mapping[str, Any]:
    if workflow is None:
        path = templates() / "comfyui" / "text-to-image.json"
        workflow = path.read_text(encoding="utf-8")
    try:
        nodes = json.loads(workflow) if isinstance(workflow, str) else workflow
    except (ValueError, RecursionError):
        nodes = None
    if isinstance(nodes, Mapping) and "nodes" in nodes and "links" in nodes:
        message = "extra.workflow is a saved workflow; export it with “Export (API)”"
        raise Unsupported(message, connector=NAME)
    sound = isinstance(nodes, Mapping) and nodes and all(map(_is_node, nodes.values()))
    if not isinstance(nodes, Mapping) or not sound:
        message = "extra.workflow is no API export of ComfyUI (class_type, inputs)"
        raise Unsupported(message, connector=NAME)
    return nodes


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, Mapping)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), Mapping)
    )


def _title(node: Mapping[str, Any]) -> str:
    return str((node.get("_meta") or {}).get("title", "")).strip().lower()


def _titled(nodes: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the places that titles name; a node titled "size" is both sides."""
    found: dict[str, tuple[str, str]] = {}
    for name, node in nodes.items():
        title = _title(node)
        wanted = ("width", "height") if title == "size" else (title,)
        for each in wanted:
            base = each.partition("_")[0] if each.startswith("reference_") else each
            fields = TITLES.get(base, ())
            field = next((field for field in fields if field in node["inputs"]), None)
            if field is not None:
                found.setdefault(each, (name, field))
    return found


def _place(nodes: Mapping[str, Any], place: str) -> tuple[str, str]:
    """Return ("6", "text") for "6.text".

    Raises:
        Unsupported: there is no such node or field.
    """
    node, _, field = place.partition(".")
    if node not in nodes or field not in nodes[node]["inputs"]:
        fields = [f"{name}.{key}" for name, item in nodes.items() for key in item["inputs"]]
        hint = did_you_mean(place, fields)
        raise Unsupported(f"the workflow has no {place!r}; {hint}", connector=NAME)
    return node, field


def _no_place(name: str) -> str:
    return f"title a node {name!r}, or say where: `inputs: {{{name}: 6.text}}`"
