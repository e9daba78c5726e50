"""An Ollama that keeps models: pulls them from a played registry, takes files, removes them.

Statuses, words and order of its answers are those of Ollama's server/routes.go, images.go,
download.go and create.go, August 2026.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from tests.fakes import FakeOllama

WEIGHTS = "ab" * 32
LICENCE = "cd" * 32
LAYERS = {WEIGHTS: 4_000_000, LICENCE: 12_000}
"""Digest and size of each layer of a model in the registry."""

NO_SPACE = "write /models/blobs/sha256-part: no space left on device"


class OllamaStore(FakeOllama):
    """Starts with the models *there*; its registry has "tester:1b" and "other:7b".

    `fault` is what a pull meets ("full", "cut", "unfinished"; once), or a file that is sent
    ("full", "spoilt", "unread").
    A pull that is under way sets `begun`, and waits for `go_on`.
    """

    def __init__(self, *there: str) -> None:
        super().__init__()
        self.registry = {self.model, "other:7b"}
        self.models = {name: f"{number:064x}" for number, name in enumerate(there, 1)}
        self.parts: dict[str, int] = {}
        self.blobs: dict[str, bytes] = {}
        self.created: list[dict[str, Any]] = []
        self.running: list[dict[str, Any]] = []
        self.fault = ""
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.left = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/ps", self._ps),
            web.post("/api/pull", self._pull),
            web.delete("/api/delete", self._delete),
            web.head("/api/blobs/{digest}", self._has_blob),
            web.post("/api/blobs/{digest}", self._take_blob),
            web.post("/api/create", self._create),
            *super().routes(),  # of two for one path the first answers
        ]

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [self._entry(name) for name in self.models]})

    def _entry(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "model": name,
            "modified_at": "2026-03-01T08:30:00.277302595Z",
            "size": sum(LAYERS.values()),
            "digest": self.models[name],
            "details": {
                "parent_model": "",
                "format": "gguf",
                "family": "test",
                "families": None,
                "parameter_size": "1.2B",
                "quantization_level": "Q4_K_M",
            },
        }

    async def _show(self, request: web.Request) -> web.Response:
        asked = (await request.json())["model"]
        if asked not in self.models:
            return web.json_response({"error": f"model '{asked}' not found"}, status=404)
        return web.json_response(
            {
                "modelfile": "FROM /blobs/sha256-ab",
                "parameters": f'{"num_ctx":<30} 4096\n{"stop":<30} "</s>"',
                "template": "{{ .System }}\n{{ .Prompt }}",
                "details": self._entry(asked)["details"],
                "model_info": {"general.architecture": "test", "test.context_length": 8192},
                "capabilities": ["completion", "tools"],
                "modified_at": "2026-03-01T08:30:00Z",
            }
        )

    async def _ps(self, _: web.Request) -> web.Response:
        return web.json_response({"models": self.running})

    async def _delete(self, request: web.Request) -> web.Response:
        name = (await request.json())["model"]
        if self.models.pop(name, None) is None:
            return web.json_response({"error": f"model '{name}' not found"}, status=404)
        return web.Response()

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        name = (await request.json())["model"]
        self.requests["/api/pull"] += 1
        fault, self.fault = self.fault, ""
        return await _stream(request, self._pulled(name, fault, request), self.left)

    async def _pulled(
        self, name: str, fault: str, request: web.Request
    ) -> AsyncIterator[dict[str, Any]]:
        yield {"status": "pulling manifest"}
        if name not in self.registry:
            yield {"error": "pull model manifest: file does not exist"}
            return
        for digest, size in LAYERS.items():
            while (had := self.parts.get(digest, 0)) < size:
                self.parts[digest] = min(size, had + size // 4)
                yield {
                    "status": f"pulling {digest[:12]}",
                    "digest": f"sha256:{digest}",
                    "total": size,
                    **({"completed": had} if had else {}),
                }
                self.begun.set()
                await self.go_on.wait()
                if fault == "full":
                    yield {"error": NO_SPACE}
                    return
                if fault == "cut" and had:
                    assert request.transport is not None
                    request.transport.abort()
                    return
            yield {
                "status": f"pulling {digest[:12]}",
                "digest": f"sha256:{digest}",
                "total": size,
                "completed": size,
            }
        yield {"status": "verifying sha256 digest"}
        if fault == "unfinished":
            return
        yield {"status": "writing manifest"}
        self.models[name] = "ef" * 32
        yield {"status": "success"}

    async def _has_blob(self, request: web.Request) -> web.Response:
        self.requests["HEAD blob"] += 1
        return web.Response(status=200 if request.match_info["digest"] in self.blobs else 404)

    async def _take_blob(self, request: web.Request) -> web.Response:
        self.requests["POST blob"] += 1
        asked = request.match_info["digest"]
        fault = self.fault
        content = b"".join([block async for block in request.content.iter_chunked(65_536)])
        if fault == "full":
            return web.json_response({"error": NO_SPACE}, status=500)
        if fault == "spoilt":
            content += b"!"
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if digest != asked:
            words = f'digest mismatch, expected "{asked}", got "{digest}"'
            return web.json_response({"error": words}, status=400)
        self.blobs[digest] = content
        return web.Response(status=201)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.created.append(asked)
        if "/" in asked["model"].rpartition(":")[2] or " " in asked["model"]:
            return web.json_response({"error": "invalid model name"}, status=400)
        for digest in asked["files"].values():
            if digest not in self.blobs:
                return web.json_response({"error": f"blob not found ({digest})"}, status=400)
        return await _stream(request, self._made(asked), self.left)

    async def _made(self, asked: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"status": "parsing GGUF"}
        for digest in asked["files"].values():
            if self.fault == "unread":
                yield {"error": "invalid file magic"}
                return
            yield {"status": f"using existing layer {digest}"}
        yield {"status": "writing manifest"}
        self.models[asked["model"]] = "12" * 32
        yield {"status": "success"}


async def _stream(
    request: web.Request, records: AsyncIterator[dict[str, Any]], left: asyncio.Event
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    try:
        async for record in records:
            await response.write(json.dumps(record).encode() + b"\n")
        await response.write_eof()
    except (asyncio.CancelledError, ConnectionError):
        left.set()
        raise
    return response
