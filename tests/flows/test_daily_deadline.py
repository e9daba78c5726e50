"""Two printings of one run: at the press deadline what is ready, then all."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.models import Change, ChangeKind, Step
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.observing import observing
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
SLOT = datetime(2026, 3, 12, 22, 30, tzinfo=UTC)
"""06:30 on the 13th in Shanghai: its deadline has long passed, and the run prints DAY."""
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class At:
    """An observer that lets something happen when a stage was reached so many times."""

    def __init__(self, stage: str, times: int, then: asyncio.Event) -> None:
        self.stage, self.left, self.then = stage, times, then

    def event(self, stage: str, /, **facts: object) -> None:
        self.left -= stage == self.stage
        if self.left <= 0:
            self.then.set()


class SlowOllama(FakeOllama):
    """Summarises all but the fourth article at once, and that one when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if "第4号大桥" in await request.text():
            await self.released.wait()
        return await super()._chat(request)


class SlowSite(NewsSite):
    """Its fourth page answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    async def _page(self, request: web.Request) -> web.Response:
        if request.match_info["number"] == "4":
            await self.released.wait()
        return await super()._page(request)


class ReprintingSite(NewsSite):
    """Its second page has the text of the first."""

    async def _page(self, request: web.Request) -> web.Response:
        if request.match_info["number"] == "2":
            request.match_info["number"] = "1"
        return await super()._page(request)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def settings_for(site: NewsSite, ollama: FakeOllama, archive: Path) -> Settings:
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {
                "ollama": {"host": ollama.url, "model": ollama.model, "concurrency": 4},
            },
            "sources": {"sina": {"list_url": site.list_url}},
            "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0, "per_host": 4},
            "papers": {"daily": {"formats": ("markdown",), "coverage": 0.75, "deadline": "07:00"}},
        }
    )


async def scheduled(settings: Settings) -> Any:
    """The final state of a run that a schedule made for SLOT."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow_async
    from prefect.states import Scheduled

    from flows.daily import daily_digest

    async with get_client() as client:
        flow_run = await client.create_flow_run(
            daily_digest, parameters={}, state=Scheduled(scheduled_time=SLOT)
        )
    async with press_for(place_order(settings, "daily", DAY, NOW), settings) as press:
        with lend_press(press):
            return await run_flow_async(daily_digest, flow_run, return_type="state")


async def by_date(settings: Settings) -> Any:
    """The final state of a run that was asked for the date."""
    from flows.daily import daily_digest

    async with press_for(place_order(settings, "daily", DAY, NOW), settings) as press:
        with lend_press(press):
            return await daily_digest(edition_date=DAY, paper="daily", return_state=True)


async def test_late_stories_follow_in_a_second_printing_that_says_so(archive_dir: Path) -> None:
    async with NewsSite() as site, SlowOllama() as ollama:
        with observing(At("published", 1, ollama.released)):
            state = await scheduled(settings_for(site, ollama, archive_dir))
        assert set(site.requests.values()) == {1}, "the deadline ends no work"
        assert len(ollama.asked) == 5, "four summaries, and one overview, of all"
    editions = Archive.open(str(archive_dir)).editions
    first, second = editions.revision("daily", DAY, 1), editions.revision("daily", DAY, 2)
    assert [story.rank for story in first.stories] == [1, 2, 3]
    [late] = first.failures
    assert (late.rank, late.step, late.kind) == (4, Step.SUMMARISE, "Late")
    assert late.reason == "not ready at the press deadline, 07:00"
    assert second.follows == 1
    title, url = second.stories[3].title, second.stories[3].url
    assert second.changes == (Change(kind=ChangeKind.LATE, rank=4, title=title, url=url),)
    assert second.is_complete
    assert editions.current("daily", DAY) == second
    assert state.name == "Completed"
    assert re.fullmatch(
        r"4 of 4 stories, revision 2 \(3 at \d\d:\d\d, revision 1\)", str(state.message)
    )


async def test_the_log_counts_headlines_that_are_told_at_the_deadline(
    archive_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("prefect.flow_runs")
    logger.addHandler(caplog.handler)
    async with ReprintingSite() as site, SlowOllama() as ollama:
        with observing(At("published", 1, ollama.released)):
            state = await scheduled(settings_for(site, ollama, archive_dir))
    logger.removeHandler(caplog.handler)
    first = Archive.open(str(archive_dir)).editions.revision("daily", DAY, 1)
    assert [(story.rank, len(story.also)) for story in first.stories] == [(1, 1), (3, 0)]
    assert any("printed with 3 of 4 stories" in message for message in caplog.messages)
    assert str(state.message).startswith("4 of 4 stories")


async def test_when_no_late_story_comes_the_first_printing_stays_the_only_one(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with SlowSite() as site:
        site.answers = {4: [404]}
        with observing(At("published", 1, site.released)):
            state = await scheduled(settings_for(site, ollama, archive_dir))
    editions = Archive.open(str(archive_dir)).editions
    assert editions.revisions("daily", DAY) == (1,)
    assert editions.revision("daily", DAY, 1).failures[0].step is Step.FETCH
    assert state.name == "Partial"
    assert re.match(r"3 of 4 stories, revision 1 at \d\d:\d\d; fetch: .*404", str(state.message))


async def test_killed_between_the_printings_the_next_run_prints_the_second(
    archive_dir: Path,
) -> None:
    async with NewsSite() as site, SlowOllama() as ollama:
        settings = settings_for(site, ollama, archive_dir)
        printed = asyncio.Event()
        with observing(At("published", 1, printed)):
            running = asyncio.create_task(scheduled(settings))
            await printed.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        ollama.released.set()
        state = await scheduled(settings)
        assert set(site.requests.values()) == {1}
    assert (state.name, state.message) == ("Completed", "4 of 4 stories, revision 2")
    assert Archive.open(str(archive_dir)).editions.revisions("daily", DAY) == (1, 2)


async def test_a_run_that_is_asked_for_a_date_waits_for_all(archive_dir: Path) -> None:
    async with NewsSite() as site, SlowOllama() as ollama:
        with observing(At("summarised", 3, ollama.released)):
            state = await by_date(settings_for(site, ollama, archive_dir))
    assert (state.name, state.message) == ("Completed", "4 of 4 stories, revision 1")
