"""What went wrong with a request -> an error of ours, which says whether to try again."""

import math
import socket
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from pressrun.errors import FetchError, FetchTimeout
from settings import FetchSettings
from tasks.fetching.routes import PrivateAddressError, private_fault

NO_SUCH_NAME = frozenset(
    code
    for name in ("EAI_NONAME", "EAI_NODATA")
    if (code := getattr(socket, name, None)) is not None
)
"""What a resolver answers when it is sure; everything else may pass."""


def fetch_fault(url: URL, exc: Exception, settings: FetchSettings) -> FetchError:
    """The error of ours for *exc*, raised by aiohttp on the way to *url*."""
    if isinstance(exc, TimeoutError):
        return _timeout(url, exc, settings)
    if isinstance(exc, aiohttp.InvalidURL | UnicodeError):
        return bad_url(str(url), clean(str(exc)))
    if isinstance(exc, aiohttp.ClientConnectorCertificateError):
        reason = clean(str(exc.certificate_error))
        return FetchError(f"{url}: the certificate is not to be trusted: {reason}")
    cause = exc.os_error if isinstance(exc, aiohttp.ClientConnectorError) else exc
    if isinstance(cause, PrivateAddressError):
        return private_fault(url)
    if isinstance(exc, aiohttp.ClientConnectorDNSError):
        sure = cause.errno in NO_SUCH_NAME if isinstance(cause, OSError) else False
        return FetchError(
            f"{url}: the name {url.host} cannot be resolved: {clean(str(cause))}",
            transient=not sure,
        )
    if isinstance(exc, aiohttp.ServerDisconnectedError):
        return FetchError(f"{url}: the server hung up before it answered", transient=True)
    if isinstance(exc, aiohttp.ClientPayloadError):
        return FetchError(f"{url}: the body broke off or is garbled", transient=True)
    reason = clean(str(cause)) or type(cause).__name__
    return FetchError(f"{url}: connection failed: {reason}", transient=True)


def bad_url(url: str, reason: str) -> FetchError:
    """The error for what is no http(s) address. *url* may be anything."""
    return FetchError(f"{clean(url)!r} is no http or https address: {reason}")


def _timeout(url: URL, exc: TimeoutError, settings: FetchSettings) -> FetchTimeout:
    if isinstance(exc, aiohttp.ConnectionTimeoutError):
        what, limit, name = "no connection", settings.connect_timeout_s, "CONNECT_TIMEOUT_S"
    elif isinstance(exc, aiohttp.SocketTimeoutError):
        what, limit, name = "silence", settings.read_timeout_s, "READ_TIMEOUT_S"
    else:
        what, limit, name = "not done", settings.total_timeout_s, "TOTAL_TIMEOUT_S"
    return FetchTimeout(
        f"{url}: {what} after {limit:g} s; raise PRESSRUN_FETCH__{name} to wait longer"
    )


def retry_after_s(header: str | None, now: datetime, limit: float) -> float | None:
    """Seconds that a Retry-After header asks for, 0 to *limit*; None when it says nothing.

    It holds seconds or an HTTP date (RFC 9110, 10.2.3).
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        # float() of thousands of digits is inf, which int() would refuse with an error
        return min(float(text), limit)
    try:
        moment = parsedate_to_datetime(text)
        wait = (moment - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), limit) if math.isfinite(wait) else None


def clean(text: str, limit: int = 200) -> str:
    """*text* for an error message: short and printable, whoever wrote it."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * limit])
    short = " ".join(printable.split())
    return short if len(short) <= limit else f"{short[:limit]}…"
