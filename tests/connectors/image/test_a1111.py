"""image/a1111 against a fake of the web UI, which ignores what it does not know."""

from typing import Any

import pytest

from connectors.image.a1111 import A1111Images
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.a1111 import FakeA1111
from tests.fakes.server import Fake
from triptych.brand.kit import Lora
from triptych.errors import Unsupported
from triptych.geometry import Size

LORA = Lora("box", {"a1111": "figuera-box.safetensors"}, scale=0.8)


class TestA1111Images(ImageContract, ProviderContract):
    fake_type, connector_type, paid = FakeA1111, A1111Images, False

    @pytest.fixture
    def connector(self, fake: Fake) -> A1111Images:
        connector: A1111Images = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(("width", "height"), [(1080, 1350), (1080, 1920), (728, 90)])
    async def test_any_placement_gets_its_size(
        self, connector: A1111Images, fake: Fake, width: int, height: int
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        assert fake.sent[-1]["width"] % 8 == 0

    async def test_a_lora_goes_into_the_prompt(
        self, connector: A1111Images, fake: Fake
    ) -> None:
        await self.drawn(connector, loras=(LORA,))
        assert fake.sent[-1]["prompt"] == "arcs <lora:figuera-box:0.8>"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"loras": (Lora("x", {"a1111": "gone"}),)}, "figuera-box"),
            ({"loras": (Lora("x", {"fal": "url"}),)}, "no file for it"),
            ({"extra": {"sampler_name": "Euler z"}}, "Euler a"),
            ({"extra": {"checkpoint": "other"}}, "sd_xl_base"),
            ({"mask": a_picture()}, "give one"),
        ],
    )
    async def test_what_it_would_ignore_is_refused(
        self, connector: A1111Images, fake: Fake, change: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not any(call.startswith("POST") for call in fake.calls)

    @pytest.mark.parametrize(
        "written",
        [
            "sd_xl_base_1.0.safetensors [31e35c80fc]",
            "sd_xl_base_1.0.safetensors",
            "sd_xl_base_1.0",
            r"C:\webui\models\Stable-diffusion\sd_xl_base_1.0.safetensors",
        ],
    )
    async def test_a_checkpoint_is_named_by_title_name_or_file(
        self, connector: A1111Images, fake: Fake, written: str
    ) -> None:
        await self.drawn(connector, extra={"checkpoint": written})
        settings = fake.sent[-1]["override_settings"]
        title = "sd_xl_base_1.0.safetensors [31e35c80fc]"
        assert settings["sd_model_checkpoint"] == title

    async def test_a_mask_repaints_its_reference(
        self, connector: A1111Images, fake: Fake
    ) -> None:
        await self.drawn(connector, references=(a_picture(),), mask=a_picture("#ffffff"))
        assert fake.sent[-1]["path"].endswith("img2img")
        assert fake.sent[-1]["mask"]

    async def test_it_shows_what_it_draws(
        self, connector: A1111Images, fake: FakeA1111
    ) -> None:
        fake.draws_for, connector.look_every = 0.5, 0.05
        seen = Seen()
        await connector.draw(self.a_request(), seen)
        assert seen.steps[0] == 0.4
        assert seen.pictures

    async def test_a_password_is_not_needed_where_none_is_set(self, fake: Fake) -> None:
        env = {"TRIPTYCH_A1111_BASE_URL": fake.url}
        assert A1111Images.from_env(env).line.headers() == {}
