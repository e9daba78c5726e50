"""Addresses of engines: as typed, as shown, and whether they lie on this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import HttpUrl

OLLAMA_PORT = 11434


def from_typed(host: str) -> str:
    """The URL that *host* means to Ollama: without a scheme http, and then port 11434."""
    host = host.strip()
    if "://" in host:
        return host
    try:
        port = urlsplit(f"//{host}").port
    except ValueError:  # no port, or none that is one: whoever validates the URL says so
        return f"http://{host}"
    if port is not None:
        return f"http://{host}"
    name, slash, path = host.partition("/")
    return f"http://{name.removesuffix(':')}:{OLLAMA_PORT}{slash}{path}"


def shown(url: HttpUrl) -> str:
    """*url* as messages name it: with its port, without a password or a closing slash."""
    return f"{url.scheme}://{url.host}:{url.port}{url.path or ''}".rstrip("/")


def is_loopback(url: HttpUrl) -> bool:
    """Whether *url* lies on this machine, which no proxy can reach for us."""
    host = (url.host or "").strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    # 0.0.0.0 is where a server listens; people copy it, and systems take it for loopback.
    return address.is_loopback or address.is_unspecified
