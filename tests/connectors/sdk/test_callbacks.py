"""Webhooks: a bell that only the provider can ring, and that changes nothing else."""

import asyncio
import base64
import hashlib
import json
import socket
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.image.fal import FalImages
from connectors.sdk import callbacks as webhooks
from connectors.sdk.callbacks import TOLERATED, CallbackAddress, fal_signed
from connectors.sdk.transport import Pace, close_clients
from tests.contracts.image import ImageContract, Seen
from tests.fakes.fal import FakeFal
from tests.fakes.server import Loopback
from triptych.errors import Unauthorized

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
NOW = 1_800_000_000


def jwks(key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}


def signed(body: bytes, job: str = "job-0", sent: int = NOW) -> dict[str, str]:
    digest = hashlib.sha256(body).hexdigest()
    message = f"{job}\nuser-1\n{sent}\n{digest}".encode()
    return {
        "x-fal-webhook-request-id": job,
        "x-fal-webhook-user-id": "user-1",
        "x-fal-webhook-timestamp": str(sent),
        "x-fal-webhook-signature": KEY.sign(message).hex(),
    }


def test_what_fal_signed_is_believed() -> None:
    assert fal_signed(signed(b"{}"), b"{}", jwks(), NOW)
    assert fal_signed(signed(b"{}"), b"{}", jwks(), NOW + TOLERATED)


@pytest.mark.parametrize(
    ("change", "body", "now"),
    [
        ({}, b"{ }", NOW),
        ({}, b"{}", NOW + TOLERATED + 1),
        ({}, b"{}", NOW - TOLERATED - 1),
        ({"x-fal-webhook-request-id": "job-1"}, b"{}", NOW),
        ({"x-fal-webhook-timestamp": str(NOW + 1)}, b"{}", NOW),
        ({"x-fal-webhook-timestamp": "soon"}, b"{}", NOW),
        ({"x-fal-webhook-signature": "zz"}, b"{}", NOW),
        ({"x-fal-webhook-signature": "00" * 64}, b"{}", NOW),
    ],
)
def test_anything_else_is_not(change: dict[str, str], body: bytes, now: float) -> None:
    assert not fal_signed({**signed(b"{}"), **change}, body, jwks(), now)


@pytest.mark.parametrize(
    "keys", [{}, None, {"keys": [{"kty": "OKP"}]}, {"keys": [{"x": "AA"}]}]
)
def test_keys_that_are_none_open_nothing(keys: Any) -> None:
    assert not fal_signed(signed(b"{}"), b"{}", keys, NOW)
    other = jwks(Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
    assert not fal_signed(signed(b"{}"), b"{}", other, NOW)


@pytest.mark.parametrize(
    "env",
    [
        {"TRIPTYCH_PUBLIC_URL": "http://ads.example"},
        {"TRIPTYCH_PUBLIC_URL": "https://a.example", "TRIPTYCH_WEBHOOK_LISTEN": "8790"},
    ],
)
def test_a_place_that_cannot_be_is_told(env: Mapping[str, str]) -> None:
    with pytest.raises(Unauthorized, match="TRIPTYCH_"):
        CallbackAddress.from_env(env, "image/fal")
    assert CallbackAddress.from_env({}, "image/fal") is None


class TestTheDoor:
    """The connector asks rarely, and at once when fal rings."""

    @pytest.fixture(autouse=True)
    async def closed(self) -> AsyncIterator[None]:
        yield
        await webhooks.close()
        await close_clients()

    @pytest.fixture
    def port(self) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            return int(free.getsockname()[1])

    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeFal:
        fake = loopback.show(FakeFal())
        fake.steps, fake.keys = 10**6, jwks()
        return fake

    @pytest.fixture
    def connector(
        self, fake: FakeFal, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> FalImages:
        monkeypatch.setattr("connectors.sdk.providers.fal.NOW_AND_THEN", Pace(first=600.0))
        place = {"TRIPTYCH_PUBLIC_URL": "https://ads.example"}
        listen = {"TRIPTYCH_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
        return FalImages.from_env({**fake.env(), **place, **listen})

    async def knocked(self, port: int, headers: Mapping[str, str], body: bytes) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["POST /fal HTTP/1.1", f"Content-Length: {len(body)}", *lines])
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = (await reader.readline()).decode()
        writer.close()
        return answer.split(" ", 1)[1].strip()

    async def test_waits_for_the_bell_and_asks_fal_itself(
        self, connector: FalImages, fake: FakeFal, port: int
    ) -> None:
        waiting = asyncio.create_task(connector.draw(ImageContract().a_request(), Seen()))
        while not any(call.endswith("/status") for call in fake.calls):
            await asyncio.sleep(0.01)
        assert fake.webhooks == ["https://ads.example/fal"]
        body = json.dumps({"request_id": "job-0", "status": "OK", "payload": {}}).encode()
        wrong = signed(b"other", sent=int(time.time()))
        assert await self.knocked(port, wrong, body) == "401 Unauthorized"
        assert not waiting.done()
        fake.steps = 0
        headers = signed(body, sent=int(time.time()))
        assert await self.knocked(port, headers, body) == "200 OK"
        image = await asyncio.wait_for(waiting, 10)
        assert image.size == ImageContract.size

    async def test_the_door_closes_with_the_connections(
        self, connector: FalImages, port: int
    ) -> None:
        await connector.submit(ImageContract().a_request())
        await close_clients()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_a_caller_that_sends_too_much_is_sent_away(
        self, connector: FalImages, port: int
    ) -> None:
        await connector.submit(ImageContract().a_request())
        headers = {"Content-Length": "99999999"}
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /fal HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        assert b"413" in await reader.readline()
        writer.close()
        assert await self.knocked(port, headers, b"") == "413 Content Too Large"

    async def test_another_path_or_no_http_opens_nothing(
        self, connector: FalImages, port: int
    ) -> None:
        await connector.submit(ImageContract().a_request())
        for sent in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 20_000, b"hello\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            assert (await reader.readline())[9:12] in (b"404", b"400")
            writer.close()
