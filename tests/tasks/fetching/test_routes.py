"""Which addresses are public, and which proxy is taken."""

from datetime import UTC, datetime

import pytest
from yarl import URL

from pressrun.errors import FetchError
from tasks.fetching.faults import clean, retry_after_s
from tasks.fetching.routes import is_public, proxy_for


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "202.108.0.1", "2400:cb00::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "172.32.0.1"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *["127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"],
        *["169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1"],
        *["224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1"],
        *["fec0::1", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"],
        *["2002:7f00:1::", "2001::1", "fd00:ec2::254"],
    ],
)
def test_addresses_of_a_machine_a_network_or_a_cloud_are_not(address: str) -> None:
    assert not is_public(address)


def test_a_proxy_is_taken_by_scheme_and_never_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", ".cn,news.example")
    proxies = {"http": "10.0.0.9:3128", "https": "http://u:p@proxy:8080"}
    assert proxy_for(URL("http://a.example/"), proxies) == URL("http://10.0.0.9:3128")
    assert proxy_for(URL("https://a.example/"), proxies) == URL("http://u:p@proxy:8080")
    for host in ("localhost", "127.0.0.1", "127.1", "[::1]", "x.localhost", "news.example", "a.cn"):
        assert proxy_for(URL(f"http://{host}/"), proxies) is None
    assert proxy_for(URL("https://a.example/"), {}) is None


def test_a_proxy_that_cannot_be_spoken_to_is_an_error_that_hides_its_password() -> None:
    with pytest.raises(FetchError, match="socks5:// proxy is not supported") as caught:
        proxy_for(URL("http://a.example/"), {"http": "socks5://u:secret@h:1"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        (" 5 ", 5),
        ("0", 0),
        ("9" * 5000, 60),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        (None, None),
        ("Sun, 22 Nov 99999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert retry_after_s(header, now, 60) == seconds


def test_what_servers_say_is_short_and_printable_in_messages() -> None:
    assert clean("a\x1b[2Jb\n\u202ec") == "a [2Jb c"
    assert len(clean("x" * 10_000)) == 201
