"""The desk of one edition: its order, and the press that it is printed on."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cached_property
from typing import Any

from pressrun.archive import Archive
from pressrun.models import ModelIdentity, Refresh
from pressrun.ports import Engine
from settings import Settings, load_settings
from tasks.archives import archive_of
from tasks.delivery.sending import Delivery
from tasks.engines.choose import Choice, choice_from_plan, choose_engine
from tasks.enquiry import Enquiry
from tasks.fetch import Fetcher
from tasks.order import Order, Todo, assign, overrides, place_order, resolve_date, utc_now
from tasks.press import Press, lent_press, open_press
from tasks.same_story import Sketch
from tasks.summaries.brief import Brief, brief_for
from tasks.summaries.budget import TokenMeter
from tasks.summaries.wording import Wording, load_wording
from tasks.workers import Workers


class Desk:
    """What the steps of one edition share. Tasks are handed the desk, which no one serialises."""

    def __init__(self, order: Order, press: Press) -> None:
        self.order = order
        self.press = press
        self.meter = TokenMeter()
        self._began_s = time.monotonic()
        self.deliveries: list[Delivery] = []
        self.sketches: dict[str, Sketch] = {}
        """What is compared of the articles, by address."""

    @property
    def took_s(self) -> float:
        """Since the desk was opened."""
        return round(time.monotonic() - self._began_s, 1)

    @property
    def settings(self) -> Settings:
        """All settings of the run."""
        return self.press.settings

    @property
    def archive(self) -> Archive:
        """The archive that it is printed into."""
        return self.press.archive

    @property
    def fetcher(self) -> Fetcher:
        """The way to the network."""
        return self.press.fetcher

    @property
    def workers(self) -> Workers:
        """The processes that read pages."""
        return self.press.workers

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
        return await self.press.engine()

    def brief(self, article_language: str) -> Brief:
        """What the paper asks of the summary of an article in that language."""
        return brief_for(self.order.paper, article_language, self.wording)

    @cached_property
    def wording(self) -> Wording:
        """The prompts of the paper.

        Raises:
            SettingsError: those of its own cannot be used.
        """
        return load_wording(self.order.paper.prompts)


def order_for(parameters: Mapping[str, Any], scheduled: datetime) -> tuple[Order, Settings]:
    """The order of a flow run, by its parameters and its scheduled start, and its settings.

    Inside a block that lends a press, the settings are those of that press.

    Raises:
        SettingsError: a parameter or a setting is wrong.
    """
    given = dict(parameters)
    name, edition_date = given.pop("paper"), given.pop("edition_date")
    refresh = given.pop("refresh", None)
    press = lent_press()
    settings = press.settings if press else load_settings(overrides(name, **given))
    paper = settings.paper(name)
    if isinstance(edition_date, str):
        edition_date = date.fromisoformat(edition_date)
    chosen = resolve_date(paper, edition_date, scheduled)
    since = press.since if press else None
    order = place_order(
        settings,
        name,
        chosen,
        (press and press.moment) or utc_now(),
        refresh=Refresh(refresh) if refresh else None,
        since=since or scheduled,
    )
    return order, settings


@asynccontextmanager
async def open_desk(order: Order, settings: Settings) -> AsyncIterator[Desk]:
    """The desk of *order*, on the lent press, else on one of its own for the block.

    Raises:
        ArchiveError: the archive cannot be opened.
        EngineError: no engine can serve.
        PressrunError: a setting that a part of it refuses.
    """
    lent = lent_press()
    if lent is not None:
        yield Desk(order, lent)
        return
    async with press_for(order, settings) as press:
        yield Desk(order, press)


@asynccontextmanager
async def press_for(order: Order, settings: Settings) -> AsyncIterator[Press]:
    """A press for *order* alone, with the engine that its printing was begun with, if it was.

    Raises:
        ArchiveError: the archive cannot be opened.
        EngineError: no engine can serve.
        PressrunError: a setting that a part of it refuses.
    """
    archive = await asyncio.to_thread(archive_of, settings)
    assignment = await asyncio.to_thread(assign, archive, order)
    choice: Choice | None = None
    plan = assignment.plan
    if plan is not None and (assignment.revision is not None or order.refresh is None):
        choice = await choice_from_plan(settings, plan.model)
    elif assignment.todo is not Todo.REDRAW:
        choice = await choose_engine(settings)
    async with open_press(
        settings,
        archive,
        choice,
        chinese=order.paper.language == "zh",
        moment=order.moment,
    ) as press:
        yield press


@asynccontextmanager
async def press_for_many(
    orders: Sequence[Order], settings: Settings, archive: Archive
) -> AsyncIterator[Press]:
    """The lent press, else one for all of *orders*, which are alike but for their days.

    Raises:
        EngineError: no engine can serve.
        PressrunError: a setting that a part of it refuses.
    """
    lent = lent_press()
    if lent is not None:
        yield lent
        return
    one = orders[0]
    choice = None if one.refresh is Refresh.RENDITIONS else await choose_engine(settings)
    async with open_press(
        settings,
        archive,
        choice,
        chinese=one.paper.language == "zh",
        many=True,
        since=one.since,
    ) as press:
        yield press
