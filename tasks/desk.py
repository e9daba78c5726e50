"""What the steps of one run share: order, settings, archive, network, engine, workers."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from contextvars import ContextVar
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from pressrun.archive import Archive
from pressrun.models import ModelIdentity
from pressrun.ports import Engine, Observer
from settings import Settings, load_settings
from tasks.engines.bounded import BoundedEngine
from tasks.engines.choose import Choice, choice_from_plan, choose_engine, open_engine
from tasks.engines.news import telling
from tasks.enquiry import Enquiry
from tasks.fetch import Fetcher
from tasks.order import Order, assign, overrides, place_order, resolve_date, utc_now
from tasks.summaries.brief import Brief
from tasks.summaries.budget import TokenMeter
from tasks.summaries.wording import Wording, load_wording
from tasks.summaries.words_zh import tagged
from tasks.workers import Workers

T = TypeVar("T")

OWN_LIMITS = ("ollama", "embedded")
"""Engines that know how many requests a server takes; others are given `concurrency`, or two."""

_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)
_desk: ContextVar["Desk | None"] = ContextVar("desk", default=None)


def tell(stage: str, /, **facts: object) -> None:
    """Tell the run's observer that *stage* happened, if one listens."""
    observer = _observer.get()
    if observer is not None:
        observer.event(stage, **facts)


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Send what runs inside the block to *observer*."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


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


class Desk:
    """The open things of one run. Tasks are handed the desk, which no one serialises."""

    def __init__(
        self,
        *,
        order: Order,
        settings: Settings,
        archive: Archive,
        fetcher: Fetcher,
        workers: Workers,
        engine: Hired[tuple[Engine, ModelIdentity]],
    ) -> None:
        self.order = order
        self.settings = settings
        self.archive = archive
        self.fetcher = fetcher
        self.workers = workers
        self.meter = TokenMeter()
        self._engine = engine

    @cached_property
    def enquiry(self) -> Enquiry:
        """The paper's sources, for all attempts at listing.

        Raises:
            PluginError: a source cannot be had.
            SettingsError: a source does not take its options.
        """
        return Enquiry.of(self.order.paper.sources, self.settings.sources)

    async def engine(self) -> tuple[Engine, ModelIdentity]:
        """The run's engine and its model, once they are ready.

        Raises:
            EngineError: it cannot serve.
        """
        return await self._engine.ready()

    def brief(self, article_language: str) -> Brief:
        """What the paper asks of the summary of an article in that language."""
        paper = self.order.paper
        language = paper.summary_language_for(article_language)
        return Brief(
            language=language,
            max_chars=paper.length_for(language),
            selected_chars=paper.length_for(article_language),
            categories=paper.sections,
            wording=self.wording,
        )

    @cached_property
    def wording(self) -> Wording:
        """The prompts of the paper.

        Raises:
            SettingsError: those of its own cannot be used.
        """
        return load_wording(self.order.paper.prompts)


def order_for(parameters: Mapping[str, Any], scheduled: datetime) -> tuple[Order, Settings]:
    """The order of a flow run, by its parameters and its scheduled start, and its settings.

    Inside a block that `lend_desk`s one, the order and the settings of that desk.

    Raises:
        SettingsError: a parameter or a setting is wrong.
    """
    lent = _desk.get()
    if lent is not None:
        return lent.order, lent.settings
    given = dict(parameters)
    name, edition_date = given.pop("paper"), given.pop("edition_date")
    settings = load_settings(overrides(name, **given))
    paper = settings.paper(name)
    if isinstance(edition_date, str):
        edition_date = date.fromisoformat(edition_date)
    chosen = resolve_date(paper, edition_date, scheduled)
    return place_order(settings, name, chosen, utc_now()), settings


@asynccontextmanager
async def desk_for(parameters: Mapping[str, Any], scheduled: datetime) -> AsyncIterator["Desk"]:
    """The desk of a flow run: the lent one, else one of its own for the block.

    Raises:
        SettingsError: a parameter or a setting is wrong.
        ArchiveError: the archive cannot be opened.
    """
    lent = _desk.get()
    if lent is not None:
        yield lent
        return
    order, settings = order_for(parameters, scheduled)
    async with open_desk(order, settings) as desk:
        yield desk


@asynccontextmanager
async def open_desk(order: Order, settings: Settings) -> AsyncIterator["Desk"]:
    """A desk for *order*; its engine is chosen first, and starts in the background.

    Raises:
        ArchiveError: the archive cannot be opened.
        EngineError: no engine can serve.
        PressrunError: a setting that a part of it refuses.
    """
    archive = await asyncio.to_thread(Archive.open, settings.archive)
    assignment = await asyncio.to_thread(assign, archive, order)
    async with AsyncExitStack() as stack:
        fetcher = await stack.enter_async_context(Fetcher(settings.fetch))
        workers = await stack.enter_async_context(
            Workers(settings.fetch.extract_workers or min(4, os.cpu_count() or 1))
        )
        if assignment.plan is not None:
            choice = await choice_from_plan(settings, assignment.plan.model)
        else:
            choice = await choose_engine(settings)
        tell("engine", name=choice.name, reason=choice.reason)
        stack.enter_context(telling(lambda line: tell("notice", line=line)))
        engine = Hired(_ready_engine(choice, settings))
        stack.push_async_callback(engine.aclose)
        if order.paper.language == "zh":
            # Its dictionary loads with the GIL held: now, while nothing else is under way.
            await asyncio.to_thread(tagged, "")
        yield Desk(
            order=order,
            settings=settings,
            archive=archive,
            fetcher=fetcher,
            workers=workers,
            engine=engine,
        )


@contextmanager
def lend_desk(desk: Desk) -> Iterator[None]:
    """Have the flow that is called inside the block use *desk*."""
    token = _desk.set(desk)
    try:
        yield
    finally:
        _desk.reset(token)


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
