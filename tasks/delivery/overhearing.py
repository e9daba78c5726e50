"""What services answered to Apprise, which only tells whether it is content.

DingTalk, Feishu and WeCom refuse with a status of 200 and a code in the body, which Apprise takes
for success; and of a failure it does not tell a refusal from a connection that broke. So what
`requests` brings is listened to, in the thread and for the time of one call.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_BODY_BYTES = 20_000

_heard: ContextVar["list[Exchange] | None"] = ContextVar("heard", default=None)


class Fault(StrEnum):
    """How a request ended without an answer."""

    UNREACHED = "no connection"
    UNTRUSTED = "its certificate is not trusted"
    BROKEN = "no answer after it was sent"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, by its answer or its fault."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: Fault | None = None

    def code(self, name: str) -> int | None:
        """The number or truth called *name* in an answer of JSON; None where it has none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return None
        found = said.get(name) if isinstance(said, dict) else None
        return found if isinstance(found, int) else None


@contextmanager
def overheard() -> Iterator[list[Exchange]]:
    """The exchanges of this context's `requests` inside the block, in their order."""
    _listen()
    exchanges: list[Exchange] = []
    token = _heard.set(exchanges)
    try:
        yield exchanges
    finally:
        _heard.reset(token)


@functools.cache
def _listen() -> None:
    """Has every session of `requests` tell; where nobody listens it does what it did."""
    import requests

    plain = requests.Session.send

    @functools.wraps(plain)
    def send(self: Any, request: Any, **how: Any) -> Any:
        exchanges = _heard.get()
        if exchanges is None:
            return plain(self, request, **how)
        if request.method == "POST":
            # Elsewhere it would be a GET, of a page for logging in, say, whose 200 says nothing.
            how["allow_redirects"] = False
        try:
            answer = plain(self, request, **how)
        except requests.RequestException as exc:
            exchanges.append(Exchange(fault=_fault(exc)))
            raise
        body = b"" if how.get("stream") else answer.content[:_BODY_BYTES]
        exchanges.append(Exchange(answer.status_code, answer.headers, body))
        return answer

    requests.Session.send = send  # type: ignore[method-assign]


def _fault(exc: Exception) -> Fault:
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    if isinstance(exc, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return Fault.UNREACHED
    if isinstance(exc, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY" in str(exc):
        return Fault.UNTRUSTED
    # requests wraps what urllib3 gave up with, and that its reason.
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError | ProxyError):
        return Fault.UNREACHED
    return Fault.BROKEN
