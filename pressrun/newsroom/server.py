"""The newsroom over real HTTP, on loopback."""

from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web
from jinja2 import Template

from pressrun.loopback import LoopbackServer
from pressrun.newsroom import rolllist, toplist
from pressrun.newsroom.faults import FAULTS_DATE, fault_articles
from pressrun.newsroom.faults.answers import answer
from pressrun.newsroom.loader import dates, every_article
from pressrun.newsroom.pages import page, picture

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

INDEX = Template(
    """<!DOCTYPE html>
<html lang="zh"><meta charset="utf-8"><title>Newsroom</title><h1>Newsroom</h1>
{% for day in days %}<h2><a href="{{ list }}{{ day.strftime('%Y%m%d') }}">{{ day }}</a></h2><ul>
{% for one in articles if one.listed == day -%}
<li><a href="{{ one.path }}">{{ one.title }}</a> {{ one.medium }}, {{ one.charset }}</li>
{% endfor %}</ul>{% endfor %}</html>""",
    autoescape=True,
)


class Newsroom(LoopbackServer):
    """Serves the newsroom inside an `async with`; port 0 takes a free one.

    *requests* counts how often each path was asked for.

    Raises:
        OSError: on entering, when the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: Counter[str] = Counter()
        self._pages = {article.path: article for article in every_article()}
        self._faulty = {article.path: article for article in fault_articles()}
        self._pictures = {one.image_path: one for one in every_article() if one.image}
        app = web.Application(middlewares=[self._count])
        app.router.add_get("/", self._index)
        app.router.add_get(toplist.PATH, self._list)
        app.router.add_get(rolllist.PATH, self._roll)
        app.router.add_get("/img/{name}", self._picture)
        app.router.add_get("/{category}/{day}/{name}", self._page)
        super().__init__(app, port)

    @property
    def list_url(self) -> str:
        """The address of the lists, for the setting `sources.sina.list_url`."""
        return self.url + toplist.PATH

    @property
    def roll_url(self) -> str:
        """The address of the rolling list, for the setting `sources.sina-roll.list_url`."""
        return self.url + rolllist.PATH

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests[request.path] += 1
        return await handler(request)

    async def _index(self, _: web.Request) -> web.Response:
        first = f"{toplist.PATH}?top_cat=www_www_all_suda_suda&top_time="
        days, rows = (*dates(), FAULTS_DATE), (*every_article(), *fault_articles())
        html = INDEX.render(days=days, articles=rows, list=first)
        return web.Response(text=html, content_type="text/html")

    async def _list(self, request: web.Request) -> web.Response:
        text = toplist.top_list(request.query, self.url)
        return web.Response(text=text, content_type="application/javascript", charset="utf-8")

    async def _roll(self, request: web.Request) -> web.Response:
        text = rolllist.roll_list(request.query, self.url)
        return web.Response(text=text, content_type="application/json", charset="utf-8")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        faulty = self._faulty.get(request.path)
        if faulty is not None:
            return await answer(request, faulty, self.requests[request.path])
        article = self._pages.get(request.path)
        if article is None:
            raise web.HTTPNotFound
        return web.Response(body=page(article), headers={"Content-Type": article.content_type})

    async def _picture(self, request: web.Request) -> web.Response:
        article = self._pictures.get(request.path)
        if article is None:
            raise web.HTTPNotFound
        return web.Response(body=picture(article), content_type="image/png")
