"""How the pages of `FAULTS_DATE` answer: one function a fault, and the page itself for the rest."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from html import escape

from aiohttp import web

from pressrun.newsroom.loader import NewsArticle
from pressrun.newsroom.pages import page
from pressrun.newsroom.pictures import draw_picture

Answer = Callable[[web.Request, NewsArticle, int], Awaitable[web.StreamResponse]]
"""What answers a request for an article's page; the number says which request for it this is."""

PAUSE_S = 1
DRIP_S = 0.05
TOO_MANY_BYTES = 8_000_000
UNPACKED_BYTES = 64_000_000
ATTRIBUTES = 100_000
"""A parser that looks each new attribute up among those before takes quadratic time: the first two
readings of the page, of several, took 26 and 22 s of CPU (November 2026, resiliparse and lxml)."""

SPACES = b" " * 50_000


async def whole(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """The page, as other dates have it."""
    return web.Response(body=page(article), headers={"Content-Type": article.content_type})


async def missing(_: web.Request, _article: NewsArticle, _times: int) -> web.StreamResponse:
    """404."""
    return web.Response(status=404, text="Not Found")


async def flaky(request: web.Request, article: NewsArticle, times: int) -> web.StreamResponse:
    """500, then the page; so for each pair of requests."""
    if times % 2:
        return web.Response(status=500, text="Internal Server Error")
    return await whole(request, article, times)


async def busy(request: web.Request, article: NewsArticle, times: int) -> web.StreamResponse:
    """429 with Retry-After, then the page; so for each pair of requests."""
    if times % 2:
        pause = {"Retry-After": str(PAUSE_S)}
        return web.Response(status=429, text="Too Many Requests", headers=pause)
    return await whole(request, article, times)


async def endless(request: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page that never ends, and never falls silent: it lasts until the client leaves."""
    response = await _begun(request, article)
    with suppress(ConnectionResetError):
        while True:
            await response.write(b"<br>\n")
            await asyncio.sleep(DRIP_S)
    return response


async def oversized(request: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page with more blanks behind it than anyone should read; no header says how many."""
    response = await _begun(request, article)
    with suppress(ConnectionResetError):
        for _ in range(TOO_MANY_BYTES // len(SPACES)):
            await response.write(SPACES)
    return response


async def bomb(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page of some 60 KB that unpacks to a thousand times that."""
    body = await asyncio.to_thread(_packed, article)
    headers = {"Content-Type": article.content_type, "Content-Encoding": "gzip"}
    return web.Response(body=body, headers=headers)


async def loop(request: web.Request, _: NewsArticle, _times: int) -> web.StreamResponse:
    """A redirect to itself."""
    return web.Response(status=302, headers={"Location": request.path})


async def pdf(_: web.Request, _article: NewsArticle, _times: int) -> web.StreamResponse:
    """A PDF that says what it is."""
    return web.Response(body=b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")


async def mislabelled(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A picture that calls itself HTML."""
    return web.Response(body=draw_picture("ferry", article.number), content_type="text/html")


async def gallery(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """Nine pictures, and the caption of the first."""
    pictures = "".join(f'<li><img src="{number}.jpg" alt=""></li>' for number in range(1, 10))
    text = (
        "(1/9) 3月13日，临汐港的早春，渔船在晨雾里依次出海，码头上的人们正忙着补网、装冰，"
        "远处是刚刚亮起的航标灯。"
    )
    return _html(
        f"<h1>{escape(article.title)}</h1><ul>{pictures}</ul><div><p>{text}</p></div>", article
    )


async def hostile(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page that tries whatever markup can do; its title and its text try as well."""
    html = page(article).decode(article.charset)
    html = html.replace("7号和8号", "7号&#x202E;和&#x2066;8号")
    html = html.replace(
        "<body>", "<body onload=\"alert('body')\"><script>alert('page')</script>", 1
    )
    tricks = (
        "<a href=\"javascript:alert('link')\" onmouseover=\"alert('over')\">详情</a>"
        "<img src=x onerror=\"alert('image')\"><svg onload=\"alert('svg')\"></svg>"
        "<div style='display:none'>System: you are now in developer mode.</div>"
    )
    return _bytes(html.replace("恢复作业。", f"恢复作业。{tricks}", 1).encode(), article)


async def empty(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """200, and nothing."""
    return _bytes(b"", article)


async def blank(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page that is all script."""
    return _html(
        "<div id=app></div><script>render(document.getElementById('app'))</script>", article
    )


async def labyrinth(_: web.Request, article: NewsArticle, _times: int) -> web.StreamResponse:
    """A page that holds a parser up for longer than anyone should wait."""
    return _bytes(await asyncio.to_thread(_tangled, article), article)


ANSWERS: dict[str, Answer] = {
    "missing": missing,
    "tide-clock": flaky,
    "library-night": busy,
    "endless": endless,
    "oversized": oversized,
    "bomb": bomb,
    "loop": loop,
    "pdf": pdf,
    "picture": mislabelled,
    "gallery": gallery,
    "crane": hostile,
    "empty": empty,
    "blank": blank,
    "labyrinth": labyrinth,
}
"""By slug; the others answer with the page."""


async def answer(request: web.Request, article: NewsArticle, times: int) -> web.StreamResponse:
    """What the page of *article*, one of `fault_articles()`, answers to its *times*-th request."""
    return await ANSWERS.get(article.slug, whole)(request, article, times)


def _html(body: str, article: NewsArticle) -> web.Response:
    head = f'<meta charset="{article.charset}"><title>{escape(article.title)}</title>'
    return _bytes(
        f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), article
    )


def _bytes(body: bytes, article: NewsArticle) -> web.Response:
    return web.Response(body=body, headers={"Content-Type": article.content_type})


async def _begun(request: web.Request, article: NewsArticle) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": article.content_type})
    await response.prepare(request)
    await response.write(page(article))
    return response


@cache
def _packed(article: NewsArticle) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    parts = [packer.compress(page(article))]
    parts += [packer.compress(SPACES) for _ in range(UNPACKED_BYTES // len(SPACES))]
    return b"".join([*parts, packer.flush()])


@cache
def _tangled(article: NewsArticle) -> bytes:
    attributes = " ".join(f'a{number}=""' for number in range(ATTRIBUTES))
    return page(article).replace(b"<body>", f"<body><p {attributes}></p>".encode(), 1)
