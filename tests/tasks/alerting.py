"""Somebody who is told: a server on loopback that Apprise's json:// addresses reach."""

import asyncio
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from tests.fakes import LocalServer


class Operator(LocalServer):
    """Keeps what it is told; refuses at /refusing/..., and never answers at /silent/..."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.awake = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/{how}/{token}", self._listen)]

    def address(self, how: str = "hears", token: str = "tok3n-of-mine") -> SecretStr:
        return SecretStr(f"{self.url.replace('http', 'json')}/{how}/{token}")

    async def _listen(self, request: web.Request) -> web.Response:
        how = request.match_info["how"]
        if how == "silent":
            await self.awake.wait()
        if how == "refusing":
            return web.Response(status=403)
        self.told.append(await request.json())
        return web.Response()
