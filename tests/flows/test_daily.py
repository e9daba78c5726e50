"""The daily flow on a real Prefect server, with a news site and an Ollama on loopback."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import HttpUrl

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.errors import ArchiveError, CoverageError, EditionBusy, ModelMissing
from pressrun.models import Edition
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.observing import observing
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class Notes:
    """An observer that rings when a stage was reached so many times."""

    def __init__(self, stage: str, times: int) -> None:
        self.stage, self.left = stage, times
        self.reached = asyncio.Event()

    def event(self, stage: str, /, **facts: object) -> None:
        self.left -= stage == self.stage
        if self.left <= 0:
            self.reached.set()


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def settings_for(site: NewsSite, ollama: FakeOllama, archive: Path, **paper: object) -> Settings:
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {"ollama": {"host": ollama.url, "model": ollama.model}},
            "sources": {"sina": {"list_url": site.list_url}},
            "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0, "attempts": 2},
            "summarise": {"retry_delay_s": 0},
            # A page takes a second of CPU, to cut its fonts.
            "papers": {"daily": {"formats": ("markdown",), **paper}},
        }
    )


async def run(settings: Settings) -> Any:
    """The final state of one run of the flow."""
    from flows.daily import daily_digest

    order = place_order(settings, "daily", DAY, NOW)
    async with press_for(order, settings) as press:
        with lend_press(press):
            return await daily_digest(edition_date=DAY, paper="daily", return_state=True)


def edition_of(archive: Path) -> Edition:
    current = Archive.open(str(archive)).editions.current("daily", DAY)
    assert current is not None
    return current


async def test_a_run_prints_every_listed_story_in_order(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        state = await run(settings_for(site, ollama, archive_dir))
        assert state.name == "Completed"
        edition = edition_of(archive_dir)
        assert [story.rank for story in edition.stories] == [1, 2, 3, 4]
        assert {story.summary.text for story in edition.stories} == {FakeOllama.summary}
        assert edition.is_complete
        assert edition.as_of is None


async def test_a_second_run_fetches_nothing_and_asks_no_model(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        settings = settings_for(site, ollama, archive_dir)
        await run(settings)
        fetched, asked = site.requests.copy(), len(ollama.asked)
        state = await run(settings)
        assert state.message == "already printed"
        assert site.requests == fetched
        assert len(ollama.asked) == asked


async def test_another_format_is_printed_without_fetching_or_asking(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        await run(settings_for(site, ollama, archive_dir))
        fetched, asked = site.requests.copy(), len(ollama.asked)
        await run(settings_for(site, ollama, archive_dir, formats=("markdown", "json")))
        edition = edition_of(archive_dir)
        assert {record.format for record in edition.renditions} == {"markdown", "json"}
        assert edition.revision == 2
        assert site.requests == fetched
        assert len(ollama.asked) == asked


async def test_a_503_is_tried_again_and_a_404_is_not(ollama: FakeOllama, archive_dir: Path) -> None:
    async with NewsSite() as site:
        site.answers = {1: [503, 200], 2: [404]}
        state = await run(settings_for(site, ollama, archive_dir))
        assert site.requests["/news/1.html"] == 2
        assert site.requests["/news/2.html"] == 1
        assert state.name == "Partial"
        assert state.is_completed()
        assert state.message.startswith("3 of 4 stories")
        [failure] = edition_of(archive_dir).failures
        assert (failure.rank, failure.step, failure.kind) == (2, "fetch", "HttpStatus")


async def test_the_next_run_tries_only_what_may_pass(ollama: FakeOllama, archive_dir: Path) -> None:
    async with NewsSite() as site:
        site.answers = {1: [503], 2: [404]}
        settings = settings_for(site, ollama, archive_dir, coverage=0.5)
        assert (await run(settings)).name == "Partial"
        site.answers = {2: [404]}
        before = site.requests.copy()
        assert (await run(settings)).name == "Partial"
        assert site.requests - before == {"/news/1.html": 1}
        assert [failure.rank for failure in edition_of(archive_dir).failures] == [2]
        assert len(ollama.asked) == 4, "of three stories there is an overview, too"


async def test_below_the_threshold_nothing_is_published(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        site.answers = {1: [404], 2: [404], 3: [404]}
        state = await run(settings_for(site, ollama, archive_dir))
        assert state.is_failed()
        with pytest.raises(CoverageError, match=r"1 of 4 articles .* threshold of 60%"):
            await state.aresult()
        assert Archive.open(str(archive_dir)).editions.current("daily", DAY) is None


async def test_an_archive_that_fails_ends_the_run_and_is_no_fault_of_the_articles(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    (archive_dir / "store").mkdir(parents=True)
    (archive_dir / "store" / "pages").touch()
    async with NewsSite() as site:
        state = await run(settings_for(site, ollama, archive_dir))
        assert state.is_failed()
        with pytest.raises(ArchiveError, match="a file stands where a folder must be"):
            await state.aresult()
        assert ollama.asked == []


async def test_a_renderer_that_fails_does_not_take_the_others_down(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        state = await run(settings_for(site, ollama, archive_dir, formats=("markdown", "papyrus")))
        assert state.name == "Partial"
        edition = edition_of(archive_dir)
        assert [record.name for record in edition.renditions] == ["edition.md"]
        assert "no renderer is called 'papyrus'" in edition.render_failures[0]


async def test_a_cancelled_run_goes_on_where_it_was(ollama: FakeOllama, archive_dir: Path) -> None:
    async with NewsSite() as site:
        settings = settings_for(site, ollama, archive_dir)
        ollama.hold.clear()
        notes = Notes("extracted", 4)
        with observing(notes):
            running = asyncio.create_task(run(settings))
            await notes.reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        archive = Archive.open(str(archive_dir))
        assert archive.editions.current("daily", DAY) is None
        assert archive.editions.unfinished("daily", DAY) is not None
        ollama.hold.set()
        before = site.requests.copy()
        assert (await run(settings)).name == "Completed"
        assert site.requests == before, "what was fetched is not fetched again, nor is the list"
        assert edition_of(archive_dir).revision == 1


async def test_two_runs_after_one_edition_do_not_both_print_it(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        settings = settings_for(site, ollama, archive_dir)
        ollama.hold.clear()
        notes = Notes("extracted", 1)
        with observing(notes):
            first = asyncio.create_task(run(settings))
            await notes.reached.wait()
        second = await run(settings)
        with pytest.raises(EditionBusy, match="daily 2026-03-12"):
            await second.aresult()
        ollama.hold.set()
        assert (await first).name == "Completed"
        assert Archive.open(str(archive_dir)).editions.revisions("daily", DAY) == (1,)


async def test_a_run_is_named_by_paper_and_resolved_date(
    ollama: FakeOllama, archive_dir: Path, prefect_api: str
) -> None:
    from prefect.client.orchestration import get_client

    async with NewsSite() as site:
        state = await run(settings_for(site, ollama, archive_dir))
    async with get_client() as client:
        flow_run = await client.read_flow_run(state.state_details.flow_run_id)
        tasks = await client.read_task_runs()
    assert flow_run.name == "daily-2026-03-12"
    names = {task.name for task in tasks if task.flow_run_id == flow_run.id}
    assert {"list 2026-03-12", "01 read", "04 summarise", "render markdown"} <= names


async def test_a_missing_model_ends_it_before_anything_is_listed_or_fetched(
    archive_dir: Path,
) -> None:
    async with FakeOllama("other:7b") as ollama, NewsSite() as site:
        wanted = FakeOllama("tester:1b")
        wanted.url = ollama.url
        with pytest.raises(ModelMissing, match="pressrun models pull tester:1b"):
            await run(settings_for(site, wanted, archive_dir))
        assert not site.requests


def leases(archive: Path) -> list[Path]:
    return list(archive.rglob("lease.json"))


async def shown(state: Any) -> tuple[Any, dict[str, Any]]:
    """The run as the UI has it, and its artifacts by key."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    run_id = state.state_details.flow_run_id
    by_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
    async with get_client() as client:
        artifacts = await client.read_artifacts(artifact_filter=by_run)
        return await client.read_flow_run(run_id), {str(one.key): one for one in artifacts}


