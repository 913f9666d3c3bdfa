"""What every connector with a provider behind it promises; its test class inherits this.

    class TestAcme(ProviderContract):
        fake_type, connector_type = FakeAcme, AcmeImages

        async def call(self, connector: AcmeImages) -> object:
            return await connector.draw(a_request(), Seen())

`fault_on` narrows the faults to some of the calls that one answer takes; the cost of a
call is `paid`, unless the connector runs on one's own machine.
"""

import asyncio
import functools
import gzip
import logging
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

import pytest

from connectors.sdk.transport import close_clients
from tests.fakes.server import Fake, Fault, Loopback
from triptych.errors import (
    ConnectorError,
    Malformed,
    Rejected,
    Unauthorized,
    Unavailable,
)

STATUSES: tuple[tuple[int, type[ConnectorError]], ...] = (
    (400, Rejected),
    (401, Unauthorized),
    (402, Unauthorized),
    (403, Unauthorized),
    (404, Rejected),
    (408, Unavailable),
    (413, Rejected),
    (422, Rejected),
    (429, Unavailable),
    (500, Unavailable),
    (502, Unavailable),
    (503, Unavailable),
    (529, Unavailable),
)
UNREADABLE = {
    "an HTML page": ("text/html", b"<html><body>Please sign in</body></html>"),
    "a picture": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "half a JSON": ("application/json", b'{"data": [{"b64'),
    "nothing": ("application/json", b""),
    "null": ("application/json", b"null"),
    "a list": ("application/json", b"[]"),
    "another shape": ("application/json", b'{"hello": "world"}'),
    "deep nesting": ("application/json", b"[" * 100_000),
}


@functools.cache
def bomb() -> bytes:
    """Return a few hundred kilobytes that are 200 megabytes."""
    return gzip.compress(bytes(200_000_000), 1)


