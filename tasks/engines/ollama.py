"""The engine `ollama`: prompts to a model in Ollama, through the official client."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NamedTuple, cast

import httpx
import ollama

from pressrun.errors import BadAnswer, EngineError
from pressrun.models import Completion, ModelIdentity, Prompt
from settings.groups import OllamaSettings
from tasks.engines.address import is_loopback, shown
from tasks.engines.checks import check_answer
from tasks.engines.described import Described, describe
from tasks.engines.faults import Server

SHOW_TIMEOUT_S = 30.0
"""Time limit of /api/show, which reads a model's head from the disk and loads no model."""

MAX_CHARS = 200_000
"""More than any answer of the 8192 tokens that `num_predict` allows: the server ran wild."""


class _Answer(NamedTuple):
    """What a stream brought: the text, whether the model thought aloud, the last record."""

    text: str
    thought: bool
    last: ollama.ChatResponse


def ollama_engine(**options: Any) -> aclosing["OllamaEngine"]:
    """The engine for the table `[engines.ollama]`, as a context manager that closes it.

    Raises:
        pydantic.ValidationError: the options are not those of OllamaSettings.
    """
    return aclosing(OllamaEngine(OllamaSettings(**options)))


class OllamaEngine:
    """A model behind Ollama's API, for one run: one context size, one digest.

    *name* and *note* go into its identity. Use it within one event loop, and close it.
    """

    def __init__(self, settings: OllamaSettings, *, name: str = "ollama", note: str = "") -> None:
        self._settings = settings
        self._note = note
        self._server = Server(name, shown(settings.host), settings.model)
        self._client = ollama.AsyncClient(
            host=self._server.address,
            # The other limits are those of an answer, and change while it comes.
            timeout=httpx.Timeout(None, connect=settings.connect_timeout_s),
            # httpx obeys HTTP_PROXY, and a proxy has a loopback of its own.
            trust_env=not is_loopback(settings.host),
        )
        self._lock = asyncio.Lock()
        self._described: Described | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()  # type: ignore[no-untyped-call]

    async def identify(self) -> ModelIdentity:
        """The model that answers; asked once, then remembered.

        Raises:
            EngineUnavailable: no sign of life within `connect_timeout_s`.
            ModelMissing: the server lacks the model; the message lists those it has.
            EngineError: it answers in another way than Ollama.
        """
        return (await self._model()).identity

    async def complete(self, prompt: Prompt) -> Completion:
        """The model's answer without its thinking; cancelling closes the request.

        Raises:
            EngineError: as the model's server failed, `transient` when it may recover.
            BadAnswer: nothing was answered, or to a part of the prompt only.
        """
        model = await self._model()
        limit = min(prompt.max_tokens, self._settings.num_predict)
        if model.think == "low":
            limit = self._settings.num_predict  # what it must think is counted as answer
        started = time.perf_counter()
        text, thought, last = await self._stream(prompt, model, limit)
        answer = Completion(
            text=text,
            model=last.model or self._settings.model,
            done_reason=last.done_reason or "stop",
            prompt_tokens=max(last.prompt_eval_count or 0, 0),
            output_tokens=max(last.eval_count or 0, 0),
            load_s=_seconds(last.load_duration),
            prompt_s=_seconds(last.prompt_eval_duration),
            output_s=_seconds(last.eval_duration),
            total_s=_seconds(last.total_duration),
            wall_s=time.perf_counter() - started,
        )
        num_ctx = model.identity.context_tokens
        check_answer(self._server, prompt, answer, num_ctx=num_ctx, limit=limit, thought=thought)
        return answer

    async def _model(self) -> Described:
        async with self._lock:
            if self._described is None:
                self._described = await self._ask()
            return self._described

    async def _ask(self) -> Described:
        settings, server = self._settings, self._server
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
        return describe(settings, listed, found, engine=server.engine, note=self._note)

    async def _stream(self, prompt: Prompt, model: Described, limit: int) -> _Answer:
        settings, server = self._settings, self._server
        text: list[str] = []
        size, thought, last = 0, False, None
        with server.faults():
            chunks = await self._chunks(prompt, model, limit)
            now = asyncio.get_running_loop().time
            try:
                async with asyncio.timeout(settings.first_token_timeout_s) as alarm:
                    async with aclosing(chunks):
                        async for chunk in chunks:
                            alarm.reschedule(now() + settings.silence_timeout_s)
                            content, thinking = chunk.message.content, chunk.message.thinking
                            text.append(content or "")
                            thought = thought or bool(thinking)
                            size += len(content or "") + len(thinking or "")
                            if size > MAX_CHARS:
                                raise _ran_wild(server, limit)
                            if chunk.done:
                                last = chunk
            except TimeoutError as exc:
                what, name = (
                    ("no further token", "silence_timeout_s")
                    if text
                    else ("no first token", "first_token_timeout_s")
                )
                raise server.silent(what, getattr(settings, name), name) from exc
        if last is None:
            raise EngineError(
                f"{server}: the answer of {server.model} was cut after {size} characters, its "
                "last record is missing; see the server's log if it happens again",
                transient=True,
            )
        return _Answer("".join(text), thought, last)

    async def _chunks(
        self, prompt: Prompt, model: Described, limit: int
    ) -> AsyncGenerator[ollama.ChatResponse, None]:
        settings = self._settings
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        stream = await self._client.chat(
            model=settings.model,
            messages=[*system, {"role": "user", "content": prompt.user}],
            stream=True,
            think=model.think,
            format=prompt.response_schema,
            keep_alive=_keep_alive(settings.keep_alive),
            options={
                "num_ctx": model.identity.context_tokens,
                "num_predict": limit,
                "temperature": settings.temperature,
                "seed": settings.seed,
            },
        )
        # The client calls it an iterator; it is a generator, which closes the request.
        return cast(AsyncGenerator[ollama.ChatResponse, None], stream)


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
