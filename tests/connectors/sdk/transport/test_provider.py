"""Where a provider is reached, and what leads elsewhere."""

import pytest

from connectors.sdk.transport import Provider, ProviderClient
from connectors.sdk.transport.provider import Address
from triptych.errors import Malformed, Unauthorized

FAL = Provider(
    name="fal",
    url="https://queue.fal.run",
    key_variables=("FAL_KEY",),
    hosts=frozenset({"fal.run", "rest.fal.ai"}),
)
OPEN = Provider(name="open", url="https://api.open.com/v1", key_variables=("OPEN_KEY",))


def address(provider: Provider, base: str = "") -> Address:
    return Address.from_env(provider, {provider.variable("BASE_URL"): base}, "image/x")


@pytest.mark.parametrize(
    ("base", "target", "reached"),
    [
        ("", "/images", "https://api.open.com/v1/images"),
        ("", "https://api.open.com/v1/jobs/1", "https://api.open.com/v1/jobs/1"),
        ("http://localhost:1234", "/images", "http://localhost:1234/v1/images"),
        ("http://localhost:1234/", "/images", "http://localhost:1234/v1/images"),
        ("http://localhost:1234/v1", "/images", "http://localhost:1234/v1/images"),
        ("http://localhost:1234/v1", "/v1/images", "http://localhost:1234/v1/images"),
        ("https://proxy.com/open", "/images", "https://proxy.com/open/images"),
        (
            "https://proxy.com/open",
            "https://api.open.com/v1/jobs/1?logs=1",
            "https://proxy.com/open/jobs/1?logs=1",
        ),
        (
            "https://proxy.com/open",
            "https://proxy.com/anything",
            "https://proxy.com/anything",
        ),
    ],
)
def test_one_variable_maps_every_address(base: str, target: str, reached: str) -> None:
    assert address(OPEN, base).at(target, "image/x") == reached


@pytest.mark.parametrize("host", ["queue.fal.run", "fal.run", "rest.fal.ai"])
def test_all_hosts_of_a_provider_are_mapped(host: str) -> None:
    mapped = address(FAL, "http://127.0.0.1:7")
    assert mapped.at(f"https://{host}/fal-ai/flux", "x") == "http://127.0.0.1:7/fal-ai/flux"
    assert address(FAL).at(f"https://{host}/a", "x") == f"https://{host}/a"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.com/v1/images",
        "http://api.open.com/v1/images",
        "https://api.open.com.evil.com/",
        "https://api.open.com@evil.com/",
        "http://localhost:1235/v1",
        "images",
        "",
    ],
)
@pytest.mark.parametrize("base", ["", "http://localhost:1234"])
def test_the_key_goes_to_no_other_host(base: str, target: str) -> None:
    with pytest.raises(Malformed, match="not its own"):
        address(OPEN, base).at(target, "image/x")


@pytest.mark.parametrize(
    "base", ["localhost:1234", "ftp://x.com", "http://", "http://x:99999", "http://x?y=1"]
)
def test_a_base_that_is_no_address_is_named(base: str) -> None:
    with pytest.raises(Unauthorized, match="TRIPTYCH_OPEN_BASE_URL is no URL"):
        address(OPEN, base)


def test_a_password_in_the_base_is_refused_and_not_repeated() -> None:
    with pytest.raises(Unauthorized, match="holds a password") as caught:
        address(OPEN, "https://me:hunter22@x.com")
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "nan", "inf"])
def test_a_timeout_that_is_no_number_is_named(seconds: str) -> None:
    env = {"OPEN_KEY": "k-0123456789", "TRIPTYCH_OPEN_TIMEOUT": seconds}
    with pytest.raises(Unauthorized, match="TRIPTYCH_OPEN_TIMEOUT"):
        ProviderClient.open(OPEN, env, "image/x")


@pytest.mark.parametrize("key", ["two words", "kéy-0123456789", "line\nbreak"])
def test_a_key_with_characters_that_no_key_has_is_named_and_not_shown(key: str) -> None:
    with pytest.raises(Unauthorized, match="OPEN_KEY holds characters") as caught:
        ProviderClient.open(OPEN, {"OPEN_KEY": key}, "image/x")
    assert key not in str(caught.value)


def test_two_keys_are_two_accounts_and_neither_is_shown() -> None:
    one = ProviderClient.open(OPEN, {"OPEN_KEY": "k-0123456789"}, "image/x")
    same = ProviderClient.open(OPEN, {"OPEN_KEY": "k-0123456789 "}, "copy/x")
    other = ProviderClient.open(OPEN, {"OPEN_KEY": "k-9876543210"}, "image/x")
    assert one.account == same.account != other.account
    assert "0123456789" not in str(one.account)


def test_an_account_takes_what_the_environment_says() -> None:
    env = {"OPEN_KEY": "k-0123456789", "TRIPTYCH_OPEN_AT_ONCE": "3"}
    account = ProviderClient.open(
        OPEN, env | {"TRIPTYCH_OPEN_PER_MINUTE": "90"}, "image/x"
    ).account
    assert (account.at_once, account.per_minute) == (3, 90.0)
    with pytest.raises(Unauthorized, match="TRIPTYCH_OPEN_AT_ONCE is no number of calls"):
        ProviderClient.open(OPEN, env | {"TRIPTYCH_OPEN_AT_ONCE": "many"}, "image/x")
