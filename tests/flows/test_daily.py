"""The daily flow on a real Prefect server, with a news site and an Ollama on loopback."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.errors import ArchiveError, CoverageError, EditionBusy, ModelMissing
from pressrun.models import Edition
from settings import Settings, load_settings
from tasks.desk import lend_desk, observing, open_desk
from tasks.order import place_order
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
            "papers": {"daily": {"formats": ("html",), **paper}},
        }
    )


async def run(settings: Settings) -> Any:
    """The final state of one run of the flow."""
    from flows.daily import daily_digest

    order = place_order(settings, "daily", DAY, NOW)
    async with open_desk(order, settings) as desk:
        with lend_desk(desk):
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
        await run(settings_for(site, ollama, archive_dir, formats=("html", "pdf")))
        edition = edition_of(archive_dir)
        assert {record.format for record in edition.renditions} == {"html", "pdf"}
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
        assert len(ollama.asked) == 3


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
        state = await run(settings_for(site, ollama, archive_dir, formats=("html", "papyrus")))
        assert state.name == "Partial"
        edition = edition_of(archive_dir)
        assert [record.name for record in edition.renditions] == ["index.html"]
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
    assert {"list 2026-03-12", "01 read", "04 summarise", "render html"} <= names


async def test_a_missing_model_ends_it_before_anything_is_listed_or_fetched(
    archive_dir: Path,
) -> None:
    async with FakeOllama("other:7b") as ollama, NewsSite() as site:
        wanted = FakeOllama("tester:1b")
        wanted.url = ollama.url
        with pytest.raises(ModelMissing, match="pressrun models pull tester:1b"):
            await run(settings_for(site, wanted, archive_dir))
        assert not site.requests


async def test_a_run_leaves_a_table_of_its_articles_in_the_ui(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    async with NewsSite() as site:
        site.answers = {2: [404]}
        state = await run(settings_for(site, ollama, archive_dir))
    by_run = ArtifactFilter(
        flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id])
    )
    async with get_client() as client:
        [artifact] = await client.read_artifacts(artifact_filter=by_run)
    assert artifact.key == "edition-daily"
    assert isinstance(artifact.data, str)
    rows = [line for line in artifact.data.splitlines() if line.startswith("| ")][1:]
    assert ["written" in row for row in rows] == [True, False, True, True]
    assert "failed: fetch" in rows[1]
    assert "| 100 | 20 |" in rows[0]
