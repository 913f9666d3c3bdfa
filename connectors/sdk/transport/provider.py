"""A provider: its addresses, the form of its key, and the meaning of its error codes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, urlsplit

from connectors.sdk.transport.redaction import Secret
from triptych.errors import ConnectorError, Malformed, Unauthorized

Headers = Mapping[str, str]


def bearer(key: str) -> Headers:
    """Return the header of most providers."""
    return {"Authorization": f"Bearer {key}"}


@dataclass(frozen=True, slots=True)
class Patience:
    """The time limits of a call, in seconds; after them it is `Unavailable`."""

    connect: float = 10.0
    silence: float = 120.0  # between two bytes, in either direction
    whole: float = 600.0  # from first to last, however slowly it drips


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """The limits of one account; the engine lowers them after a 429."""

    at_once: int = 8  # calls under way
    per_minute: float | None = None  # calls begun


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of a connector, a constant at the top of the connector's module.

    `TRIPTYCH_<NAME>_BASE_URL` replaces `url` and every one of `hosts` at once, for
    proxies, self-hosted and test servers; `TRIPTYCH_<NAME>_TIMEOUT` (seconds) bounds
    both silence and the whole call; `TRIPTYCH_<NAME>_AT_ONCE` and `_PER_MINUTE` are what
    the account may take.
    """

    name: str  # "openai"; upper-case in the names of variables
    url: str  # where paths start: "https://api.openai.com/v1"
    key_variables: tuple[str, ...] = ()  # the first that is set wins; (): needs no key
    auth: Callable[[str], Headers] = bearer  # key -> the headers that carry it
    headers: Headers = field(default_factory=dict)  # sent with every call
    # more hosts of its own, which may get the key: "queue.fal.run", "*.bfl.ai"
    hosts: frozenset[str] = frozenset()
    file_hosts: frozenset[str] = frozenset()  # "*.fal.media": downloads may redirect here
    codes: Mapping[str, type[ConnectorError]] = field(default_factory=dict)
    keyless_elsewhere: bool = False  # a server of one's own may need no key
    key_optional: bool = False  # it runs on one's own machine, with a password or without
    free: bool = False  # no call costs anything: whatever breaks may be asked again
    start: str = ""  # how a server on one's own machine is started: "`ollama serve`"
    patience: Patience = field(default_factory=Patience)
    limits: AccountLimits = field(default_factory=AccountLimits)

    def variable(self, what: str) -> str:
        """Return the name of a variable of this provider: "TRIPTYCH_FAL_BASE_URL"."""
        return f"TRIPTYCH_{self.name.upper()}_{what}"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a provider: its own hosts, or the one set in the environment."""

    provider: Provider
    url: str  # without a slash at its end
    replaced: bool = False

    @classmethod
    def from_env(cls, provider: Provider, env: Mapping[str, str], connector: str) -> Self:
        """Return the address set in `env`, else the provider's default.

        A URL without a path keeps the provider's path: both `http://localhost:1234`
        and `http://localhost:1234/v1` reach a server that speaks OpenAI's protocol.

        Raises:
            Unauthorized: the variable does not hold an http(s) URL, or holds a password.
        """
        variable = provider.variable("BASE_URL")
        given = env.get(variable, "").strip().rstrip("/")
        if not given:
            return cls(provider, provider.url.rstrip("/"))
        parts = split(given)
        if parts is None or parts.scheme not in ("http", "https") or parts.query:
            message = f"{variable} is no URL like https://host/path; correct it"
            raise Unauthorized(message, connector=connector)
        if parts.username or parts.password:
            message = f"{variable} holds a password; keys have variables of their own"
            raise Unauthorized(message, connector=connector)
        if not parts.path:
            given += urlsplit(provider.url).path.rstrip("/")
        return cls(provider, given, replaced=True)

    def at(self, target: str, connector: str) -> str:
        """Return the URL of `target`: a path, or a URL in an answer of the provider.

        Raises:
            Malformed: the host is not the provider's, so the key is not sent there.
        """
        if target.startswith("/"):
            return self._joined(target)
        if self.is_set_host(target):
            return target
        own = urlsplit(self.provider.url)
        if not self._is_own(target):
            where = _host(target) or "no host"
            message = f"answered an address at {where}, which is not its own: not followed"
            raise Malformed(message, connector=connector)
        if not self.replaced:
            return target
        parts, prefix = urlsplit(target), own.path.rstrip("/")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if parts.hostname == own.hostname:
            return self._joined(path.removeprefix(prefix))
        return self.url.removesuffix(prefix) + path  # the prefix is the first host's own

    def is_set_host(self, url: str) -> bool:
        """Return whether `url` has the host and port that the environment sets."""
        return self.replaced and origin(url) == origin(self.url)

    def _is_own(self, url: str) -> bool:
        own = {_host(self.provider.url), *self.provider.hosts}
        return url.startswith("https://") and _is_listed(_host(url), own)

    def mapped(self, url: str) -> str:
        """Return where a file at `url` is fetched: own hosts are where the address is."""
        if self.replaced and self._is_own(url):
            return self.at(url, "")
        return url

    def redirects_to(self, url: str) -> bool:
        """Return whether a download may be redirected to `url`."""
        if self.is_set_host(url):
            return True
        return _is_listed(_host(url), self.provider.file_hosts | self.provider.hosts)

    def _joined(self, path: str) -> str:
        """Join base and path; a version in both, as in "/v1/v1", is kept once."""
        last = "/" + self.url.rsplit("/", 1)[-1]
        if path.startswith(f"{last}/") and urlsplit(self.url).path:
            path = path.removeprefix(last)
        return self.url + path


def key_from(
    provider: Provider, env: Mapping[str, str], connector: str, *, needed: bool = True
) -> Secret | None:
    """Return the provider's key, or None if none is needed.

    Raises:
        Unauthorized: none of its variables is set.
    """
    for variable in provider.key_variables:
        if value := env.get(variable, "").strip():
            if not value.isascii() or not value.isprintable() or " " in value:
                message = f"{variable} holds characters that no key has; set it again"
                raise Unauthorized(message, connector=connector)
            return Secret(value)
    if provider.key_variables and needed:
        named = " or ".join(provider.key_variables)
        raise Unauthorized(f"set {named}", connector=connector)
    return None


def patience_from(provider: Provider, env: Mapping[str, str], connector: str) -> Patience:
    """Return the provider's time limits, shortened by the environment.

    Raises:
        Unauthorized: the variable is not a number of seconds.
    """
    seconds = _positive(provider.variable("TIMEOUT"), "seconds", env, connector)
    usual = provider.patience
    if seconds is None:
        return usual
    return Patience(min(usual.connect, seconds), min(usual.silence, seconds), seconds)


def limits_from(
    provider: Provider, env: Mapping[str, str], connector: str
) -> AccountLimits:
    """Return the limits of the account: the provider's usual ones or the environment's.

    Raises:
        Unauthorized: a variable is not a number of calls.
    """
    usual = provider.limits
    at_once = _positive(provider.variable("AT_ONCE"), "calls", env, connector)
    minute = _positive(provider.variable("PER_MINUTE"), "calls", env, connector)
    return AccountLimits(max(1, int(at_once or usual.at_once)), minute or usual.per_minute)


def _positive(
    variable: str, what: str, env: Mapping[str, str], connector: str
) -> float | None:
    given = env.get(variable, "").strip()
    if not given:
        return None
    try:
        number = float(given)
    except ValueError:
        number = 0.0
    if not 0.0 < number < 86_400:
        raise Unauthorized(f"{variable} is no number of {what}", connector=connector)
    return number


def split(url: str) -> SplitResult | None:
    """Return the parts of `url`, or None if it has no valid host and port."""
    try:
        parts = urlsplit(url)
        known = parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if known else None


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of `url`; empty if it is not a URL."""
    parts = split(url)
    if parts is None:
        return ("", "", 0)
    port = parts.port or {"https": 443, "wss": 443}.get(parts.scheme, 80)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return (scheme, (parts.hostname or "").lower(), port)


def _is_listed(host: str, names: Iterable[str]) -> bool:
    """Return whether `host` is one of `names`, or under one that begins with "*."."""
    return any(
        host == name or (name.startswith("*.") and host.endswith(name[1:]))
        for name in names
    )


def _host(url: str) -> str:
    return origin(url)[1]
