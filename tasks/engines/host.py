"""One host that speaks Ollama's API, through the official client."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple, cast

import httpx
import ollama
from pydantic import HttpUrl

from pressrun.errors import BadAnswer, EngineError
from pressrun.models import Completion, Prompt
from settings import OllamaSettings
from tasks.engines.address import is_loopback, shown
from tasks.engines.checks import check_answer
from tasks.engines.described import Described, describe
from tasks.engines.faults import Server
from tasks.engines.watch import Watch

SHOW_TIMEOUT_S = 30.0
"""Time limit of /api/show, which reads a model's head from the disk and loads no model."""

MAX_CHARS = 200_000
"""More than any answer of the 8192 tokens that `num_predict` allows: the server ran wild."""


class _Answer(NamedTuple):
    """What a stream brought: the text, whether the model thought aloud, the last record."""

    text: str
    thought: bool
    last: ollama.ChatResponse


class Host:
    """The host at *url*. Use it within one event loop, and close it."""

    def __init__(self, settings: OllamaSettings, url: HttpUrl, *, engine: str) -> None:
        self._settings = settings
        self.server = Server(engine, shown(url), settings.model)
        self._client = ollama.AsyncClient(
            host=self.server.address,
            # The other limits are those of an answer, and change while it comes.
            timeout=httpx.Timeout(None, connect=settings.connect_timeout_s),
            # httpx obeys HTTP_PROXY, and a proxy has a loopback of its own.
            trust_env=not is_loopback(url),
        )
        self._watch = Watch(self.server, settings, self._probe)
        self._loaded_s = 0.0

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()  # type: ignore[no-untyped-call]

    async def describe(self, note: str = "") -> Described:
        """The model as it is there now.

        Raises:
            EngineUnavailable: no sign of life within `connect_timeout_s`.
            ModelMissing: the host lacks the model; the message lists those it has.
            EngineError: it answers in another way than Ollama.
        """
        settings, server = self._settings, self.server
        patience_s = settings.connect_timeout_s
        with server.faults():
            try:
                async with asyncio.timeout(patience_s):
                    listed = (await self._client.list()).models
            except TimeoutError as exc:
                raise server.unreachable(f"is silent for {patience_s:g} s") from exc
        with server.faults([entry.model for entry in listed if entry.model]):
            try:
                async with asyncio.timeout(SHOW_TIMEOUT_S):
                    found = await self._client.show(settings.model)
            except TimeoutError as exc:
                raise server.unreachable(
                    f"does not describe {settings.model} within {SHOW_TIMEOUT_S:g} s"
                ) from exc
        return describe(settings, listed, found, engine=server.engine, note=note)

    async def load(self, num_ctx: int) -> None:
        """Have the model loaded, with the context that requests will ask for.

        Another context would have it loaded again. What it took is told with the next answer.

        Raises:
            EngineError: it is not loaded, as far as is known.
        """
        self._watch.loaded = False
        with self.server.faults():
            async with self._watch.over() as alive:
                done = await self._client.generate(
                    self._settings.model,
                    keep_alive=_keep_alive(self._settings.keep_alive),
                    options={"num_ctx": num_ctx},
                )
                alive()
        self._loaded_s += _seconds(done.load_duration)

    async def ask(self, prompt: Prompt, model: Described, num_ctx: int) -> Completion:
        """The model's answer without its thinking; cancelling closes the request.

        Raises:
            EngineError: as the host failed, `transient` when it may recover.
            PromptTooLong: it refused or cut the prompt.
            BadAnswer: nothing was answered.
        """
        settings = self._settings
        limit = min(prompt.max_tokens, settings.num_predict)
        if model.think == "low":
            limit = settings.num_predict  # what it must think is counted as answer
        started = time.perf_counter()
        text, thought, last = await self._stream(prompt, model, limit, num_ctx)
        loaded_s, self._loaded_s = self._loaded_s, 0.0
        answer = Completion(
            text=text,
            model=last.model or settings.model,
            done_reason=last.done_reason or "stop",
            prompt_tokens=max(last.prompt_eval_count or 0, 0),
            output_tokens=max(last.eval_count or 0, 0),
            load_s=_seconds(last.load_duration) + loaded_s,
            prompt_s=_seconds(last.prompt_eval_duration),
            output_s=_seconds(last.eval_duration),
            total_s=_seconds(last.total_duration) + loaded_s,
            wall_s=time.perf_counter() - started + loaded_s,
            host=self.server.address,
        )
        check_answer(self.server, prompt, answer, num_ctx=num_ctx, limit=limit, thought=thought)
        return answer

    async def _stream(self, prompt: Prompt, model: Described, limit: int, num_ctx: int) -> _Answer:
        server = self.server
        text: list[str] = []
        size, thought, last = 0, False, None
        with server.faults():
            async with (
                self._watch.over() as alive,
                aclosing(await self._chunks(prompt, model, limit, num_ctx)) as chunks,
            ):
                async for chunk in chunks:
                    alive()
                    content, thinking = chunk.message.content, chunk.message.thinking
                    text.append(content or "")
                    thought = thought or bool(thinking)
                    size += len(content or "") + len(thinking or "")
                    if size > MAX_CHARS:
                        raise _ran_wild(server, limit)
                    if chunk.done:
                        last = chunk
        if last is None:
            raise EngineError(
                f"{server}: the answer of {server.model} was cut after {size} characters, its "
                "last record is missing; see the server's log if it happens again",
                transient=True,
            )
        return _Answer("".join(text), thought, last)

    async def _chunks(
        self, prompt: Prompt, model: Described, limit: int, num_ctx: int
    ) -> AsyncGenerator[ollama.ChatResponse, None]:
        settings = self._settings
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        turns = [turn.model_dump() for turn in prompt.turns]
        stream = await self._client.chat(
            model=settings.model,
            messages=[*system, {"role": "user", "content": prompt.user}, *turns],
            stream=True,
            think=model.think,
            format=prompt.response_schema,
            keep_alive=_keep_alive(settings.keep_alive),
            options={
                "num_ctx": num_ctx,
                "num_predict": limit,
                "temperature": settings.temperature,
                "seed": settings.seed,
            },
        )
        # The client calls it an iterator; it is a generator, which closes the request.
        return cast(AsyncGenerator[ollama.ChatResponse, None], stream)

    async def _probe(self) -> None:
        with self.server.faults():
            try:
                await self._client.ps()
            except (ollama.ResponseError, ValueError):
                return  # a server that lacks this answers all the same


def _ran_wild(server: Server, limit: int) -> BadAnswer:
    return BadAnswer(
        f"{server}: {server.model} wrote over {MAX_CHARS} characters where {limit} tokens were "
        "asked for; choose another model"
    )


def _keep_alive(setting: str) -> float | str:
    """Ollama takes a bare number as seconds only where it is no string."""
    return float(setting) if re.fullmatch(r"-?\d+", setting) else setting


def _seconds(nanoseconds: int | None) -> float:
    return max(nanoseconds or 0, 0) / 1e9
