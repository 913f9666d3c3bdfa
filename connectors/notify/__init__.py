"""Messages about a run, by webhook, Slack or e-mail.

A message that cannot be sent never fails the run: it becomes an event with the reason.
Addresses are secrets: messages about them name the host and nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from triptych.engine.events import Event, Listener, Notified
from triptych.engine.notifications import Notice, Notices, RunDetails
from triptych.errors import TriptychError
from triptych.webhook_signature import BadSecret, key_of, notify_key
from triptych.workflow.expressions import SecretName, evaluate
from triptych.workflow.load import Campaign

PATIENCE = 15.0  # seconds for one message; then the run goes on without it
SIGNING = "TRIPTYCH_WEBHOOK_SECRET"  # the signing keys are derived from it, if it is set
SMTP_URL = "SMTP_URL"  # the secret that names the mail server, unless the file does


class NotSent(TriptychError):
    """A message could not be sent: says to which host and why, never the address."""


class Channel(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """Return what people call it, e.g. "slack (hooks.slack.com)"."""
        ...

    def send(self, notice: Notice) -> None:
        """Send one message. Blocking.

        Raises:
            NotSent: the other side refuses, or does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A channel whose secret is not set: every message says so instead."""

    name: str
    said: str

    def send(self, notice: Notice) -> None:
        raise NotSent(f"{notice.occasion} was not told: {self.said}")


def channels_of(campaign: Campaign, env: Mapping[str, str]) -> list[Channel]:
    """Return the channels that the workflow's `notify:` declares, secrets filled in."""
    rule = campaign.workflow.notify
    if rule is None:
        return []
    from connectors.notify.mail import Mail
    from connectors.notify.slack import Slack
    from connectors.notify.webhook import Webhook

    def from_address(address: str) -> Channel:
        if "hooks.slack.com" in address:
            return Slack(address)
        return Webhook(address, _signing_key(env, campaign.workflow.name))

    def from_mail(to: str) -> Channel:
        server = _value(rule.smtp or f"${{{{ secrets.{SMTP_URL} }}}}", campaign, env)
        return Mail(server, to, rule.sender)

    makers: list[tuple[str, str, Callable[[str], Channel]]] = [
        ("webhook", rule.webhook, from_address),
        ("slack", rule.slack, Slack),
        ("email", rule.email, from_mail),
    ]
    return [_made(*maker, campaign, env) for maker in makers if maker[1]]


def web_addresses(campaign: Campaign, env: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of Slack and webhook by channel, where they are set here."""
    rule = campaign.workflow.notify
    if rule is None:
        return {}
    addresses: dict[str, str] = {}
    for channel, written in (("slack", rule.slack), ("webhook", rule.webhook)):
        with suppress(NotSent):
            if written:
                addresses[channel] = _value(written, campaign, env)
    return addresses


def unset_secrets(campaign: Campaign, env: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the secrets of `notify:` that `env` does not have: channel and name."""
    rule = campaign.workflow.notify
    if rule is None:
        return []
    smtp = (rule.smtp or f"${{{{ secrets.{SMTP_URL} }}}}") if rule.email else ""
    written = [
        ("webhook", rule.webhook),
        ("slack", rule.slack),
        ("email", rule.email),
        ("email", smtp),
    ]
    values = [(channel, evaluate(text, campaign.names())) for channel, text in written]
    return [
        (channel, value.name)
        for channel, value in values
        if isinstance(value, SecretName) and not env.get(value.name)
    ]


def _signing_key(env: Mapping[str, str], workflow: str) -> bytes | None:
    """Return the key of this workflow's messages: never the receiver's own."""
    secret = env.get(SIGNING)
    if not secret:
        return None
    try:
        return notify_key(key_of(secret), workflow)
    except BadSecret as error:
        raise NotSent(str(error)) from None


def _made(
    kind: str,
    written: str,
    make: Callable[[str], Channel],
    campaign: Campaign,
    env: Mapping[str, str],
) -> Channel:
    try:
        return make(_value(written, campaign, env))
    except NotSent as error:
        return Missing(kind, str(error))


def _value(written: str, campaign: Campaign, env: Mapping[str, str]) -> str:
    value = evaluate(written, campaign.names())
    if not isinstance(value, SecretName):
        return str(value)
    if found := env.get(value.name):
        return found
    raise NotSent(f"set {value.name} (environment, .env, or a key in Prefect)")


@asynccontextmanager
async def notifying(
    campaign: Campaign,
    env: Mapping[str, str],
    tell: Listener,
    about: RunDetails | None = None,
) -> AsyncIterator[Listener]:
    """Give a listener that passes events on to `tell` and sends the wanted messages.

    Messages leave while the run goes on; leaving the block waits for the last of them,
    at most `PATIENCE` seconds each.
    """
    rule = campaign.workflow.notify
    channels = channels_of(campaign, env)
    if rule is None or not channels:
        yield tell
        return
    notices = Notices(campaign.workflow.budget, rule.events)
    notices.workflow = campaign.workflow.name
    notices.about = about or RunDetails()
    post = _Post(channels, tell)

    def listen(event: Event) -> None:
        tell(event)
        for notice in notices.of(event):
            post.send(notice)

    try:
        yield listen
    except Exception as error:
        for notice in notices.broken(str(error)):
            post.send(notice)
        raise
    finally:
        await post.empty()


async def send_all(
    campaign: Campaign, env: Mapping[str, str], notice: Notice, tell: Listener
) -> None:
    """Send one notice to every channel of the workflow; `tell` hears how that went."""
    post = _Post(channels_of(campaign, env), tell)
    post.send(notice)
    await post.empty()


class _Post:
    """Sends in the background, in order for each channel."""

    def __init__(self, channels: Sequence[Channel], tell: Listener) -> None:
        self.tell = tell
        self.last: dict[str, asyncio.Task[None]] = {}
        self.channels = channels
        self.tasks: list[asyncio.Task[None]] = []

    def send(self, notice: Notice) -> None:
        for channel in self.channels:
            before = self.last.get(channel.name)
            task = asyncio.create_task(self._sent(channel, notice, before))
            self.last[channel.name] = task
            self.tasks.append(task)

    async def _sent(
        self, channel: Channel, notice: Notice, before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await before
        error = ""
        try:
            sending = asyncio.to_thread(partial(channel.send, notice))
            await asyncio.wait_for(sending, PATIENCE)
        except NotSent as caught:
            error = str(caught)
        except TimeoutError:
            error = f"{channel.name} took longer than {PATIENCE:.0f} s"
        self.tell(Notified(notice.occasion, channel.name, error))

    async def empty(self) -> None:
        await asyncio.gather(*self.tasks)
