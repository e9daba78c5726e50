"""What the editions of one process share: settings, archive, network, engine, workers.

One edition needs a press of its own; a backfill prints all of its editions on one, so that a
model is loaded once, a news site meets one crawl delay, and processes are started once.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from contextvars import ContextVar
from datetime import datetime
from typing import Generic, TypeVar

from pressrun.archive import Archive
from pressrun.errors import PressrunError
from pressrun.models import ModelIdentity
from pressrun.ports import Engine
from settings import Settings
from tasks.engines.bounded import BoundedEngine
from tasks.engines.choose import Choice, open_engine
from tasks.engines.news import telling
from tasks.fetch import Fetcher
from tasks.observing import tell
from tasks.summaries.words_zh import tagged
from tasks.workers import Workers

T = TypeVar("T")

DRAWERS = min(2, os.cpu_count() or 1)
"""Processes that draw, of which each holds 200 MB (docs/decisions/0021)."""

DRAWN_BY_ONE = 30
"""Stories of an edition that one process draws: a second one would save a second or two."""

OWN_LIMITS = ("ollama", "embedded")
"""Engines that know how many requests a server takes; others are given `concurrency`, or two."""

_press: ContextVar["Press | None"] = ContextVar("press", default=None)


class Hired(Generic[T]):
    """A context manager kept open by a task of its own, so that it can open in the background."""

    def __init__(self, manager: AbstractAsyncContextManager[T]) -> None:
        self._ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._done = asyncio.Event()
        self._task = asyncio.create_task(self._keep(manager))

    async def _keep(self, manager: AbstractAsyncContextManager[T]) -> None:
        try:
            async with manager as value:
                self._ready.set_result(value)
                await self._done.wait()
        except BaseException as exc:
            if self._ready.done():
                raise
            self._ready.set_exception(exc)
            self._ready.exception()  # seen, even when nobody waits for it

    async def ready(self) -> T:
        """What the manager yields, or its error, once it has opened."""
        return await asyncio.shield(self._ready)

    async def aclose(self) -> None:
        """Close the manager; while it is still opening, stop that."""
        self._done.set()
        if not self._ready.done():
            self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()


class Press:
    """The open things of one process, which prints one edition or *many*.

    A refresh makes anew what was made before *since*. *moment* is when its one order was placed;
    None: each is placed when its flow begins.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        archive: Archive,
        fetcher: Fetcher,
        workers: Workers,
        engine: Hired[tuple[Engine, ModelIdentity]] | None,
        drawers: Workers,
        many: bool = False,
        since: datetime | None = None,
        moment: datetime | None = None,
    ) -> None:
        self.settings = settings
        self.archive = archive
        self.fetcher = fetcher
        self.workers = workers
        self.many = many
        self.since = since
        self.moment = moment
        self._drawers = drawers
        self._apart = many
        self._engine = engine

    async def engine(self) -> tuple[Engine, ModelIdentity]:
        """The engine and its model, once they are ready.

        Raises:
            EngineError: it cannot serve.
            PressrunError: there is none.
        """
        if self._engine is None:
            raise PressrunError("this press was opened without an engine: it only draws")
        return await self._engine.ready()

    async def drawers(self, stories: int, *, reading: bool = False) -> Workers:
        """The processes that draw an edition of so many *stories*, formats beside one another.

        Where one edition is printed, they take the place of those that read, unless there is
        still *reading* to be done.
        """
        self._apart = self._apart or reading
        if self._apart:
            return self._drawers
        await self.workers.renew(DRAWERS if stories > DRAWN_BY_ONE else 1)
        return self.workers


@asynccontextmanager
async def open_press(
    settings: Settings,
    archive: Archive,
    choice: Choice | None,
    *,
    chinese: bool = True,
    many: bool = False,
    since: datetime | None = None,
    moment: datetime | None = None,
) -> AsyncIterator[Press]:
    """A press with the engine of *choice*, which starts in the background; None: it only draws.

    *chinese*: whether its editions are Chinese. *many*: whether it prints several.
    *since*, *moment*: as in `Press`.

    Raises:
        PressrunError: a setting that a part of it refuses.
    """
    async with AsyncExitStack() as stack:
        fetcher = await stack.enter_async_context(Fetcher(settings.fetch))
        readers = settings.fetch.extract_workers or min(4, os.cpu_count() or 1)
        workers = await stack.enter_async_context(Workers(readers))
        drawers = Workers(DRAWERS)  # its processes start with its first job
        stack.push_async_callback(drawers.aclose)
        engine = None
        if choice is not None:
            tell("engine", name=choice.name, reason=choice.reason)
            stack.enter_context(telling(lambda line: tell("notice", line=line)))
            engine = Hired(_ready_engine(choice, settings))
            stack.push_async_callback(engine.aclose)
            if chinese:
                # Its dictionary loads with the GIL held: now, while nothing else is under way.
                await asyncio.to_thread(tagged, "")
        yield Press(
            settings=settings,
            archive=archive,
            fetcher=fetcher,
            workers=workers,
            engine=engine,
            drawers=drawers,
            many=many,
            since=since,
            moment=moment,
        )


@contextmanager
def lend_press(press: Press) -> Iterator[None]:
    """Have the flows that are called inside the block print on *press*."""
    token = _press.set(press)
    try:
        yield
    finally:
        _press.reset(token)


def lent_press() -> Press | None:
    """The press of the block that this runs in."""
    return _press.get()


@asynccontextmanager
async def _ready_engine(
    choice: Choice, settings: Settings
) -> AsyncIterator[tuple[Engine, ModelIdentity]]:
    async with open_engine(choice) as engine:
        identity = await engine.identify()
        tell("model", identity=identity)
        if choice.name not in OWN_LIMITS:
            options = settings.engines.options(choice.name)
            engine = BoundedEngine(engine, int(options.get("concurrency", 2)))
        yield engine, identity