@pytest.mark.providers
class ProviderContract:
    """A connector sorts every failure by who can fix it, and never shows its key."""

    fake_type: ClassVar[type[Fake]]
    connector_type: ClassVar[Any]
    paid: ClassVar[bool] = True

    async def call(self, connector: Any) -> object:
        """Ask `connector` for one thing, whatever its kind is."""
        raise NotImplementedError

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        """Say which calls the faults of this suite hit."""
        del method, path
        return True

    @pytest.fixture
    def fake(self, loopback: Loopback) -> Fake:
        return loopback.show(self.fake_type())

    @pytest.fixture(autouse=True)
    async def closing_clients(self) -> AsyncIterator[None]:
        yield
        await close_clients()

    def opened(self, fake: Fake, *, seconds: float | None = None) -> Any:
        """Return the connector at the fake; `seconds` bounds its calls."""
        more = {} if seconds is None else {fake.provider.variable("TIMEOUT"): str(seconds)}
        return self.connector_type.from_env(fake.env(**more))

    def fails(self, fake: Fake, kind: str, **more: Any) -> None:
        """Make the calls of `fault_on` fail."""
        fake.fault = Fault(kind, on=self.fault_on, **more)

    async def error(
        self, fake: Fake, kind: str, *, seconds: float | None = None, **more: Any
    ) -> ConnectorError:
        """Return what a call raises while the fake fails."""
        self.fails(fake, kind, **more)
        with pytest.raises(ConnectorError) as caught:
            await self.call(self.opened(fake, seconds=seconds))
        about = self.connector_type.about
        assert caught.value.connector == f"{about.kind}/{about.name}"
        return caught.value

    async def test_answers_when_all_is_well(self, fake: Fake) -> None:
        assert await self.call(self.opened(fake)) is not None
        assert fake.calls

    @pytest.mark.parametrize(("status", "kind"), STATUSES)
    async def test_sorts_statuses(
        self, fake: Fake, status: int, kind: type[ConnectorError]
    ) -> None:
        error = await self.error(fake, "status", code=status)
        assert type(error) is kind
        assert error.status == status

    async def test_never_asks_twice_by_itself(self, fake: Fake) -> None:
        await self.error(fake, "status", code=400)
        hit = [call for call in fake.calls if self.fault_on(*call.split(" ", 1))]
        assert len(hit) == 1

    async def test_passes_on_the_providers_own_reason(self, fake: Fake) -> None:
        error = await self.error(fake, "status", code=400)
        assert "failed with 400" in str(error)

    async def test_keeps_the_request_id_for_support(self, fake: Fake) -> None:
        headers = {"x-request-id": "req_abc123"}
        error = await self.error(fake, "status", code=400, headers=headers)
        assert error.request_id == "req_abc123"
        assert "req_abc123" in str(error)

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Retry-After": "7"}, 7.0),
            ({"Retry-After": "0"}, 0.0),
            ({"retry-after-ms": "1500"}, 1.5),
            ({"Retry-After": "soon"}, None),
            ({}, None),
        ],
    )
    async def test_repeats_the_wait_it_was_asked_for(
        self, fake: Fake, headers: dict[str, str], seconds: float | None
    ) -> None:
        error = await self.error(fake, "status", code=429, headers=headers)
        assert isinstance(error, Unavailable)
        assert error.retry_after == seconds

    async def test_reads_a_wait_that_is_a_date(self, fake: Fake) -> None:
        then = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        error = await self.error(fake, "status", code=503, headers={"Retry-After": then})
        assert isinstance(error, Unavailable)
        assert error.retry_after is not None
        assert 30 < error.retry_after <= 40

    @pytest.mark.parametrize("kind", ["hang", "drip", "truncated"])
    async def test_a_line_that_breaks_is_unavailable(self, fake: Fake, kind: str) -> None:
        error = await self.error(fake, kind, seconds=0.4)
        assert isinstance(error, Unavailable)
        assert "failed with" not in str(error)

    async def test_a_server_that_is_not_there_is_unavailable(self, fake: Fake) -> None:
        connector = self.opened(fake)
        line_to_nowhere = self.fake_type()
        line_to_nowhere.port = 9  # discard: nobody listens
        connector = self.opened(line_to_nowhere)
        with pytest.raises(Unavailable) as caught:
            await self.call(connector)
        assert not caught.value.maybe_charged

    @pytest.mark.parametrize("name", UNREADABLE)
    async def test_what_it_cannot_read_is_malformed(self, fake: Fake, name: str) -> None:
        media_type, body = UNREADABLE[name]
        headers = {"content-type": media_type}
        error = await self.error(fake, "status", code=200, headers=headers, body=body)
        assert isinstance(error, Malformed)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"error": {"message": "no \\ud83d"}}',
            b'{"data": [{"text": "\\ud83d"}], "usage": {"\\udfff": 1e999}}',
        ],
    )
    async def test_half_a_character_is_malformed_with_its_place(
        self, fake: Fake, body: bytes
    ) -> None:
        headers = {"content-type": "application/json"}
        error = await self.error(fake, "status", code=200, headers=headers, body=body)
        assert isinstance(error, Malformed)
        str(error).encode()

    async def test_half_a_character_in_a_refusal_is_replaced(self, fake: Fake) -> None:
        body = b'{"error": {"message": "no \\ud83d"}}'
        error = await self.error(fake, "status", code=400, body=body)
        str(error).encode()

    async def test_an_encoding_that_lies_is_malformed(self, fake: Fake) -> None:
        headers = {"content-encoding": "gzip"}
        error = await self.error(fake, "status", headers=headers, body=b"not gzip at all")
        assert isinstance(error, Malformed)

    async def test_two_layers_of_compression_are_not_unpacked(self, fake: Fake) -> None:
        headers = {"content-encoding": "gzip, gzip"}
        twice = gzip.compress(bomb())
        error = await self.error(fake, "status", headers=headers, body=twice)
        assert isinstance(error, Malformed)
        assert "layers of compression" in str(error)

    async def test_a_bomb_is_malformed(self, fake: Fake) -> None:
        headers = {"content-encoding": "gzip"}
        error = await self.error(fake, "status", headers=headers, body=bomb())
        assert isinstance(error, Malformed)

    async def test_a_gigabyte_is_not_read(self, fake: Fake) -> None:
        error = await self.error(fake, "declared_gigabyte")
        assert isinstance(error, Malformed)
        assert fake.sent_bytes < 100_000_000

    @pytest.mark.slow
    async def test_a_gigabyte_that_does_not_say_so_is_not_read(self, fake: Fake) -> None:
        error = await self.error(fake, "gigabyte")
        assert isinstance(error, Malformed)
        assert fake.sent_bytes < 700_000_000

    @pytest.mark.parametrize(
        "where", ["http://169.254.169.254/latest/meta-data", "https://example.com/x"]
    )
    @pytest.mark.parametrize("status", [302, 307])
    async def test_is_not_led_elsewhere(self, fake: Fake, status: int, where: str) -> None:
        error = await self.error(fake, "status", code=status, headers={"Location": where})
        assert isinstance(error, Malformed)
        hit = [call for call in fake.calls if self.fault_on(*call.split(" ", 1))]
        assert len(hit) == 1

    async def test_a_cancelled_call_hangs_up(self, fake: Fake) -> None:
        self.fails(fake, "hang")
        calling = asyncio.create_task(self._called(fake))
        while not any(self.fault_on(*call.split(" ", 1)) for call in fake.calls):
            await asyncio.sleep(0.01)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert await asyncio.to_thread(fake.left.wait, 5)

    async def _called(self, fake: Fake) -> object:
        return await self.call(self.opened(fake))

    def test_says_which_key_it_needs(self, fake: Fake) -> None:
        if not fake.provider.key_variables or fake.provider.key_optional:
            pytest.skip("needs no key")
        with pytest.raises(Unauthorized, match=fake.provider.key_variables[0]):
            self.connector_type.from_env({})

    async def test_a_wrong_key_is_unauthorized(self, fake: Fake) -> None:
        if not fake.provider.key_variables:
            pytest.skip("needs no key")
        wrong = fake.env() | {fake.provider.key_variables[0]: "wrong-key-0123456789"}
        with pytest.raises(Unauthorized) as caught:
            await self.call(self.connector_type.from_env(wrong))
        assert "wrong-key-0123456789" not in str(caught.value)
        assert f"check {fake.provider.key_variables[0]}" in str(caught.value)

    @pytest.mark.parametrize("status", [401, 402, 403])
    async def test_a_refused_key_or_an_empty_account_names_the_variable(
        self, fake: Fake, status: int
    ) -> None:
        variables = fake.provider.key_variables
        if not variables:
            pytest.skip("needs no key")
        error = await self.error(fake, "status", code=status)
        assert f"check {variables[0]}" in str(error)
        assert "the account that it belongs to" in str(error)

    async def test_declares_the_variable_of_its_key(self, fake: Fake) -> None:
        provider = fake.provider
        needed = None if provider.key_optional else [*provider.key_variables, None][0]
        assert self.connector_type.about.key_variable == needed

    @pytest.mark.parametrize("kind", ["hang", "truncated"])
    async def test_a_broken_call_that_is_free_says_nothing_of_money(
        self, fake: Fake, kind: str
    ) -> None:
        error = await self.error(fake, kind, seconds=0.4)
        free = not self.connector_type.about.is_paid
        assert not free or "charged" not in str(error)
        assert not free or not getattr(error, "maybe_charged", False)

    @pytest.mark.parametrize("kind", ["status", "hang", "truncated", "echo"])
    async def test_never_shows_its_key(
        self, fake: Fake, kind: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        if not fake.provider.key_variables:
            pytest.skip("needs no key")
        caplog.set_level(logging.DEBUG)
        more: dict[str, Any] = {"code": 500} if kind == "status" else {}
        if kind == "echo":  # some providers repeat the key they refuse
            said = f'{{"error": {{"message": "bad key {fake.key} in {fake.key}"}}}}'
            kind, more = "status", {"code": 401, "body": said.encode()}
        error = await self.error(fake, kind, seconds=0.4, **more)
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        # this test's own locals hold the key, and so do the fake's environment and the
        # provider's headers on their way into a request: reveal() is meant to be read
        told = "".join(line for line in whole.format() if "connectors/" in line)
        connector = self.opened(fake)
        for shown in (str(error), repr(error), told, caplog.text, repr(connector)):
            assert fake.key not in shown
        assert fake.key not in repr(vars(connector))
        for cause in (error.__cause__, error.__context__):
            assert fake.key not in repr(vars(cause)) if cause is not None else True
