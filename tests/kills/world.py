"""The source and the model of the campaign: every article has a number that tells its day."""

import asyncio
import re
from datetime import date
from typing import NamedTuple

from aiohttp import web

from tests.fakes import FakeOllama, NewsSite

_NUMBER = re.compile(r"第(\d{9,10})号")


class Request(NamedTuple):
    """Something that Pressrun asked for: *kind* is `list`, `page` or `summary`.

    *item* is a day as YYYYMMDD for a list, else that with the article's number of the day.
    """

    kind: str
    item: str


class Log:
    """All requests, in order, and who waits for them."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._more = asyncio.Condition()

    async def add(self, kind: str, item: str) -> None:
        async with self._more:
            self.requests.append(Request(kind, item))
            self._more.notify_all()

    def clear(self) -> None:
        """Forget all."""
        self.requests.clear()

    def count(self, kind: str) -> int:
        """How often something of the *kind* was asked for."""
        return sum(request.kind == kind for request in self.requests)

    async def has(self, kind: str, count: int) -> None:
        """Return once there were *count* requests of the *kind*."""
        async with self._more:
            await self._more.wait_for(lambda: self.count(kind) >= count)


class Site(NewsSite):
    """Every day has articles of its own; an answer takes *answer_s*."""

    def __init__(self, log: Log, count: int, answer_s: float = 0.02) -> None:
        super().__init__(count)
        self._log, self._answer_s = log, answer_s

    async def _list(self, request: web.Request) -> web.Response:
        day = request.query["top_time"]
        await self._log.add("list", day)
        await asyncio.sleep(self._answer_s)
        answer = await super()._list(request)
        assert isinstance(answer.text, str)
        return web.Response(text=answer.text.replace("/news/", f"/news/{day}"))

    async def _page(self, request: web.Request) -> web.Response:
        await self._log.add("page", request.match_info["number"])
        await asyncio.sleep(self._answer_s)
        return await super()._page(request)


class Model(FakeOllama):
    """Notes which article it is asked to summarise; an answer takes *answer_s*."""

    def __init__(self, log: Log, answer_s: float = 0.15) -> None:
        super().__init__()
        self._log, self._answer_s = log, answer_s

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if "sentences" not in (asked.get("format") or {}).get("properties", {}):  # an overview
            found = _NUMBER.search(asked["messages"][-1]["content"])
            assert found, "the prompt is of no article of the site"
            await self._log.add("summary", found[1])
        await asyncio.sleep(self._answer_s)
        return await super()._chat(request)


def number_of(url: str) -> str:
    """The number of the article at *url*."""
    return url.rpartition("/")[2].removesuffix(".html")


def day_of(item: str) -> date:
    """The day of a list or an article."""
    return date(int(item[:4]), int(item[4:6]), int(item[6:8]))
