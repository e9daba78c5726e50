"""The models that an Ollama keeps: listed, shown, pulled, made of a file, removed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

import httpx
import ollama

from pressrun.errors import EngineError, ModelMissing
from settings import OllamaSettings
from tasks.engines.address import is_loopback, shown
from tasks.engines.catalogue import (
    Card,
    Installed,
    Loaded,
    as_card,
    as_installed,
    as_loaded,
    find,
)
from tasks.engines.faults import Server, _plain
from tasks.engines.names import nearest
from tasks.engines.refusals import CREATE_AGAIN, PULL_AGAIN, create_refused, pull_refused
from tasks.engines.transfer import (
    Layers,
    Progress,
    Report,
    blocks,
    require_gguf,
    sha256_of,
    step_of,
)

T = TypeVar("T")

ANSWER_S = 30.0
"""Time limit of what a server answers at once; it may be reading a disk."""

MOVING_S = 60.0
"""Longest silence while bytes move: Ollama tells of them every 60 ms, whether they come or not."""

WORKING_S = 1800.0
"""Longest silence of a server that verifies or writes: 150 GB at 100 MB/s, and it tells nothing."""


class Library:
    """The models of the Ollama at the *settings*' host. Use it in one event loop, and close it."""

    def __init__(self, settings: OllamaSettings) -> None:
        self._server = Server("ollama", shown(settings.host), settings.model)
        self._client = _Client(
            host=self._server.address,
            timeout=httpx.Timeout(None, connect=settings.connect_timeout_s),
            trust_env=not is_loopback(settings.host),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()  # type: ignore[no-untyped-call]

    async def installed(self) -> tuple[Installed, ...]:
        """The models on its disk, the last changed first.

        Raises:
            EngineUnavailable: nothing answers.
            EngineError: it answers in another way than Ollama; so in the methods below.
        """
        listed = await self._soon(self._server, self._client.list())
        return tuple(map(as_installed, listed.models))

    async def loaded(self) -> tuple[Loaded, ...]:
        """The models in its memory."""
        running = await self._soon(self._server, self._client.ps())
        return tuple(map(as_loaded, running.models))

    async def card(self, name: str) -> Card:
        """What is known of the model *name*.

        Raises:
            ModelMissing: it is not there; the message lists those that are.
        """
        models = await self.installed()
        model = find(models, name)
        if model is None:
            raise self._about(name).missing([other.name for other in models])
        return as_card(model, await self._soon(self._about(name), self._client.show(name)))

    async def remove(self, names: Sequence[str]) -> tuple[Installed, ...]:
        """Remove the models *names*, or none of them when one is not there; which they were.

        Raises:
            ModelMissing: the message lists those that are there.
        """
        models = await self.installed()
        gone: dict[str, Installed] = {}
        for name in names:
            model = find(models, name)
            if model is None:
                there = nearest(name, [model.name for model in models])
                raise ModelMissing(
                    f"{self._server} has no model {name}, and nothing was removed; models there: "
                    f"{', '.join(there) or 'none'}"
                )
            gone[model.name] = model
        for name in gone:
            await self._soon(self._about(name), self._client.delete(name))
        return tuple(gone.values())

    async def pull(self, name: str, report: Report) -> None:
        """Have the server fetch the model *name*, or what is new of it, from its registry.

        Cut short, by an error or by cancelling, it goes on at the next call where it was.

        Raises:
            ModelMissing: the registry has no such model.
        """
        server, layers = self._about(name), Layers()
        async with _job(server, PULL_AGAIN, pull_refused, report) as told:
            records = await self._client.pull(name, stream=True)
            await _follow(server, records, lambda record: told(layers.note(record)))

    async def create(
        self,
        name: str,
        gguf: Path,
        report: Report,
        *,
        system: str | None = None,
        num_ctx: int | None = None,
    ) -> None:
        """Make the model *name* of the file *gguf*, which is sent unless the server has it.

        *system* and *num_ctx* hold for requests that do not say otherwise.

        Raises:
            SettingsError: the file is no GGUF file, or cannot be read.
        """
        size = require_gguf(gguf)
        await self.installed()  # a large file takes long to read, in vain if nobody is there
        digest = f"sha256:{await sha256_of(gguf, size, report)}"
        server = self._about(name)
        async with _job(server, CREATE_AGAIN, create_refused, report) as told:
            if not await self._client.has_blob(digest):
                await self._client.put_blob(digest, blocks(gguf, size, "sending it", told))
            records = await self._client.create(
                name,
                files={"model.gguf": digest},
                system=system,
                parameters=None if num_ctx is None else {"num_ctx": num_ctx},
                stream=True,
            )
            await _follow(
                server, records, lambda record: told(Progress(step=step_of(record.status or "")))
            )

    def _about(self, name: str) -> Server:
        return replace(self._server, model=name)

    async def _soon(self, server: Server, answer: Awaitable[T]) -> T:
        with server.faults():
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await answer
            except TimeoutError as exc:
                raise server.unreachable(f"is silent for {ANSWER_S:g} s") from exc


class _Client(ollama.AsyncClient):
    """The official client, and what it lacks: to ask for a blob, to send one and tell of it."""

    async def has_blob(self, digest: str) -> bool:
        try:
            await self._request_raw("HEAD", f"/api/blobs/{digest}")  # type: ignore[no-untyped-call]
        except ollama.ResponseError as exc:
            if exc.status_code != 404:
                raise
            return False
        return True

    async def put_blob(self, digest: str, content: AsyncIterator[bytes]) -> None:
        await self._request_raw("POST", f"/api/blobs/{digest}", content=content)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _job(
    server: Server, again: str, refused: Callable[[Server, str], EngineError], report: Report
) -> AsyncIterator[Report]:
    """A block whose progress is reported and watched, and whose faults end as ours."""
    with server.faults():
        try:
            async with asyncio.timeout(WORKING_S) as alarm:
                now = asyncio.get_running_loop().time

                def told(progress: Progress) -> None:
                    alarm.reschedule(now() + (MOVING_S if progress.is_moving else WORKING_S))
                    report(progress)

                yield told
        except ollama.ResponseError as exc:
            if exc.status_code in {401, 403, 404}:  # it was not Ollama that answered
                raise
            raise refused(server, _plain(exc.error)) from exc
        except TimeoutError as exc:
            raise EngineError(f"{server} fell silent over {server.model}; {again}") from exc
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as exc:
            why = _plain(exc) or type(exc).__name__
            raise EngineError(f"{server}: the connection broke ({why}); {again}") from exc


async def _follow(
    server: Server,
    records: AsyncIterator[ollama.ProgressResponse],
    note: Callable[[ollama.ProgressResponse], None],
) -> None:
    """Have *note* told of each of the *records*, the last of which says that all went well."""
    last = ""
    # The client calls it an iterator; it is a generator, which closes the request.
    async with aclosing(cast(AsyncGenerator[ollama.ProgressResponse, None], records)) as stream:
        async for record in stream:
            last = record.status or ""
            note(record)
    if last != "success":
        raise EngineError(
            f"{server}: the answer about {server.model} ended at {last!r}, before its success; "
            "see the server's log, and try again"
        )
