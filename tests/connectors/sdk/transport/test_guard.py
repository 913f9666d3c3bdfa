"""Results come from the public internet, or from the one host that was set."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sdk.transport import Provider, ProviderClient, close_clients, guard
from connectors.sdk.transport.guard import NotPublic, PublicTransport, is_public
from tests.contracts.image import a_picture
from tests.fakes.server import Fake, Loopback
from triptych.errors import Malformed, Unavailable

ACME = Provider(
    name="acme",
    url="https://api.acme.com/v1",
    key_variables=("ACME_KEY",),
    hosts=frozenset({"queue.acme.com"}),
    file_hosts=frozenset({"*.acme.media"}),
)


class FakeAcme(Fake):
    """Serves pictures, and leads astray."""

    provider = ACME
    leads_to = ""

    def routes(self) -> list[BaseRoute]:
        return [Route("/a.png", self.picture), Route("/away", self.away)]

    def picture(self, request: Request) -> Response:
        self.sent.append(dict(request.headers))
        return Response(a_picture().data, media_type="text/plain")

    def away(self, request: Request) -> Response:
        del request
        return RedirectResponse(self.leads_to)


@pytest.fixture
def fake(loopback: Loopback) -> FakeAcme:
    return loopback.show(FakeAcme())


@pytest.fixture(autouse=True)
async def closing_clients() -> AsyncIterator[None]:
    yield
    await close_clients()


def a_line(fake: FakeAcme | None = None) -> ProviderClient:
    env = {"ACME_KEY": "acme-0123456789"} if fake is None else fake.env()
    return ProviderClient.open(ACME, env, "image/acme")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fec0::1",
        "3fff:ab::1",
        "not an address",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://127.0.0.1/a.png",
        "https://2130706433/a.png",
        "https://[::1]/a.png",
        "https://localhost/a.png",
        "https://metadata.google.internal/a.png",
        "https://printer.local/a.png",
        "https://intranet/a.png",
        "https://user:secret@example.com/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "https://",
        "https://exa mple.com:99999/",
        "",
    ],
)
@pytest.mark.parametrize("set_host", [True, False])
async def test_a_result_elsewhere_is_not_fetched(
    fake: FakeAcme, url: str, *, set_host: bool
) -> None:
    with pytest.raises(Malformed):
        await a_line(fake if set_host else None).picture(url)
    assert not fake.calls


async def test_a_name_that_leads_inside_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def looked_up(*_args: Any, **_more: Any) -> Any:
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
        inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))
        return [public, inside]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    with pytest.raises(NotPublic):
        await guard.public_addresses("rebinding.example.com", 443)
    with pytest.raises(Malformed, match="inside a private network"):
        await a_line().picture("https://rebinding.example.com/a.png")


async def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookups = 0

    async def looked_up(*_args: Any, **_more: Any) -> Any:
        nonlocal lookups
        lookups += 1
        address = "93.184.215.14" if lookups == 1 else "127.0.0.1"  # rebinding
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    called: list[httpx.Request] = []

    async def answered(_self: Any, request: httpx.Request) -> httpx.Response:
        called.append(httpx.Request("GET", request.url, extensions=request.extensions))
        assert request.headers["host"] == "files.example.com"
        return httpx.Response(200, content=a_picture().data)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answered)
    async with httpx.AsyncClient(transport=PublicTransport()) as client:
        await client.get("https://files.example.com/a.png")
    assert [request.url.host for request in called] == ["93.184.215.14"]
    assert called[0].extensions["sni_hostname"] == "files.example.com"
    assert lookups == 1


async def test_the_host_that_is_set_may_be_loopback(fake: FakeAcme) -> None:
    picture = await a_line(fake).picture(f"{fake.origin}/a.png")
    assert picture.artifact.media_type == "image/png"  # by content, whatever it was called
    assert "authorization" not in fake.sent[0]


async def test_another_port_of_the_set_host_is_another_host(fake: FakeAcme) -> None:
    other = f"http://127.0.0.1:{fake.port + 1}/a.png"
    with pytest.raises(Malformed):
        await a_line(fake).picture(other)


async def test_files_on_the_providers_own_hosts_are_where_it_is_set(fake: FakeAcme) -> None:
    picture = await a_line(fake).picture("https://queue.acme.com/a.png")
    assert picture.data
    assert fake.calls == ["GET /a.png"]


@pytest.mark.parametrize(
    "away",
    [
        "http://169.254.169.254/latest",
        "https://evil.example.com/a.png",
        "file:///etc/passwd",
    ],
)
async def test_a_result_is_not_redirected_elsewhere(fake: FakeAcme, away: str) -> None:
    fake.leads_to = away
    with pytest.raises(Malformed, match="redirects the result"):
        await a_line(fake).picture(f"{fake.origin}/away")
    assert fake.calls == ["GET /away"]


async def test_a_result_may_be_redirected_to_its_own_host(fake: FakeAcme) -> None:
    fake.leads_to = f"{fake.origin}/a.png"
    assert (await a_line(fake).picture(f"{fake.origin}/away")).data


async def test_circles_end(fake: FakeAcme) -> None:
    fake.leads_to = f"{fake.origin}/away"
    with pytest.raises(Malformed, match="in circles"):
        await a_line(fake).picture(f"{fake.origin}/away")


async def test_a_result_has_a_largest_size(fake: FakeAcme) -> None:
    with pytest.raises(Malformed, match="more than"):
        await a_line(fake).download(f"{fake.origin}/a.png", most=20)


async def test_a_result_that_is_gone_says_so(fake: FakeAcme) -> None:
    with pytest.raises(Malformed, match="not there any more"):
        await a_line(fake).picture(f"{fake.origin}/gone.png")


async def test_a_data_uri_is_read_and_nothing_is_called(fake: FakeAcme) -> None:
    import base64

    inline = base64.b64encode(a_picture().data).decode()
    picture = await a_line(fake).picture(f"data:image/png;base64,{inline}")
    assert picture.data == a_picture().data
    assert not fake.calls
    with pytest.raises(Malformed, match="data URI"):
        await a_line(fake).picture("data:image/png;base64,%%%")


async def test_a_host_nobody_knows_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_args: Any, **_more: Any) -> Any:
        raise socket.gaierror(8, "not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match="cannot be fetched"):
        await a_line().picture("https://files.example.com/a.png")
