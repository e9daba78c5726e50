"""The part of Ollama's API that one text model can answer, as an aiohttp application."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import TypeAlias

from aiohttp import web

from pressrun import __version__
from settings import EmbeddedSettings
from tasks.engines.embedded import wire
from tasks.engines.embedded.llama import Llama
from tasks.engines.embedded.model import ModelFile
from tasks.engines.embedded.wire import RequestError

MAX_QUEUE = 512
"""Requests that wait for a slot; as OLLAMA_MAX_QUEUE."""

MAX_BODY_BYTES = 16 * 1024 * 1024


class Api:
    """The handlers. One model, as many answers at once as it has slots."""

    def __init__(self, model: ModelFile, llama: Llama, settings: EmbeddedSettings) -> None:
        self._model = model
        self._llama = llama
        self._context = settings.num_ctx
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._waiting = 0

    def application(self) -> web.Application:
        """The routes, behind a check that the request is local."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_ollama_errors])
        app.router.add_get("/", self._root)
        app.router.add_get("/api/version", self._version)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._running)
        app.router.add_post("/api/show", self._show)
        app.router.add_post("/api/chat", self._chat)
        app.router.add_post("/api/generate", self._generate)
        return app

    async def _root(self, _: web.Request) -> web.Response:
        return web.Response(text="Pressrun's embedded engine is running")

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": f"{__version__}+pressrun"})

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [self._entry()]})

    async def _running(self, _: web.Request) -> web.Response:
        entry = {**self._entry(), "size_vram": 0, "context_length": self._context}
        return web.json_response({"models": [entry]})

    async def _show(self, request: web.Request) -> web.Response:
        ask = wire.parse(wire.NameAsk, await request.read())
        self._check_name(ask.model or ask.name)
        return web.json_response(
            {
                "license": self._model.licence,
                "modelfile": "",
                "template": self._model.metadata.get("tokenizer.chat_template", ""),
                "details": self._details(),
                "model_info": dict(self._model.metadata),
                "capabilities": ["completion"],
            }
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        ask = wire.parse(wire.ChatAsk, await request.read())
        return await self._answer(request, ask, ask.messages, wire.chat_voice)

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        ask = wire.parse(wire.GenerateAsk, await request.read())
        return await self._answer(request, ask, ask.messages, wire.generate_voice)

    async def _answer(
        self,
        request: web.Request,
        ask: wire.Ask,
        messages: tuple[wire.Message, ...],
        voice: wire.Voice,
    ) -> web.StreamResponse:
        self._check_name(ask.model)
        ask.refuse_unable()
        if not messages:  # a request that says nothing preloads the model
            return web.json_response(wire.last(ask.model, voice(""), wire.Counts("load"), 0))
        began = time.perf_counter_ns()
        async with aclosing(self._pieces(ask, messages)) as pieces:
            if ask.stream is False:
                text, counts = "", wire.Counts("stop")
                async for said in pieces:
                    if isinstance(said, str):
                        text += said
                    else:
                        counts = said
                total = time.perf_counter_ns() - began
                return web.json_response(wire.last(ask.model, voice(text), counts, total))
            return await _stream(request, _records(pieces, ask.model, voice, began))

    async def _pieces(
        self, ask: wire.Ask, messages: tuple[wire.Message, ...]
    ) -> AsyncGenerator[str | wire.Counts, None]:
        options = ask.options or wire.Options()
        if isinstance(ask, wire.GenerateAsk) and ask.raw:
            prompt = await self._llama.tokens(ask.prompt, marks=True)
        else:
            prompt = await self._llama.tokens_of(messages)
        budget = options.budget(len(prompt), self._context)
        async with self._slot():
            if ask.json_schema:
                await self._llama.check_schema(ask.json_schema)
            answer = self._llama.generate(prompt, budget, options.sampling(), ask.json_schema)
            async with aclosing(answer):
                async for said in answer:
                    yield said

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._waiting >= MAX_QUEUE:
            raise RequestError(
                503, "server busy, please try again. maximum pending requests exceeded"
            )
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    def _check_name(self, name: str) -> None:
        if not wire.same_model(name, self._model.name):
            raise RequestError(404, f"model '{name}' not found")

    def _details(self) -> wire.Record:
        family = str(self._model.metadata.get("general.architecture", ""))
        return {
            "parent_model": "",
            "format": "gguf",
            "family": family,
            "families": [family],
            "parameter_size": str(self._model.metadata.get("general.size_label", "")),
            "quantization_level": "",
        }

    def _entry(self) -> wire.Record:
        return {
            "name": self._model.name,
            "model": self._model.name,
            "size": self._model.bytes,
            "digest": self._model.sha256,
            "details": self._details(),
        }


async def _records(
    pieces: AsyncIterator[str | wire.Counts], model: str, voice: wire.Voice, began_ns: int
) -> AsyncIterator[wire.Record]:
    async for said in pieces:
        if isinstance(said, str):
            yield wire.piece(model, voice(said))
        else:
            yield wire.last(model, voice(""), said, time.perf_counter_ns() - began_ns)


async def _stream(request: web.Request, records: AsyncIterator[wire.Record]) -> web.StreamResponse:
    """Answer with *records*, a line each. An error before the first still has its status."""
    first = await anext(records)
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    await response.write(_line(first))
    try:
        async for record in records:
            await response.write(_line(record))
    except RequestError as exc:
        await response.write(_line({"error": str(exc)}))
    await response.write_eof()
    return response


def _line(record: wire.Record) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _ollama_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in Ollama's form. A web page that the user happens to read may not call us."""
    try:
        if "Origin" in request.headers or request.url.host not in {"127.0.0.1", "localhost"}:
            raise RequestError(403, "only programs on this machine may call the embedded engine")
        return await handler(request)
    except RequestError as exc:
        return web.json_response({"error": str(exc)}, status=exc.status)
    except web.HTTPException as exc:
        message = f"{request.method} {request.path}: the embedded engine says {exc.reason!r}"
        return web.json_response({"error": message}, status=exc.status)
