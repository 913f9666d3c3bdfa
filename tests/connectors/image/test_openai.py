"""image/openai against a fake that OpenAI's own SDK proves first."""

import base64
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import PIL.Image
import pytest

from connectors.image.openai import OpenAIImages
from connectors.sdk.prices import priced
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.openai import FakeOpenAI, png
from tests.fakes.server import Fault, Loopback
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable, Unsupported
from triptych.geometry import Size


@pytest.fixture
def fake(loopback: Loopback) -> FakeOpenAI:
    return loopback.show(FakeOpenAI())


@pytest.fixture
async def sdk(fake: FakeOpenAI) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        api_key=fake.key, base_url=fake.url, max_retries=0
    ) as client:
        yield client


class TestCompatibleServers:
    """What servers do that speak OpenAI's protocol, and OpenAI does not."""

    request = staticmethod(ImageContract().a_request)

    async def drawn(self, fake: FakeOpenAI, body: Any) -> Any:
        data = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        fake.fault = Fault("status", 200, headers, data, on=_draws)
        return await OpenAIImages.from_env(fake.env()).draw(self.request(), Seen())

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (
                {"message": "model overloaded, try again", "type": "server_error"},
                Unavailable,
            ),
            ({"message": "The upstream failed.", "code": 503}, Unavailable),
            ({"message": "Prompt refused.", "code": "moderation_blocked"}, Rejected),
            ("The picture could not be drawn.", Rejected),
        ],
    )
    async def test_an_error_with_status_200_is_told_in_its_own_words(
        self, fake: FakeOpenAI, error: Any, kind: type[Exception]
    ) -> None:
        words = error["message"] if isinstance(error, dict) else error
        with pytest.raises(kind, match=words) as caught:
            await self.drawn(fake, {"error": error})
        assert not getattr(caught.value, "maybe_charged", False)

    async def test_a_picture_behind_an_address_is_downloaded(
        self, fake: FakeOpenAI
    ) -> None:
        fake.files["/files/a.png"] = base64.b64decode(png(1024, 1024, (200, 69, 47)))
        url = f"{fake.origin}/files/a.png"
        image = await self.drawn(fake, {"created": 1, "data": [{"url": url}]})
        assert image.data
        assert fake.calls[-1] == "GET /files/a.png"

    async def test_an_address_inside_the_network_is_not_followed(
        self, fake: FakeOpenAI
    ) -> None:
        with pytest.raises(Malformed, match=r"not https|private network"):
            await self.drawn(fake, {"data": [{"url": "http://169.254.169.254/a.png"}]})


def _draws(method: str, path: str) -> bool:
    return method == "POST" and "/images/" in path


class TestOpenAIImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeOpenAI, OpenAIImages

    @pytest.fixture
    def connector(self, fake: FakeOpenAI) -> OpenAIImages:
        connector: OpenAIImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize("model", ["gpt-image-2.5-sunburst", "gpt-image-1-mini"])
    @pytest.mark.parametrize(
        ("width", "height"),
        [(1080, 1080), (1080, 1920), (728, 90), (120, 600), (4000, 500)],
    )
    async def test_any_placement_gets_its_size(
        self, connector: OpenAIImages, model: str, width: int, height: int
    ) -> None:
        image = await self.drawn(
            connector, size=Size(width, height), extra={"model": model}
        )
        assert image.size == Size(width, height)
        assert image.recipe["model"] == model

    async def test_references_and_a_mask_become_an_edit(
        self, connector: OpenAIImages, fake: FakeOpenAI
    ) -> None:
        white = a_picture("#ffffff", (48, 40))
        await self.drawn(connector, references=(a_picture(), a_picture()), mask=white)
        files = fake.sent[-1]["files"]
        assert [name for name, _, _ in files] == ["image[]", "image[]", "mask"]
        with PIL.Image.open(io.BytesIO(files[-1][1])) as mask:
            assert mask.size == (96, 80)
            assert mask.getpixel((5, 5)) == (0, 0, 0, 0)  # transparent: painted anew

    async def test_a_mask_alone_is_refused(
        self, connector: OpenAIImages, fake: FakeOpenAI
    ) -> None:
        with pytest.raises(Unsupported, match="give one"):
            await self.drawn(connector, mask=a_picture())
        assert not fake.calls

    @pytest.mark.parametrize("change", [{"seed": 3}, {"loras": ({"path": "x"},)}])
    async def test_what_it_has_no_field_for_is_refused_before_money(
        self, connector: OpenAIImages, fake: FakeOpenAI, change: dict[str, Any]
    ) -> None:
        with pytest.raises(Unsupported):
            await self.drawn(connector, **change)
        assert not fake.calls

    @pytest.mark.parametrize("references", [(), (a_picture(),)])
    async def test_unfinished_pictures_are_shown(
        self, connector: OpenAIImages, references: tuple[Any, ...]
    ) -> None:
        seen = Seen()
        extra = {"partial_images": 2}
        request = self.a_request(extra=extra, references=references)
        image = await connector.draw(request, seen)
        assert len(seen.pictures) == 2
        assert image.usage.units == {"input_tokens": 20, "output_tokens": 1056}

    async def test_a_refused_prompt_says_why(self, connector: OpenAIImages) -> None:
        with pytest.raises(Rejected, match="safety system"):
            await self.drawn(connector, prompt="something forbidden")

    async def test_an_empty_account_is_no_matter_of_time(self, fake: FakeOpenAI) -> None:
        body = b'{"error": {"message": "quota", "code": "insufficient_quota"}}'
        error = await self.error(fake, "status", code=429, body=body)
        assert type(error) is Unauthorized

    async def test_a_call_nobody_saw_the_end_of_may_have_been_charged(
        self, fake: FakeOpenAI
    ) -> None:
        error = await self.error(fake, "hang", seconds=0.3)
        assert isinstance(error, Unavailable)
        assert error.maybe_charged  # the engine says so, where calls cost money

    async def test_the_answer_tells_what_it_used(self, connector: OpenAIImages) -> None:
        usage = (await self.drawn(connector)).usage
        assert usage.model == "gpt-image-2.5-sunburst"
        assert usage.units == {"input_tokens": 20, "output_tokens": 1056}
        assert usage.request_id == "req_fake"
        assert usage.usd is None  # another server's price is not known
        assert priced("openai", usage).usd == pytest.approx(20 * 8e-6 + 1056 * 30e-6)


class TestTheFake:
    """OpenAI's own SDK reads the fake's answers, and its errors as its own."""

    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeOpenAI:
        return loopback.show(FakeOpenAI())

    async def test_draws_for_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        answer = await sdk.images.generate(
            model="gpt-image-2.5-sunburst", prompt="a lamp", size="1536x1024"
        )
        assert answer.data
        assert answer.usage
        picture = base64.b64decode(answer.data[0].b64_json or "")
        with PIL.Image.open(io.BytesIO(picture)) as image:
            assert image.size == (1536, 1024)

    async def test_edits_for_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        picture = ("a.png", a_picture().data, "image/png")
        answer = await sdk.images.edit(
            model="gpt-image-1.5", prompt="a lamp", image=[picture, picture]
        )
        assert answer.data

    async def test_streams_for_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        stream = await sdk.images.generate(
            model="gpt-image-1.5", prompt="a lamp", stream=True, partial_images=2
        )
        kinds = [event.type async for event in stream]
        assert kinds == ["image_generation.partial_image"] * 2 + [
            "image_generation.completed"
        ]

    async def test_refuses_as_openai_does(self, sdk: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.BadRequestError, match="safety system") as refused:
            await sdk.images.generate(model="gpt-image-2", prompt="forbidden")
        assert refused.value.code == "moderation_blocked"
        with pytest.raises(openai.NotFoundError):
            await sdk.images.generate(model="dall-e-3", prompt="a lamp")
        with pytest.raises(openai.AuthenticationError):
            await sdk.with_options(api_key="sk-other").images.generate(prompt="a lamp")
