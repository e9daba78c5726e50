"""An address -> a page: one polite aiohttp session for a run.

There is no retry in here: Prefect's retries are the only layer. An error says by `transient`
whether to try again; a host that asks for a pause gets it from every request
(`tasks.fetching.gates`).
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

import pressrun
from pressrun.errors import (
    EmptyPage,
    FetchError,
    HttpStatus,
    NotHtml,
    PageTooLarge,
    TooManyRedirects,
)
from pressrun.models import Page
from settings import FetchSettings
from tasks.fetching.faults import bad_url, clean, fetch_fault, retry_after_s
from tasks.fetching.gates import Clock, HostGates, Sleep
from tasks.fetching.routes import proxy_for, public_socket, refuse_private, system_proxies, through
from tasks.fetching.sniff import cannot_be_html, is_html, media_type

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PAUSES = frozenset({429, 503})
"""Statuses with which Retry-After speaks for the whole host."""

USER_AGENT = f"Pressrun/{pressrun.__version__} (daily digest; one reader)"
HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
}
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PICTURES = ",".join(sorted(PICTURE_TYPES))
# Accept-Encoding is aiohttp's own: what it finds itself able to decode.

_HOST = re.compile(r"[A-Za-z0-9._:%-]+")
"""A host name in ASCII, or an IP address; yarl lets blanks through."""

Check = Callable[[URL, aiohttp.ClientResponse], None]


@dataclass(frozen=True)
class Reply:
    """What a request brought; fills `pressrun.ports.Response`."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches within the limits of *settings*; an async context manager for one run and loop.

    *clock* and *sleep* are the gates', *now* dates pages and reads Retry-After.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._now = now
        self._gates = HostGates(settings, clock=clock, sleep=sleep)
        self._proxies = system_proxies()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        guard = None if self._settings.private_hosts else public_socket
        self._session = aiohttp.ClientSession(
            # The gates count requests; the pool need not.
            connector=aiohttp.TCPConnector(limit=0, socket_factory=guard),
            headers={**HEADERS, "User-Agent": self._settings.user_agent or USER_AGENT},
            # What one page sets, no other sees: the order of fetches changes nothing.
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """The answer at *url*, after redirects. *headers* go to its own origin only.

        Raises:
            HttpStatus: the status is 400 or above, or a redirect to nowhere.
            PageTooLarge: the body is over `max_bytes`.
            FetchError: anything else; `transient` tells whether it may pass.
        """
        return await self._follow(url, headers or {}, _any_type, self._settings.max_bytes)

    async def fetch_picture(self, url: str, max_bytes: int) -> bytes:
        """The bytes at *url*, which are sent as a picture's.

        Raises:
            PageTooLarge: they are over *max_bytes*, or over what a page may have.
            FetchError: they are sent as something else; or as `get`.
        """
        limit = min(max_bytes, self._settings.max_bytes)
        reply = await self._follow(url, {"Accept": PICTURES}, _maybe_picture, limit)
        return reply.body

    async def fetch_page(self, url: str) -> Page:
        """The HTML page at *url*: its bytes as they came, decompressed and not decoded.

        Raises:
            NotHtml: it is something else.
            FetchError: as `get`.
        """
        reply = await self._follow(url, {}, _maybe_html, self._settings.max_bytes)
        content_type = reply.headers.get("Content-Type", "")
        if not reply.body:
            raise EmptyPage(f"{reply.url}: an empty body")
        if not is_html(content_type, reply.body):
            raise _not_html(URL(reply.url), content_type, "by its first bytes")
        return Page(
            url=url,
            final_url=reply.url,
            status=reply.status,
            content_type=clean(content_type),
            body=reply.body,
            fetched_at=self._now(),
        )

    async def _follow(
        self, url: str, headers: Mapping[str, str], check: Check, max_bytes: int
    ) -> Reply:
        start = target = _address(url)
        jar = aiohttp.CookieJar()
        left_s = self._settings.total_timeout_s
        for _ in range(self._settings.max_redirects + 1):
            if not self._settings.private_hosts:
                refuse_private(target)
            own = headers if target.origin() == start.origin() else {}
            async with self._gates.slot(target.host or ""):
                began = self._clock()
                limits = max(left_s, 0.001), max_bytes
                answer = await self._ask(target, own, jar, limits, check)
                left_s -= self._clock() - began
            if isinstance(answer, Reply):
                return answer
            target = answer
        raise TooManyRedirects(
            f"{start}: more than {self._settings.max_redirects} redirects, the last one to "
            f"{target}; raise PRESSRUN_FETCH__MAX_REDIRECTS if that is no loop"
        )

    async def _ask(
        self,
        url: URL,
        headers: Mapping[str, str],
        jar: aiohttp.CookieJar,
        limits: tuple[float, int],
        check: Check,
    ) -> Reply | URL:
        """One request within *limits* of seconds and bytes; a reply, or where it redirects to."""
        assert self._session is not None, "a Fetcher works inside `async with` only"
        left_s, max_bytes = limits
        timeout = aiohttp.ClientTimeout(
            total=left_s,
            connect=self._settings.connect_timeout_s,
            sock_read=self._settings.read_timeout_s,
        )
        proxy = proxy_for(url, self._proxies)
        try:
            with through(proxy):
                request = self._session.get(
                    url,
                    headers=headers,
                    cookies=jar.filter_cookies(url),
                    allow_redirects=False,
                    proxy=proxy,
                    timeout=timeout,
                )
                async with request as response:
                    jar.update_cookies(response.cookies, url)
                    if response.status in REDIRECTS and "Location" in response.headers:
                        return _address(response.headers["Location"], url)
                    self._judge(url, response)
                    check(url, response)
                    body = await self._read(url, response, max_bytes)
        except (aiohttp.ClientError, TimeoutError, UnicodeError) as exc:
            raise fetch_fault(url, exc, self._settings) from exc
        return Reply(str(response.url), response.status, response.headers, body)

    def _judge(self, url: URL, response: aiohttp.ClientResponse) -> None:
        """Raise for a status that is no success, and close the host's gate if it asks for that."""
        status = response.status
        if status < 300:
            self._gates.welcome(url.host or "")
            return
        pause_s = retry_after_s(
            response.headers.get("Retry-After"), self._now(), self._settings.max_retry_after_s
        )
        if pause_s is not None and status in PAUSES:
            self._gates.close(url.host or "", pause_s)
        reason = clean(response.reason or "", 60)
        raise HttpStatus(
            f"{url}: HTTP {status} {reason}".rstrip(), status=status, retry_after_s=pause_s
        )

    async def _read(self, url: URL, response: aiohttp.ClientResponse, limit: int) -> bytes:
        """The body, counted as it comes out of decompression.

        aiohttp 3.14 decompresses some 100 KiB at a time, at the pace of this loop: a bomb is let go
        at the limit, not unpacked.
        """
        body = bytearray()
        if (response.content_length or 0) <= limit:
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > limit:
                    break
            else:
                return bytes(body)
        response.close()  # not back to the pool: the rest is never read
        raise PageTooLarge(
            f"{url}: body is over {limit} bytes; raise PRESSRUN_FETCH__MAX_BYTES to accept it"
        )


def _address(text: str, base: URL | None = None) -> URL:
    """The http(s) address in *text*, relative to *base* when it is a redirect's."""
    try:
        url = URL(text.strip())
        url = (base.join(url) if base else url).with_fragment(None)
    except ValueError as exc:
        raise bad_url(text, clean(str(exc))) from exc
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host or ""):
        came = f" (redirected from {base})" if base else ""
        raise bad_url(text, f"its scheme is {url.scheme!r}, its host {url.host!r}{came}")
    return url


def _any_type(url: URL, response: aiohttp.ClientResponse) -> None:
    """Lists come as anything."""


def _maybe_html(url: URL, response: aiohttp.ClientResponse) -> None:
    """Turn down films and pictures before their bodies are read."""
    content_type = response.headers.get("Content-Type", "")
    if cannot_be_html(content_type):
        raise _not_html(url, content_type, "by its type")


def _maybe_picture(url: URL, response: aiohttp.ClientResponse) -> None:
    """Turn down what is no picture before its body is read."""
    content_type = response.headers.get("Content-Type", "")
    if media_type(content_type) not in PICTURE_TYPES:
        declared = clean(content_type, 60) or "no type"
        raise FetchError(f"{url}: no picture that is shown; it was sent as {declared}")


def _not_html(url: URL, content_type: str, sign: str) -> NotHtml:
    declared = clean(content_type, 60) or "no type"
    return NotHtml(f"{url}: not an HTML page {sign}; it was sent as {declared}")
