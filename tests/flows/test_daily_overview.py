"""The overview of an edition, once a printing, and never at the cost of the edition."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.models import Edition, Refresh, Way
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class Ollama(FakeOllama):
    """Has a summary for each article, and answers to an overview with *status*."""

    status = 200

    def __init__(self) -> None:
        super().__init__()
        self.overviews = 0

    def answer(self, asked: dict[str, Any]) -> str:
        found = re.search(r"测试市第(\d)号大桥", asked["messages"][-1]["content"])
        assert found
        self.summary = FakeOllama.summary.replace("测试市的大桥", f"测试市第{found[1]}号大桥")
        return super().answer(asked)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        fields = ((await request.json()).get("format") or {}).get("properties", {})
        self.overviews += "sentences" in fields
        if "sentences" in fields and self.status != 200:
            return web.json_response({"error": "out of order"}, status=self.status)
        return await super()._chat(request)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def settings_for(site: NewsSite, ollama: FakeOllama, archive: Path, **paper: object) -> Settings:
    served = {"host": ollama.url, "model": ollama.model, "attempts": 1}
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {"ollama": served},
            "sources": {"sina": {"list_url": site.list_url}},
            "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0},
            "summarise": {"retry_delay_s": 0, "attempts": 2},
            "papers": {"daily": {"formats": ("markdown",), **paper}},
        }
    )


async def run(settings: Settings, refresh: str | None = None) -> Any:
    """The final state of one run of the flow."""
    from flows.daily import daily_digest

    order = place_order(settings, "daily", DAY, NOW, refresh=Refresh(refresh) if refresh else None)
    async with press_for(order, settings) as press:
        with lend_press(press):
            return await daily_digest(
                edition_date=DAY, paper="daily", refresh=refresh, return_state=True
            )


def edition_of(archive: Path) -> Edition:
    current = Archive.open(str(archive)).editions.current("daily", DAY)
    assert current is not None
    return current


async def test_it_is_written_once_a_printing_as_a_task_of_its_own(archive_dir: Path) -> None:
    from prefect.client.orchestration import get_client

    async with NewsSite() as site, Ollama() as ollama:
        state = await run(settings_for(site, ollama, archive_dir))
    overview = edition_of(archive_dir).overview
    assert overview
    assert (overview.way, overview.calls, ollama.overviews) == (Way.WRITTEN, 1, 1)
    assert tuple(point.text for point in overview.points) == ollama.points
    async with get_client() as client:
        tasks = await client.read_task_runs()
    mine = [one for one in tasks if one.flow_run_id == state.state_details.flow_run_id]
    assert [one.name for one in mine].count("overview") == 1


async def test_what_was_written_is_not_asked_for_again_until_it_is_wanted_anew(
    archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with NewsSite() as site, Ollama() as ollama:
        failing = settings_for(site, ollama, archive_dir, formats=("markdown", "papyrus"))
        await run(failing)
        first = edition_of(archive_dir).overview
        await run(failing)  # the renderer is tried again
        assert edition_of(archive_dir).revision == 2
        await run(settings_for(site, ollama, archive_dir), "renditions")
        assert edition_of(archive_dir).revision == 3
        assert ollama.overviews == 1
        assert edition_of(archive_dir).overview == first
        settings = settings_for(site, ollama, archive_dir)
        await run(settings, "summaries")
        assert ollama.overviews == 2
        asked = len(ollama.asked)
        await run(settings, "prompts")
        assert len(ollama.asked) == asked, "nothing is worded in another way"
        monkeypatch.setattr("tasks.overview.VERSION", 99)
        await run(settings, "prompts")
        assert (ollama.overviews, len(ollama.asked)) == (3, asked + 1)


async def test_where_it_cannot_be_written_it_is_selected_and_the_edition_is_whole(
    archive_dir: Path,
) -> None:
    async with NewsSite() as site, Ollama() as ollama:
        ollama.status = 500
        state = await run(settings_for(site, ollama, archive_dir))
    assert ollama.overviews == 2, "as often as any request is tried"
    assert state.name == "Completed"
    edition = edition_of(archive_dir)
    assert edition.is_complete
    assert edition.overview
    assert edition.overview.way is Way.SELECTED
    firsts = [story.summary.text for story in edition.stories]
    assert [point.text for point in edition.overview.points] == firsts


async def test_a_paper_may_do_without(archive_dir: Path) -> None:
    async with NewsSite() as site, Ollama() as ollama:
        await run(settings_for(site, ollama, archive_dir, overview=False))
    assert edition_of(archive_dir).overview is None
    assert ollama.overviews == 0
