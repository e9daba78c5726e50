"""A Sina-shaped site that has a list for every day, in a process of its own.

    python -m benchmarks.backfilled.site ARTICLES

Prints a JSON line with the list's address, and serves until its standard input ends.
"""

import asyncio
import json
import sys
from datetime import date

from aiohttp import web

from benchmarks.backfilled.pages import headline, page
from pressrun.lifeline import exit_with_parent
from tests.fakes import LocalServer


class Newsstand(LocalServer):
    """*count* articles a day, unlike those of any other day."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def routes(self) -> list[web.RouteDef]:
        """The lists and the pages."""
        return [web.get("/list", self._list), web.get("/news/{day}/{rank}.html", self._page)]

    async def _list(self, request: web.Request) -> web.Response:
        day = date.fromisoformat(request.query["top_time"])
        rows = [
            {
                "id": f"{day:%Y%m%d}{rank}",
                "title": headline(day, rank),
                "media": "测试日报",
                "url": f"{self.url}/news/{day}/{rank}.html",
                "create_date": day.isoformat(),
                "create_time": f"08:{rank % 60:02d}:00",
                "top_num": str(rank),
            }
            for rank in range(1, self._count + 1)
        ]
        said = json.dumps({"conf": {}, "data": rows})
        return web.Response(text=f"var {request.query['js_var']} = {said};")

    async def _page(self, request: web.Request) -> web.Response:
        day = date.fromisoformat(request.match_info["day"])
        body = page(day, int(request.match_info["rank"]))
        return web.Response(body=body, content_type="text/html", charset="utf-8")


async def serve(count: int) -> None:
    """Serve until cancelled."""
    async with Newsstand(count) as site:
        print(json.dumps({"url": f"{site.url}/list"}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    exit_with_parent()
    asyncio.run(serve(int(sys.argv[1])))
