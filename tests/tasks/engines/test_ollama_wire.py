"""The engine `ollama` against a real server on loopback that stalls, hangs up or is left."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from pressrun.errors import BadAnswer, EngineError, EngineUnavailable
from pressrun.models import Prompt
from settings import OllamaSettings
from tasks.engines import host as module
from tasks.engines.ollama import OllamaEngine

PROMPT = Prompt(user="新闻")
WORD = json.dumps({"message": {"role": "assistant", "content": "雨"}, "done": False}).encode()
END = json.dumps({"message": {"role": "assistant"}, "done": True}).encode()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def tags(_: web.Request) -> web.Response:
    return web.json_response({"models": [{"model": "qwen3:4b", "digest": "d"}]})


async def show(_: web.Request) -> web.Response:
    return web.json_response({"model_info": {}, "capabilities": ["completion"]})


async def generate(_: web.Request) -> web.Response:
    return web.json_response({"response": "", "done": True, "done_reason": "load"})


@asynccontextmanager
async def serving(chat: Handler, listing: Handler = tags) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/api/tags", listing)
    app.router.add_post("/api/show", show)
    app.router.add_post("/api/generate", generate)
    app.router.add_post("/api/chat", chat)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(url: str, **fields: Any) -> AsyncIterator[OllamaEngine]:
    engine = OllamaEngine(OllamaSettings(**({"host": url, "attempts": 1} | fields)))
    try:
        yield engine
    finally:
        await engine.aclose()


async def streaming(request: web.Request, *lines: bytes) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for line in lines:
        await response.write(line + b"\n")
    return response


async def forever() -> None:
    await asyncio.Event().wait()


async def test_silence_before_the_first_token_ends_at_its_limit() -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        await forever()
        raise AssertionError

    async with serving(chat) as url, opened(url, first_token_timeout_s=0.05) as engine:
        with pytest.raises(EngineError, match=r"no first token.*0\.05 s.*first_token") as caught:
            await engine.complete(PROMPT)
    assert caught.value.transient
    assert url in str(caught.value)


async def test_headers_alone_are_no_token() -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        await streaming(request)
        await forever()
        raise AssertionError

    async with serving(chat) as url, opened(url, first_token_timeout_s=0.05) as engine:
        with pytest.raises(EngineError, match="no first token"):
            await engine.complete(PROMPT)


async def test_silence_within_an_answer_ends_at_its_own_limit() -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        await streaming(request, WORD, WORD)
        await forever()
        raise AssertionError

    async with serving(chat) as url, opened(url, silence_timeout_s=0.05) as engine:
        with pytest.raises(EngineError, match=r"no further token.*silence_timeout_s") as caught:
            await engine.complete(PROMPT)
    assert caught.value.transient


async def test_tokens_that_keep_coming_may_take_longer_than_either_limit() -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        response = await streaming(request)
        for _ in range(60):
            await response.write(WORD + b"\n")
            await asyncio.sleep(0.01)
        await response.write(END + b"\n")
        return response

    limits = {"first_token_timeout_s": 0.5, "silence_timeout_s": 0.5}
    async with serving(chat) as url, opened(url, **limits) as engine:
        answer = await engine.complete(PROMPT)
    assert answer.text == "雨" * 60
    assert answer.wall_s > 0.5


async def test_a_connection_reset_within_an_answer_is_transient() -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        response = await streaming(request, WORD)
        assert request.transport is not None
        request.transport.abort()
        return response

    async with serving(chat) as url, opened(url) as engine:
        with pytest.raises(EngineError, match="connection broke") as caught:
            await engine.complete(PROMPT)
    assert caught.value.transient


async def test_cancelling_the_call_closes_the_request() -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def chat(request: web.Request) -> web.StreamResponse:
        await streaming(request, WORD)
        begun.set()
        try:
            await forever()
        finally:
            left.set()
        raise AssertionError

    async with serving(chat) as url, opened(url) as engine, asyncio.timeout(10):
        call = asyncio.create_task(engine.complete(PROMPT))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await left.wait()


async def test_a_timed_out_request_is_closed_too() -> None:
    left = asyncio.Event()

    async def chat(request: web.Request) -> web.StreamResponse:
        try:
            await forever()
        finally:
            left.set()
        raise AssertionError

    async with serving(chat) as url, opened(url, first_token_timeout_s=0.05) as engine:
        with pytest.raises(EngineError):
            await engine.complete(PROMPT)
        async with asyncio.timeout(10):
            await left.wait()


async def test_an_answer_without_end_is_closed_as_soon_as_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_CHARS", 2)
    left = asyncio.Event()

    async def chat(request: web.Request) -> web.StreamResponse:
        await streaming(request, WORD, WORD, WORD)
        try:
            await forever()
        finally:
            left.set()
        raise AssertionError

    async with serving(chat) as url, opened(url) as engine, asyncio.timeout(10):
        with pytest.raises(BadAnswer, match="over 2 characters") as caught:
            await engine.complete(PROMPT)
        await left.wait()
        assert caught.value.transient  # and until here nothing was left to the collector


async def test_calls_that_begin_together_ask_for_the_model_once() -> None:
    asked = 0

    async def listing(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return await tags(request)

    async def chat(request: web.Request) -> web.StreamResponse:
        return await streaming(request, WORD, END)

    async with serving(chat, listing) as url, opened(url) as engine:
        await asyncio.gather(*[engine.complete(PROMPT) for _ in range(4)])
    assert asked == 1


async def test_a_port_where_nothing_listens_is_unavailable() -> None:
    async with serving(tags) as url:
        pass  # the port was free a moment ago, and is again
    async with opened(url) as engine:
        with pytest.raises(EngineUnavailable, match="ollama serve") as caught:
            await engine.complete(PROMPT)
    assert caught.value.transient


async def test_a_server_that_accepts_and_says_nothing_is_unavailable() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await forever()
        raise AssertionError

    async with (
        serving(silent, listing=silent) as url,
        opened(url, connect_timeout_s=0.05) as engine,
    ):
        with pytest.raises(EngineUnavailable, match=r"silent for 0\.05 s"):
            await engine.identify()


async def test_loopback_is_asked_without_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # discard: nobody listens
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    async def chat(request: web.Request) -> web.StreamResponse:
        return await streaming(request, WORD, END)

    async with serving(chat) as url, opened(url) as engine:
        assert (await engine.complete(PROMPT)).text == "雨"
