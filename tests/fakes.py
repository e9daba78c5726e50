"""Stand-ins for what no test machine has: an Ollama, and a news site that misbehaves."""

import asyncio
import json
from collections import Counter
from types import TracebackType
from typing import Any, Self

from aiohttp import web


class LocalServer:
    """An aiohttp application on loopback, for the time of an `async with` block."""

    url = ""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self._runner: web.AppRunner | None = None

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()


class FakeOllama(LocalServer):
    """Answers as Ollama does, always with the same summary; `hold` keeps it from answering.

    Of an overview it writes *points*, one a story.
    """

    summary = "测试市的大桥如期通车，两岸居民过江时间大为缩短。"
    points = (
        "测试市的大桥如期通车。",
        "测试市两岸居民的过江时间大为缩短。",
        "大桥通车，两岸居民过江时间缩短。",
    )

    def __init__(self, model: str = "tester:1b", digest: str = "ab" * 32) -> None:
        super().__init__()
        self.model = model
        self.digest = digest
        self.hold = asyncio.Event()
        self.hold.set()
        self.asked: list[dict[str, Any]] = []
        self.preloads: list[dict[str, Any]] = []
        self.load_ns = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/tags", self._tags),
            web.get("/api/version", self._version),
            web.get("/api/ps", self._tags),
            web.post("/api/show", self._show),
            web.post("/api/generate", self._generate),
            web.post("/api/chat", self._chat),
        ]

    def answer(self, asked: dict[str, Any]) -> str:
        fields = (asked.get("format") or {}).get("properties", {})
        if "sentences" in fields:
            stories = fields["sentences"]["items"]["properties"]["stories"]["items"]["enum"]
            told = [
                {"stories": [number], "text": text}
                for number, text in zip(stories, self.points, strict=False)
            ]
            return json.dumps({"sentences": told})
        if "category" not in fields:
            return self.summary
        return json.dumps(
            {
                "summary": self.summary,
                "keywords": ["测试", "大桥", "通车"],
                "category": fields["category"]["enum"][0],
                "importance": 3,
            }
        )

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.12.0"})

    async def _tags(self, _: web.Request) -> web.Response:
        entry = {"name": self.model, "model": self.model, "digest": self.digest, "size": 1}
        return web.json_response({"models": [entry]})

    async def _show(self, request: web.Request) -> web.Response:
        asked = (await request.json()).get("model")
        if asked != self.model:
            return web.json_response({"error": f"model '{asked}' not found"}, status=404)
        return web.json_response(
            {
                "details": {"family": "test"},
                "model_info": {"general.architecture": "test", "test.context_length": 8192},
                "capabilities": ["completion"],
            }
        )

    async def _generate(self, request: web.Request) -> web.Response:
        """An empty prompt, which has the model loaded."""
        self.requests["/api/generate"] += 1
        self.preloads.append(await request.json())
        done = {"done": True, "done_reason": "load", "load_duration": self.load_ns}
        return web.json_response({"response": "", **done})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        await self.hold.wait()
        self.requests["/api/chat"] += 1
        text = self.answer(asked)
        last = {
            "model": self.model,
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": True,
            "done_reason": "stop",
            "total_duration": 2_000_000,
            "load_duration": 0,
            "prompt_eval_count": 100,
            "prompt_eval_duration": 1_000_000,
            "eval_count": 20,
            "eval_duration": 1_000_000,
        }
        return web.Response(text=json.dumps(last) + "\n", content_type="application/x-ndjson")


class NewsSite(LocalServer):
    """A Sina-shaped list of a few articles whose pages answer as they are told to.

    `answers` maps an article's number to the statuses of its next answers; the last one stays.
    `opened` is a word of every article.
    """

    def __init__(self, count: int = 4) -> None:
        super().__init__()
        self.count = count
        self.answers: dict[int, list[int]] = {}
        self.opened = "十二日上午"

    @property
    def list_url(self) -> str:
        return f"{self.url}/list"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/list", self._list),
            web.get("/news/{number}.html", self._page),
            web.get("/moved/{number}.html", self._moved),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        self.requests["/list"] += 1
        rows = [
            {
                "id": str(number),
                "title": f"第{number}号测试新闻：桥梁如期通车",
                "media": "测试日报",
                "url": f"{self.url}/news/{number}.html",
                "create_date": "2026-03-12",
                "create_time": f"08:{number:02d}:00",
                "top_num": str(number),
            }
            for number in range(1, self.count + 1)
        ]
        name = request.query.get("js_var", "data")
        return web.Response(text=f"var {name} = {json.dumps({'conf': {}, 'data': rows})};")

    async def _moved(self, request: web.Request) -> web.Response:
        """Leads to itself, without end."""
        self.requests[request.path] += 1
        raise web.HTTPFound(request.path)

    async def _page(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        self.requests[request.path] += 1
        statuses = self.answers.get(number, [200])
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if status != 200:
            return web.Response(status=status, text="no")
        paragraph = f"测试市第{number}号大桥{self.opened}如期通车。市交通局负责人表示，" + (
            "大桥全长三千二百米，总投资十二亿元，双向六车道，预计日均通行车辆四万辆，"
            "通车后两岸居民过江时间由五十分钟缩短到八分钟。"
        )
        body = "".join(f"<p>{paragraph}第{part}段。</p>" for part in range(4))
        return web.Response(
            text=f"<html><head><title>第{number}号测试新闻：桥梁如期通车</title></head><body>"
            f"<h1>第{number}号测试新闻：桥梁如期通车</h1>"
            f"<div class='article'>{body}</div></body></html>",
            content_type="text/html",
        )
