"""Servers on loopback in the shapes of chat services and of a webhook's receiver."""

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.fakes import LocalServer


class Robots(LocalServer):
    """DingTalk's and Feishu's robots, and Apprise's json://. Keeps what it is told.

    *codes*: what the next answers carry in place of 0; None: none. *statuses*: of the next answers,
    with *headers*.
    *is_deaf*: takes what comes, and breaks off.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.codes: list[int | None] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.is_deaf = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/robot/send", self._dingtalk),
            web.post("/open-apis/bot/v2/hook/{token}/", self._feishu),
            web.post("/json/{token}", self._json),
            web.get("/login", self._login),
        ]

    async def _login(self, request: web.Request) -> web.Response:
        return web.Response(text="who are you?")

    async def _take(self, request: web.Request) -> int | None:
        self.told.append(await request.json())
        if self.is_deaf:
            assert request.transport
            request.transport.abort()
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            raise _answer(status, self.headers)
        return self.codes.pop(0) if self.codes else 0

    async def _dingtalk(self, request: web.Request) -> web.Response:
        assert request.query["access_token"]
        code = await self._take(request)
        said = "ok" if code == 0 else "keywords not in content"
        return web.json_response({"errmsg": said} | ({} if code is None else {"errcode": code}))

    async def _feishu(self, request: web.Request) -> web.Response:
        code = await self._take(request)
        return web.json_response(
            {"code": code, "msg": "success" if code == 0 else "no", "data": {}}
        )

    async def _json(self, request: web.Request) -> web.Response:
        await self._take(request)
        return web.Response()


def _answer(status: int, headers: dict[str, str]) -> web.HTTPException:
    class Answer(web.HTTPException):
        status_code = status

    return Answer(headers=headers)


class Hook(LocalServer):
    """A webhook's receiver. *answers* are its next statuses; 0: it breaks off; -1: it is silent."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.types: list[str] = []
        self.awake = asyncio.Event()

    @property
    def address(self) -> str:
        return f"{self.url}/hook/t0ken-of-mine"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/hook/{token}", self._take), web.post("/moved", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        self.requests[request.path] += 1
        self.bodies.append(await request.read())
        self.keys.append(request.headers["Idempotency-Key"])
        self.types.append(request.content_type)
        status = self.answers.pop(0) if self.answers else 200
        if status == -1:
            await self.awake.wait()
        if status <= 0:
            assert request.transport
            request.transport.abort()
        return web.Response(status=max(status, 200), headers=self.headers)

    def objects(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]
