"""A paper of two sources, through the flow: the second prints when the first has nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.errors import SourceError
from pressrun.models import Edition
from pressrun.newsroom import DEMO_DATE, Newsroom
from pressrun.newsroom.rolllist import roll_list
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, LocalServer

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class Lists(LocalServer):
    """Both lists: the top one is gone, *newsroom*'s rolling one is busy for so many requests."""

    def __init__(self, newsroom: Newsroom, busy: int = 0) -> None:
        super().__init__()
        self.newsroom, self.busy = newsroom, busy

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/top", self._top), web.get("/roll", self._roll)]

    async def _top(self, request: web.Request) -> web.Response:
        self.requests["top"] += 1
        return web.Response(status=404)

    async def _roll(self, request: web.Request) -> web.Response:
        self.requests["roll"] += 1
        if self.requests["roll"] <= self.busy:
            return web.Response(status=503)
        return web.Response(text=roll_list(request.query, self.newsroom.url))


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def settings_for(lists: Lists, ollama: FakeOllama, archive: Path) -> Settings:
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {"ollama": {"host": ollama.url, "model": ollama.model}},
            "sources": {
                "sina": {"list_url": f"{lists.url}/top"},
                "sina-roll": {"list_url": f"{lists.url}/roll"},
            },
            "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0, "attempts": 2},
            "papers": {
                "daily": {
                    "formats": ("html",),
                    "category": "china",
                    "sources": ("sina", "sina-roll"),
                }
            },
        }
    )


async def run(settings: Settings) -> Any:
    from flows.daily import daily_digest

    order = place_order(settings, "daily", DEMO_DATE, NOW)
    async with press_for(order, settings) as press:
        with lend_press(press):
            return await daily_digest(edition_date=DEMO_DATE, paper="daily", return_state=True)


def html_of(archive: Archive, edition: Edition) -> str:
    return Path(archive.editions.addresses(edition)["index.html"]).read_text("utf-8")


async def test_the_edition_says_which_source_it_is_from_and_why_not_from_the_first(
    ollama: FakeOllama, newsroom: Newsroom, archive_dir: Path
) -> None:
    async with Lists(newsroom, busy=1) as lists:
        state = await run(settings_for(lists, ollama, archive_dir))
    assert state.name == "Completed"
    assert lists.requests == {"top": 1, "roll": 2}, "only what may pass is asked again"
    archive = Archive.open(str(archive_dir))
    edition: Edition | None = archive.editions.current("daily", DEMO_DATE)
    assert edition is not None
    assert (edition.listing.source, edition.listing.ranking) == ("sina-roll", "spread")
    [note] = edition.listing.notes
    assert (note.source, note.kind, note.transient) == ("sina", "HttpStatus", False)
    assert note.reason.endswith("HTTP 404 Not Found")
    moments = [story.published for story in edition.stories]
    assert len(moments) == 3
    assert moments == sorted(moments, key=str, reverse=True)
    assert edition.listing.skipped == ("a slide show, a video or a topic page",)
    page = html_of(archive, edition)
    assert "来源 sina 未能提供榜单：服务器返回错误" in page
    assert "图集、视频或专题页" in page
    assert "sina-roll · 127.0.0.1 · 国内 · 全天均匀选取，最新在前" in page
    assert "按点击排行" not in page


async def test_when_no_source_can_be_listed_the_run_fails_with_every_reason(
    ollama: FakeOllama, newsroom: Newsroom, archive_dir: Path
) -> None:
    async with Lists(newsroom, busy=9) as lists:
        state = await run(settings_for(lists, ollama, archive_dir))
    assert state.is_failed()
    with pytest.raises(SourceError, match=r"sina: .*HTTP 404.*; sina-roll: .*HTTP 503") as caught:
        await state.aresult()
    assert "other sources in papers.daily" in str(caught.value)
    assert lists.requests == {"top": 1, "roll": 2}
    assert not newsroom.requests
