"""Which way a request takes: never to a private address, through the proxy that the system names.

Lists are other people's input. An address in them, or a redirect, must not make Pressrun read
what only this machine or its network can reach. So the very address that a socket is about to be
connected to is checked, which no trick with names gets round (DNS rebinding, odd spellings).
"""

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from pressrun.errors import FetchError

CLOUD_METADATA = (
    # Oracle Cloud's second metadata address (its documentation of instance metadata, 2024).
    ipaddress.ip_network("192.0.0.0/24"),
    # Azure's host agent, "What is IP address 168.63.129.16?" (Microsoft Learn, 2025).
    ipaddress.ip_network("168.63.129.16/32"),
)
"""Addresses outside the private ranges that answer inside a cloud only."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses written as IPv6 (RFC 6052)."""

_proxied: ContextVar[bool] = ContextVar("proxied", default=False)


class PrivateAddressError(OSError):
    """A socket would be connected to a private address."""


def is_public(address: str) -> bool:
    """Whether *address*, an IP address as text, is reachable by anyone on the internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    elif any(ip in network for network in CLOUD_METADATA):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def refuse_private(url: URL) -> None:
    """Refuse *url* when its very text names a private host.

    Names are checked when they are resolved, except through a proxy, which resolves them itself
    and whose rules hold.

    Raises:
        FetchError: its host is a private address, in any spelling, or a name of this machine.
    """
    host = (url.host or "").rstrip(".").lower()
    if is_local_name(host) or ((literal := _literal(host)) and not is_public(literal)):
        raise private_fault(url)


def private_fault(url: URL) -> FetchError:
    """The error for a private address behind *url*."""
    return FetchError(
        f"{url}: {url.host} is on this machine or a private network, which a list must not make "
        "Pressrun read; set PRESSRUN_FETCH__PRIVATE_HOSTS=true if the site is your own"
    )


def is_local_name(host: str) -> bool:
    """Whether *host* names this machine (RFC 6761, 6.3)."""
    return host == "localhost" or host.endswith(".localhost")


def _literal(host: str) -> str:
    """*host* as a plain IP address, or "" when it is a name; `127.1` and `0x7f.1` are addresses."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""


def public_socket(addr_info: tuple[Any, ...]) -> socket.socket:
    """A socket for aiohttp to connect to the address in *addr_info*.

    Raises:
        PrivateAddressError: the address is private, and no proxy's.
    """
    family, kind, proto, _, sockaddr = addr_info
    if not _proxied.get() and not is_public(sockaddr[0]):
        # The same text for every address: aiohappyeyeballs keeps the class only then.
        raise PrivateAddressError("private address")
    return socket.socket(family, kind, proto)


@contextmanager
def through(proxy: URL | None) -> Iterator[None]:
    """Allow connections to *proxy*, which may well have a private address, inside the block."""
    token = _proxied.set(proxy is not None)
    try:
        yield
    finally:
        _proxied.reset(token)


def system_proxies() -> Mapping[str, str]:
    """Scheme -> proxy, as `http_proxy` and `https_proxy` or the system's settings say."""
    return getproxies()


def proxy_for(url: URL, proxies: Mapping[str, str]) -> URL | None:
    """The proxy for *url*, heeding `no_proxy`; None for hosts of this machine.

    Raises:
        FetchError: the proxy is none that aiohttp can speak to, such as SOCKS.
    """
    host = (url.host or "").rstrip(".").lower()
    address = proxies.get(url.scheme)
    literal = _literal(host)
    local = is_local_name(host) or (literal and ipaddress.ip_address(literal).is_loopback)
    if not address or local or proxy_bypass(host):
        return None
    try:
        proxy = URL(address if "://" in address else f"http://{address}")
    except ValueError as exc:
        raise FetchError(f"{url.scheme}_proxy is no address; correct or unset it") from exc
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise FetchError(
            f"{url.scheme}_proxy: a {proxy.scheme}:// proxy is not supported; name an http:// one"
        )
    return proxy