async def test_a_run_leaves_its_articles_its_progress_and_its_paper_in_the_ui(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite() as site:
        site.answers = {2: [404]}
        state = await run(settings_for(site, ollama, archive_dir))
    flow_run, artifacts = await shown(state)
    assert flow_run.tags == ["daily"]
    assert set(artifacts) == {"edition-daily", "stories-daily", "progress-daily"}
    lines = artifacts["edition-daily"].data.splitlines()
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert ["written" in row for row in rows] == [True, False, True, True]
    assert "failed: fetch" in rows[1]
    assert "| 120 |" in rows[0]
    page = archive_dir / "editions/daily/2026-03-12/r0001/edition.md"
    assert f"- `{page}`" in lines
    table = json.loads(artifacts["stories-daily"].data)
    assert [row["state"] for row in table] == [
        "printed",
        "not printed: fetch",
        "printed",
        "printed",
    ]
    assert table[1]["reason"].endswith("HTTP 404 Not Found")
    assert artifacts["progress-daily"].data == 100
    assert artifacts["progress-daily"].description == "3 of 4 stories, 1 failed"


async def test_the_ui_links_to_the_public_site_and_shows_the_front_page(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with NewsSite(1) as site:
        settings = settings_for(site, ollama, archive_dir, formats=("html", "png"))
        public = {"site_url": HttpUrl("https://news.example.org/papers")}
        state = await run(settings.model_copy(update=public))
    _, artifacts = await shown(state)
    folder = "https://news.example.org/papers/daily/2026-03-12/"
    assert "![front page](data:image/jpeg;base64," in artifacts["edition-daily"].data
    assert f"- [index.html](<{folder}>)" in artifacts["edition-daily"].data
    assert (archive_dir / "site/daily/2026-03-12/edition.png").exists()


async def test_an_error_that_nobody_foresaw_is_named_in_the_first_line_of_the_state(
    ollama: FakeOllama, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> tuple[()]:
        raise KeyError("zh")

    monkeypatch.setattr("tasks.summaries.budget.TokenMeter.calibrations", broken)
    async with NewsSite(1) as site:
        state = await run(settings_for(site, ollama, archive_dir))
    assert state.is_failed()
    assert re.match(
        r"KeyError: 'zh' \(test_daily.py, line \d+\)\. This is a bug in Pressrun: report it",
        state.message,
    )
    assert not leases(archive_dir)
