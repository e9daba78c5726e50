"""llama.cpp behind its own HTTP server, inside this process: tokens in, tokens out.

xllamacpp brings that server. Going through HTTP, where it also offers calls, is what lets a client
leave: llama.cpp notices the closed connection and frees the slot, also while it reads a prompt.
It listens on a free loopback port and wants a key that only this process knows.
"""

import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from xllamacpp.xllamacpp import CommonParams, Server

from pressrun.errors import EngineUnavailable
from settings import EmbeddedSettings
from tasks.engines.embedded.model import ModelFile
from tasks.engines.embedded.template import join_messages, parts, stand_ins
from tasks.engines.embedded.wire import Counts, Message, Record, RequestError

BATCH_TOKENS = 128
"""Tokens of a prompt read at once. llama.cpp can be stopped only between two batches (0.5 s on one
thread); 512 were not faster on a CPU."""

COMPACT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""llguidance's dialect of a schema: JSON without free white space, which a base model would
write up to the token limit."""

FINAL_FIELDS = ["content", "stop_type", "tokens_predicted", "tokens_evaluated", "timings"]
"""Of the last record; it would repeat prompt and schema, in one line of any length."""


class Llama:
    """A loaded model with its slots. Built in the child process only; loading blocks."""

    def __init__(self, settings: EmbeddedSettings, model: ModelFile) -> None:
        """Load *model*.

        Raises:
            EngineUnavailable: llama.cpp does not take the file, or has no memory for it.
        """
        self._key = secrets.token_urlsafe(32)
        self._has_template = model.has_template
        try:
            self._server = Server(_parameters(settings, model, self._key))
        except RuntimeError as exc:
            raise EngineUnavailable(
                f"{model.path}: llama.cpp cannot load the model: {exc}", transient=False
            ) from exc
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Llama":
        self._session = aiohttp.ClientSession(
            self._server.listening_address,
            headers={"Authorization": f"Bearer {self._key}"},
            timeout=aiohttp.ClientTimeout(total=None),
            connector=aiohttp.TCPConnector(limit=0),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def warm_up(self) -> None:
        """Do once what the first request would wait for: the grammar's index of the vocabulary."""
        await self.check_schema({"enum": ["-"]})

    async def tokens_of(self, messages: Sequence[Message]) -> list[int]:
        """The prompt for a conversation. Marks of the model's own in its text are just text."""
        if not self._has_template:
            return await self.tokens(join_messages(messages))
        texts = stand_ins(messages, secrets.token_hex(8))
        asked = [
            {"role": message.role, "content": name}
            for message, name in zip(messages, texts, strict=True)
        ]
        rendered: str = (await self._post("/apply-template", {"messages": asked}))["prompt"]
        tokens: list[int] = []
        for number, part in enumerate(parts(rendered, texts)):
            tokens += await self.tokens(part.text, start=number == 0, marks=part.marks)
        return tokens

    async def tokens(self, text: str, *, start: bool = True, marks: bool = False) -> list[int]:
        """Tokens of *text*; *start* puts the beginning first, *marks* reads marks as such."""
        asked = {"content": text, "add_special": start, "parse_special": marks}
        tokens: list[int] = (await self._post("/tokenize", asked))["tokens"]
        return tokens

    async def check_schema(self, schema: Record) -> None:
        """Make sure that *schema* binds: llama.cpp drops one it cannot compile, and only logs it.

        One token is generated with "%" made all but certain, which begins no JSON.

        Raises:
            RequestError: 400, the schema does not bind.
        """
        asked = {
            "prompt": await self.tokens("-"),
            "n_predict": 1,
            "logit_bias": [["%", 1000.0]],
            **_bound_by(schema),
        }
        answer = await self._post("/completion", asked)
        if str(answer["content"]).startswith("%"):
            raise RequestError(
                400, "format: llama.cpp cannot keep to this JSON schema; simplify it"
            )

    async def generate(
        self, prompt: list[int], max_tokens: int, sampling: Record, schema: Record | None
    ) -> AsyncGenerator[str | Counts, None]:
        """The answer piece by piece, then its `Counts`. Closing the iterator stops the model."""
        asked = {
            **sampling,
            "prompt": prompt,
            "n_predict": max_tokens,
            "stream": True,
            "response_fields": FINAL_FIELDS,
            **_bound_by(schema),
        }
        async with self._request("/completion", asked) as response:
            async for line in response.content:
                if not line.startswith(b"data: "):
                    continue
                said = json.loads(line.removeprefix(b"data: "))
                if "error" in said:
                    raise _refusal(response.status, said)
                if said["content"]:
                    yield said["content"]
                if "stop_type" in said:
                    yield _counts(said)
                    return
        raise RequestError(500, "llama.cpp broke off its answer")

    async def _post(self, path: str, asked: Record) -> Record:
        async with self._request(path, asked) as response:
            answer: Record = await response.json()
            return answer

    @asynccontextmanager
    async def _request(self, path: str, asked: Record) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session, "enter the Llama first"
        async with self._session.post(path, json=asked) as response:
            if response.status != 200:
                raise _refusal(response.status, await response.json(content_type=None))
            yield response


def _parameters(settings: EmbeddedSettings, model: ModelFile, key: str) -> CommonParams:
    params = CommonParams()
    params.model.path = str(model.path)
    params.n_parallel = settings.concurrency
    params.n_ctx = settings.num_ctx * settings.concurrency
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    # No prompt repeats here: caches would only take memory (8 GiB by default).
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.cache_idle_slots = False
    params.n_ctx_checkpoints = 0
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.n_threads_http = settings.concurrency + 4
    params.ui = params.endpoint_slots = params.endpoint_props = False
    params.verbosity = 2  # warnings and errors
    return params


def _bound_by(schema: Record | None) -> Record:
    return {"json_schema": {**schema, "x-guidance": COMPACT}} if schema else {}


def _counts(said: Record) -> Counts:
    timings = said["timings"]
    return Counts(
        done_reason="length" if said["stop_type"] == "limit" else "stop",
        prompt_tokens=said["tokens_evaluated"],
        prompt_ns=round(timings["prompt_ms"] * 1e6),
        output_tokens=said["tokens_predicted"],
        output_ns=round(timings["predicted_ms"] * 1e6),
    )


def _refusal(status: int, said: Record) -> RequestError:
    error = said.get("error", said)
    message = error.get("message", error) if isinstance(error, dict) else error
    return RequestError(status if status >= 400 else 500, f"llama.cpp: {message}")
