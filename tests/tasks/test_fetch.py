"""The Fetcher against real local servers: limits, errors, redirects, private addresses."""

import asyncio
import gzip
import socket
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from yarl import URL

from pressrun.errors import FetchError, HttpStatus, NotHtml, PageTooLarge
from settings import FetchSettings
from tasks.fetch import Fetcher

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
PAGE = "<!doctype html><title>t</title><p>雨".encode()
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[URL]:
    """A server on loopback that gives every request to *handler*; yields its address."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield URL(f"{'https' if tls else 'http'}://{host}:{port}/")
    finally:
        await runner.cleanup()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def fetcher(**options: Any) -> Fetcher:
    """A Fetcher that may read loopback and does not pause."""
    return Fetcher(
        FetchSettings(**{"private_hosts": True, "host_delay_s": 0, **options}), now=lambda: NOON
    )


async def page(body: bytes = PAGE, content_type: str = "text/html") -> web.Response:
    return web.Response(body=body, headers={"Content-Type": content_type})


async def fault(url: URL | str, **options: Any) -> FetchError:
    """The error of fetching *url* as a page."""
    async with fetcher(**options) as http:
        with pytest.raises(FetchError) as caught:
            await http.fetch_page(str(url))
    return caught.value


async def test_a_page_comes_with_its_bytes_undecoded() -> None:
    body = "<html><meta charset=utf-8><p>中文".encode("gb18030")

    async def handler(request: web.BaseRequest) -> web.Response:
        return await page(body, "text/html; charset=no-such-thing")

    async with serving(handler) as url, fetcher() as http:
        got = await http.fetch_page(f"{url}a?q=%C4%E3#top")
    assert got.body == body
    assert got.content_type == "text/html; charset=no-such-thing"
    assert got.url == f"{url}a?q=%C4%E3#top"
    assert got.final_url == f"{url}a?q=%C4%E3"
    assert got.fetched_at == NOON


async def test_requests_name_pressrun_and_send_a_sources_headers() -> None:
    seen: dict[str, str] = {}

    async def handler(request: web.BaseRequest) -> web.Response:
        seen.update(request.headers)
        return await page(b"[]", "application/json")

    async with serving(handler) as url, fetcher() as http:
        reply = await http.get(str(url), headers={"Referer": "https://news.example/"})
    assert seen["User-Agent"].startswith("Pressrun/0.")
    assert seen["Referer"] == "https://news.example/"
    assert "gzip" in seen["Accept-Encoding"]
    assert (reply.status, reply.body, reply.headers["content-type"]) == (
        200,
        b"[]",
        "application/json",
    )


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_status_that_may_pass_is_transient(status: int) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status)

    async with serving(handler) as url:
        error = await fault(url)
    assert isinstance(error, HttpStatus)
    assert (error.status, error.transient) == (status, True)


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 410, 451])
async def test_a_status_that_stays_is_not_transient(status: int) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status)

    async with serving(handler) as url:
        error = await fault(url)
    assert isinstance(error, HttpStatus)
    assert (error.status, error.transient) == (status, False)


async def test_a_refused_connection_is_transient() -> None:
    error = await fault(f"http://127.0.0.1:{unused_port()}/")
    assert error.transient
    assert "connection failed" in str(error)


async def test_a_name_that_cannot_be_resolved_says_so() -> None:
    error = await fault("http://nowhere.invalid/")
    assert "nowhere.invalid cannot be resolved" in str(error)


async def test_a_body_that_breaks_off_is_transient() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        response.content_length = 1000
        await response.prepare(request)
        await response.write(PAGE)
        assert request.transport is not None
        request.transport.abort()
        return response

    async with serving(handler) as url:
        error = await fault(url)
    assert error.transient


@pytest.mark.parametrize(
    "body", [gzip.compress(PAGE * 50)[:40], b"never gzip at all"], ids=["cut", "garbage"]
)
async def test_a_body_whose_compression_is_broken_is_an_error_or_short(body: bytes) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(
            body=body, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
        )

    async with serving(handler) as url, fetcher() as http:
        try:
            got = (await http.fetch_page(str(url))).body
        except FetchError as error:
            assert error.transient  # noqa: PT017
        else:
            assert (PAGE * 50).startswith(got)


async def test_an_announced_length_over_the_limit_is_refused_before_the_body() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        response.content_length = 5000
        await response.prepare(request)
        await asyncio.Event().wait()  # no body ever comes
        return response

    async with serving(handler) as url:
        error = await fault(url, max_bytes=1000)
    assert isinstance(error, PageTooLarge)
    assert not error.transient
    assert "PRESSRUN_FETCH__MAX_BYTES" in str(error)


async def test_a_stream_is_let_go_at_the_size_limit() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while True:  # without end: only the limit ends it
            await response.write(b"x" * 1000)

    async with serving(handler) as url:
        assert isinstance(await fault(url, max_bytes=10_000), PageTooLarge)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_bomb_is_not_unpacked(coding: str) -> None:
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    block = bytes(1_000_000)
    bomb = b"".join(packer.compress(block) for _ in range(100)) + packer.flush()  # 100 MB

    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(
            body=bomb, headers={"Content-Type": "text/html", "Content-Encoding": coding}
        )

    assert len(bomb) < 200_000  # arrives in one piece or two
    async with serving(handler) as url:
        tracemalloc.start()
        error = await fault(url, max_bytes=500_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(error, PageTooLarge)
    assert peak < 4_000_000


async def test_a_page_at_the_limit_passes() -> None:
    body = PAGE.ljust(1000)

    async def handler(request: web.BaseRequest) -> web.Response:
        return await page(body)

    async with serving(handler) as url, fetcher(max_bytes=1000) as http:
        assert (await http.fetch_page(str(url))).body == body


@pytest.mark.parametrize(
    ("limit", "name"), [("read_timeout_s", "READ"), ("total_timeout_s", "TOTAL")]
)
async def test_a_slow_body_hits_the_time_limit(limit: str, name: str) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        await response.write(PAGE)
        await asyncio.Event().wait()
        return response

    async with serving(handler) as url:
        error = await fault(url, **{limit: 0.05})
    assert error.transient
    assert f"PRESSRUN_FETCH__{name}_TIMEOUT_S" in str(error)


async def test_the_total_limit_holds_over_redirects() -> None:
    clock = iter(range(0, 1000, 30))  # each look at the clock finds it 30 s later
    asked = 0

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        if asked < 3:
            return web.Response(status=302, headers={"Location": "/next"})
        await asyncio.Event().wait()
        return web.Response()

    settings = FetchSettings(private_hosts=True, host_delay_s=0, total_timeout_s=45)
    async with serving(handler) as url, Fetcher(settings, clock=lambda: next(clock)) as http:
        with pytest.raises(FetchError, match="not done after 45 s"):
            await http.get(str(url))
    assert asked <= 3


async def test_redirects_are_followed_with_cookies_of_their_own() -> None:
    cookies = []

    async def handler(request: web.BaseRequest) -> web.Response:
        cookies.append(request.headers.get("Cookie"))
        if request.path == "/":
            return web.Response(
                status=302, headers={"Location": "b/页?x=1#f", "Set-Cookie": "seen=1"}
            )
        return await page()

    async with serving(handler) as url, fetcher() as http:
        http_url = str(url).replace("127.0.0.1", "localhost")  # jars keep none for IP addresses
        got = await http.fetch_page(http_url)
        await http.fetch_page(f"{http_url}other")
    assert got.final_url == str(URL(http_url) / "b/页" % {"x": "1"})
    assert cookies == [None, "seen=1", None]


async def test_a_sources_headers_stay_at_its_origin() -> None:
    seen = []

    async def there(request: web.BaseRequest) -> web.Response:
        seen.append(request.headers.get("X-Key"))
        return await page()

    async with serving(there) as elsewhere:

        async def here(request: web.BaseRequest) -> web.Response:
            seen.append(request.headers.get("X-Key"))
            return web.Response(status=307, headers={"Location": str(elsewhere)})

        async with serving(here) as url, fetcher() as http:
            await http.get(str(url), headers={"X-Key": "k"})
    assert seen == ["k", None]


async def test_a_redirect_loop_ends_and_is_not_transient() -> None:
    asked = []

    async def handler(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=301, headers={"Location": "/again"})

    async with serving(handler) as url:
        error = await fault(url, max_redirects=3)
    assert not error.transient
    assert "more than 3 redirects" in str(error)
    assert len(asked) == 4


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1", "//[::1"]
)
async def test_a_redirect_out_of_the_web_is_refused(location: str) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with serving(handler) as url:
        error = await fault(url)
    assert not error.transient
    assert "no http or https address" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        *["", "news", "file:///etc/passwd", "ftp://a.example/", "\ud800", "x\x1b[31m", "http://"],
        *["http://[::1", "http://a b/", "http://a.example:99999/", "http://a\r\nX: y/"],
        "http://" + "a" * 70 + ".example/",
    ],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    error = await fault(url)
    assert not error.transient
    assert "no http or https address" in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/png", PAGE),
        ("application/pdf", b"%PDF-1.7"),
        ("text/html", b"%PDF-1.7"),
        ("application/json", b'{"a": "<html>"}'),
        ("text/plain", b"plain words"),
        ("", b"\x00\x01"),
    ],
)
async def test_what_is_not_html_is_refused(content_type: str, body: bytes) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return await page(body, content_type)

    async with serving(handler) as url:
        error = await fault(url)
    assert isinstance(error, NotHtml)
    assert not error.transient


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/octet-stream", "TEXT/HTML;charset=gbk", "html"]
)
async def test_html_is_known_by_its_first_bytes(content_type: str) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return await page(b"\xef\xbb\xbf \r\n<!-- hi -->\n<HTML><p>", content_type)

    async with serving(handler) as url, fetcher() as http:
        assert (await http.fetch_page(str(url))).body.startswith(b"\xef\xbb\xbf")


async def test_an_empty_page_is_transient() -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return await page(b"")

    async with serving(handler) as url:
        assert (await fault(url)).transient


@pytest.mark.parametrize("seconds", ["7", "Sun, 22 Nov 2026 12:00:07 GMT"])
async def test_retry_after_is_told_in_seconds(seconds: str) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": seconds})

    async with serving(handler) as url:
        assert (await fault(url)).retry_after_s == 7


async def test_retry_after_closes_the_gate_for_the_whole_host() -> None:
    now = 100.0
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        naps.append(seconds)
        now += seconds

    async def handler(request: web.BaseRequest) -> web.Response:
        if request.path == "/busy":
            return web.Response(status=503, headers={"Retry-After": "9000"})
        return await page()

    settings = FetchSettings(private_hosts=True, host_delay_s=0, max_retry_after_s=40)
    async with serving(handler) as url, Fetcher(settings, clock=lambda: now, sleep=sleep) as http:
        with pytest.raises(HttpStatus) as caught:
            await http.fetch_page(f"{url}busy")
        await http.fetch_page(f"{url}calm")
        await http.fetch_page(f"{url}calm")
    assert caught.value.retry_after_s == 40
    assert naps == [40]


async def test_no_more_requests_reach_a_host_than_its_limit() -> None:
    here = most = 0
    both = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.Response:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 2:
            both.set()
        await both.wait()  # so two are inside at once, and a third would be seen
        await asyncio.sleep(0)
        here -= 1
        return await page()

    async with serving(handler) as url, fetcher(concurrency=8, per_host=2) as http:
        pages = await asyncio.gather(*(http.fetch_page(f"{url}{n}") for n in range(12)))
    assert len(pages) == 12
    assert most == 2


PRIVATE = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"]


@pytest.mark.parametrize("host", [*PRIVATE, "169.254.169.254", "10.0.0.1", "news.localhost."])
async def test_a_private_address_is_refused(host: str) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        pytest.fail("was asked")

    async with serving(handler) as url:
        error = await fault(f"http://{host}:{url.port}/", private_hosts=False)
    assert not error.transient
    assert "PRESSRUN_FETCH__PRIVATE_HOSTS" in str(error)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1", "127.0.0.1"], ["10.1.2.3"]])
async def test_a_name_with_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    """The name is resolved by the system; what it says at the moment of connecting counts."""

    def resolve(host: str, port: int, *_args: Any, **_options: Any) -> list[Any]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    async def handler(request: web.BaseRequest) -> web.Response:
        pytest.fail("was asked")

    async with serving(handler) as url:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        error = await fault(f"http://news.example:{url.port}/", private_hosts=False)
    assert not error.transient
    assert "news.example is on this machine or a private network" in str(error)


async def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append(request.path_qs)
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest"})

    async with serving(proxy) as url:
        monkeypatch.setenv("http_proxy", str(url))  # so that the first address may be public
        error = await fault("http://news.example/", private_hosts=False)
    assert len(asked) == 1
    assert not error.transient
    assert "169.254.169.254" in str(error)


async def test_the_systems_proxy_is_used_although_it_is_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append((request.host, request.headers.get("Proxy-Authorization", "")[:6]))
        return await page()

    async with serving(proxy) as url:
        monkeypatch.setenv("http_proxy", str(url.with_user("u").with_password("p")))
        async with fetcher(private_hosts=False) as http:
            got = await http.fetch_page("http://news.example/a")
    assert got.final_url == "http://news.example/a"
    assert asked == [("news.example", "Basic ")]


async def test_this_machine_is_never_asked_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")

    async def handler(request: web.BaseRequest) -> web.Response:
        return await page()

    async with serving(handler) as url, fetcher() as http:
        assert (await http.fetch_page(str(url))).body == PAGE


async def test_a_certificate_that_nobody_signed_is_not_transient(tmp_path: Path) -> None:
    context = self_signed(tmp_path)

    async def handler(request: web.BaseRequest) -> web.Response:
        return await page()

    async with serving(handler, context) as url:
        error = await fault(url)
    assert not error.transient
    assert "certificate" in str(error)


async def test_cancelling_a_fetch_frees_its_slot() -> None:
    inside = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.Response:
        if request.path == "/stuck":
            inside.set()
            await asyncio.Event().wait()
        return await page()

    async with serving(handler) as url, fetcher(concurrency=1, per_host=1) as http:
        stuck = asyncio.create_task(http.fetch_page(f"{url}stuck"))
        await inside.wait()
        stuck.cancel()
        assert (await http.fetch_page(f"{url}next")).body == PAGE
        assert stuck.cancelled()


@pytest.mark.parametrize(
    ("content_type", "size", "says"),
    [("text/html", 5, "it was sent as text/html"), ("image/png", 101, "body is over 100 bytes")],
    ids=["type", "size"],
)
async def test_what_is_no_picture_or_a_large_one_is_not_read(
    content_type: str, size: int, says: str
) -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        assert request.headers["Accept"].startswith("image/")
        return web.Response(body=b"x" * size, content_type=content_type)

    async with serving(answer) as site, fetcher() as client:
        with pytest.raises(FetchError, match=says) as caught:
            await client.fetch_picture(str(site), 100)
        assert not caught.value.transient
