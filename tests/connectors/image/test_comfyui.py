"""image/comfyui against a fake of its server, queue, history and websocket."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.image import comfyui
from connectors.image.comfyui import ComfyImages
from connectors.sdk.transport import Pace
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.server import Fake
from triptych.brand.kit import Lora
from triptych.errors import Rejected, Unavailable, Unsupported
from triptych.geometry import Size
from triptych.resources import templates

PLAIN = json.loads((templates() / "comfyui" / "text-to-image.json").read_text())
LOADED = {
    **PLAIN,
    "10": {
        "class_type": "LoadImage",
        "inputs": {"image": ""},
        "_meta": {"title": "reference"},
    },
    "11": {"class_type": "LoadImage", "inputs": {"image": ""}, "_meta": {"title": "mask"}},
    "12": {
        "class_type": "LoraLoader",
        "_meta": {"title": "lora"},
        "inputs": {
            "model": ["4", 0],
            "clip": ["4", 1],
            "lora_name": "",
            "strength_model": 1.0,
            "strength_clip": 1.0,
        },
    },
}


class TestComfyImages(ImageContract, ProviderContract):
    fake_type, connector_type, paid = FakeComfyUI, ComfyImages, False

    @pytest.fixture
    def connector(self, fake: Fake) -> ComfyImages:
        connector: ComfyImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        del method
        return path == "/prompt"

    @pytest.mark.parametrize(("width", "height"), [(1080, 1350), (1080, 1920), (728, 90)])
    async def test_any_placement_gets_its_size(
        self, connector: ComfyImages, width: int, height: int
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)

    async def test_named_inputs_and_places_are_filled(
        self, connector: ComfyImages, fake: Fake
    ) -> None:
        values = {"3.steps": 12, "negative": "blur"}
        await self.drawn(connector, seed=5, extra={"values": values})
        nodes = fake.sent[-1]
        assert nodes["6"]["inputs"]["text"] == "arcs"
        assert nodes["3"]["inputs"] | {"seed": 5, "steps": 12} == nodes["3"]["inputs"]
        assert nodes["7"]["inputs"]["text"] == "blur"

    async def test_inputs_say_where_names_are(
        self, connector: ComfyImages, fake: Fake
    ) -> None:
        bare = {name: {**node, "_meta": {}} for name, node in PLAIN.items()}
        places = {"prompt": "6.text", "seed": "3.seed"}
        extra = {"workflow": json.dumps(bare), "inputs": places}
        await self.drawn(connector, seed=9, extra=extra)
        assert fake.sent[-1]["3"]["inputs"]["seed"] == 9
        assert fake.sent[-1]["5"]["inputs"]["width"] == 1024  # its own, nobody named it

    async def test_references_masks_and_loras_are_put_in(
        self, connector: ComfyImages, fake: FakeComfyUI
    ) -> None:
        await self.drawn(
            connector,
            references=(a_picture(),),
            mask=a_picture("#ffffff"),
            loras=(Lora("box", {"comfyui": "box.safetensors"}, scale=0.7),),
            extra={"workflow": LOADED},
        )
        nodes = fake.sent[-1]
        assert nodes["10"]["inputs"]["image"] in fake.uploads
        assert nodes["11"]["inputs"]["image"] in fake.uploads
        assert nodes["12"]["inputs"]["lora_name"] == "box.safetensors"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"references": (a_picture(),)}, "places for 0 references"),
            ({"loras": (Lora("box", {"comfyui": "x"}),)}, "title a node 'lora'"),
            ({"extra": {"workflow": "{}"}}, "no API export"),
            ({"extra": {"workflow": {"nodes": [], "links": []}}}, "Export"),
            ({"extra": {"values": {"promt": "x"}}}, "did you mean 'prompt'"),
            ({"extra": {"values": {"3.step": 4}}}, "did you mean '3.steps'"),
        ],
    )
    async def test_what_the_workflow_has_no_place_for_is_refused(
        self, connector: ComfyImages, fake: Fake, change: Mapping[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not fake.calls

    async def test_a_refused_workflow_says_which_node(self, connector: ComfyImages) -> None:
        values = {"checkpoint": "other.safetensors"}
        with pytest.raises(Rejected, match=r"node 4: Value not in list: ckpt_name"):
            await self.drawn(connector, extra={"values": values})

    async def test_a_node_that_fails_is_told(self, connector: ComfyImages) -> None:
        with pytest.raises(Rejected, match="KSampler: CUDA out of memory"):
            await self.drawn(connector, prompt="explode")

    async def test_a_job_that_is_gone_is_over(
        self, connector: ComfyImages, fake: FakeComfyUI
    ) -> None:
        job = await connector.submit(self.a_request())
        fake.jobs.clear()
        with pytest.raises(Unavailable, match="started again") as caught:
            await connector.collect(job, self.a_request(), Seen())
        assert caught.value.job_over  # the engine submits another, which costs nothing
        assert not caught.value.maybe_charged

    async def test_an_interrupted_job_is_told_as_such_and_can_be_drawn_again(
        self, connector: ComfyImages
    ) -> None:
        with pytest.raises(Unavailable, match="was interrupted") as caught:
            await self.drawn(connector, prompt="interrupt")
        assert caught.value.job_over
        image = await self.drawn(connector, prompt="interrupt")
        assert image.size == self.size

    async def test_a_workflow_without_a_text_node_needs_no_prompt(
        self, connector: ComfyImages, fake: Fake
    ) -> None:
        nodes = {
            "1": {**LOADED["10"]},
            "2": {
                "class_type": "SaveImage",
                "inputs": {"filename_prefix": "x", "images": ["1", 0]},
            },
        }
        image = await self.drawn(
            connector, references=(a_picture(),), extra={"workflow": nodes}
        )
        assert "prompt" in [finding.check for finding in image.findings]

    async def test_an_untitled_text_node_is_still_refused(
        self, connector: ComfyImages
    ) -> None:
        bare = {name: {**node, "_meta": {}} for name, node in PLAIN.items()}
        with pytest.raises(Unsupported, match="title a node 'prompt'"):
            await self.drawn(connector, extra={"workflow": bare})

    async def test_the_end_is_taken_from_the_socket(
        self,
        connector: ComfyImages,
        fake: FakeComfyUI,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(comfyui, "PACE", Pace(first=30.0))
        fake.draws_for = 0.3
        async with asyncio.timeout(10):
            await self.drawn(connector)

    async def test_progress_and_previews_are_shown(
        self, connector: ComfyImages, fake: FakeComfyUI
    ) -> None:
        fake.draws_for = 0.4
        seen = Seen()
        await connector.draw(self.a_request(), seen)
        assert 0.3 in seen.steps  # of our job, not of the one before
        assert seen.pictures
