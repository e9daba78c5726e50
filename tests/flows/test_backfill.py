"""The backfill on a real Prefect server: a child run a date, on one press."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, running_on, using
from pressrun.models import ChangeKind, Edition
from tasks.automations import TAG
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

FIRST, SECOND, THIRD = (date(2026, 3, day) for day in (10, 11, 12))


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


@pytest.fixture
async def site() -> AsyncIterator[NewsSite]:
    async with NewsSite(2) as one:
        yield one


@pytest.fixture(autouse=True)
def _settings(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "ARCHIVE": str(archive_dir),
        "ENGINE": "ollama",
        "ENGINES__OLLAMA__HOST": ollama.url,
        "ENGINES__OLLAMA__MODEL": ollama.model,
        "SOURCES__SINA__LIST_URL": site.list_url,
        "FETCH__PRIVATE_HOSTS": "true",
        "FETCH__HOST_DELAY_S": "0",
        "FETCH__RETRY_DELAY_S": "0",
        "FETCH__ATTEMPTS": "1",
        "SUMMARISE__RETRY_DELAY_S": "0",
        "PAPERS__DAILY__FORMATS": '["markdown"]',
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PRESSRUN_{name}", value)


async def run(start: date = FIRST, end: date = THIRD, **given: Any) -> Any:
    from flows.backfill import backfill

    return await backfill(start, end, return_state=True, **given)


def edition_of(archive: Path, day: date) -> Edition | None:
    return Archive.open(str(archive)).editions.current("daily", day)


async def children_of(state: Any) -> list[Any]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId

    parent = FlowRunFilterParentFlowRunId(any_=[state.state_details.flow_run_id])
    async with get_client() as client:
        return await client.read_flow_runs(flow_run_filter=FlowRunFilter(parent_flow_run_id=parent))


def leases(archive: Path) -> list[Path]:
    return list(archive.rglob("lease.json"))


async def until(true: Callable[[], bool]) -> None:
    """Return once it is *true*."""
    while not true():  # noqa: ASYNC110 - it happens in other processes, too
        await asyncio.sleep(0.05)


async def test_every_date_is_a_child_run_and_a_second_backfill_begins_none(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path
) -> None:
    state = await run()
    assert state.message == "3 of 3 dates: 3 printed"
    children = await children_of(state)
    assert {child.name for child in children} == {f"daily-2026-03-{day}" for day in (10, 11, 12)}
    for day in (FIRST, SECOND, THIRD):
        edition = edition_of(archive_dir, day)
        assert edition
        assert edition.is_complete
    fetched, asked = Counter(site.requests), len(ollama.asked)
    again = await run()
    assert again.message == "3 of 3 dates: 3 skipped"
    assert await children_of(again) == []
    assert (site.requests, len(ollama.asked)) == (fetched, asked)


async def test_a_backfill_by_command_has_the_tag_and_nothing_within_it_has(
    prefect_api: str,
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    with running_on(Server(prefect_api, {"api.url": prefect_api})):
        state = await run(end=FIRST)
    async with get_client() as client:
        backfill = await client.read_flow_run(state.state_details.flow_run_id)
        [child] = await children_of(state)
        tasks = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[child.id]))
        )
    assert backfill.tags == [TAG]
    assert child.tags == []
    assert tasks
    assert not any(task.tags for task in tasks)


async def test_only_the_days_that_are_named_are_printed(archive_dir: Path) -> None:
    state = await run(only="2026-03-11")
    assert state.message == "1 of 1 dates: 1 printed"
    assert edition_of(archive_dir, FIRST) is None
    assert edition_of(archive_dir, SECOND)


async def test_a_failed_date_is_tried_again_and_does_not_stop_the_others(
    site: NewsSite, archive_dir: Path
) -> None:
    site.answers = {1: [503, 200]}
    state = await run(start=SECOND, concurrency=1)
    assert state.message == "2 of 2 dates: 2 printed"
    tried = Counter(child.name for child in await children_of(state))
    assert tried == {"daily-2026-03-11": 2, "daily-2026-03-12": 1}
    # What was read of the first attempt is not read again.
    assert site.requests["/news/2.html"] == 2


async def test_summaries_made_anew_ask_the_model_and_not_the_source(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path
) -> None:
    await run(end=FIRST)
    fetched, asked = Counter(site.requests), len(ollama.asked)
    moment = datetime.now(UTC)
    ollama.summary = "测试市大桥如期通车，过江时间由五十分钟缩短到八分钟。"
    state = await run(end=FIRST, refresh="summaries", since=moment)
    assert state.message == "1 of 1 dates: 1 printed"
    assert site.requests == fetched
    assert len(ollama.asked) == asked + 2
    edition = edition_of(archive_dir, FIRST)
    assert edition
    assert (edition.revision, edition.follows) == (2, 1)
    assert {change.kind for change in edition.changes} == {ChangeKind.SUMMARY}
    assert {story.summary.text for story in edition.stories} == {ollama.summary}
    again = await run(end=FIRST, refresh="summaries", since=moment)
    assert again.message == "1 of 1 dates: 1 skipped"
    # A plain run later finds nothing to do either.
    assert (await run(end=FIRST)).message == "1 of 1 dates: 1 skipped"


async def test_another_prompt_asks_again_and_the_same_asks_nothing(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(end=FIRST)
    fetched, asked = Counter(site.requests), len(ollama.asked)
    same = await run(end=FIRST, refresh="prompts")
    assert same.message == "1 of 1 dates: 1 skipped"
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__MAX_CHARS", "120")
    changed = await run(end=FIRST, refresh="prompts")
    assert changed.message == "1 of 1 dates: 1 printed"
    assert site.requests == fetched
    assert len(ollama.asked) == asked + 2


async def test_renditions_drawn_anew_are_in_todays_style_and_ask_nobody(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(end=FIRST)
    before = edition_of(archive_dir, FIRST)
    fetched, asked = Counter(site.requests), len(ollama.asked)
    ollama.requests.clear()
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__THEME", "plain")
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__FORMATS", '["html", "markdown", "json"]')
    state = await run(end=FIRST, refresh="renditions")
    assert state.message == "1 of 1 dates: 1 printed"
    assert (site.requests, len(ollama.asked)) == (fetched, asked)
    assert not ollama.requests, "nor is it asked whether it is there"
    edition = edition_of(archive_dir, FIRST)
    assert before
    assert edition
    assert edition.stories == before.stories
    assert (edition.revision, edition.follows, edition.changes) == (2, None, ())
    assert (before.style.theme, edition.style.theme) == ("", "plain")
    folder = archive_dir / f"site/daily/{FIRST}"
    assert "Pressrun Serif" not in (folder / "index.html").read_text("utf-8")
    assert Edition.model_validate_json((folder / "edition.json").read_bytes()).revision == 2
    assert (folder / "edition.md").read_text("utf-8").startswith("# ")


async def test_a_theme_that_is_not_there_is_said_before_anything_is_fetched(
    site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__THEME", "plian")
    await run(end=FIRST)
    assert not site.requests


async def test_pages_fetched_anew_show_what_changed_and_keep_what_has_gone(
    site: NewsSite, ollama: FakeOllama, archive_dir: Path
) -> None:
    await run(end=FIRST)
    site.answers = {1: [404]}
    site.opened = "十三日下午"
    state = await run(end=FIRST, refresh="pages")
    assert state.message == "1 of 1 dates: 1 printed"
    edition = edition_of(archive_dir, FIRST)
    assert edition
    assert [story.rank for story in edition.stories] == [1, 2]
    assert [(change.rank, change.kind) for change in edition.changes] == [(2, ChangeKind.ARTICLE)]
    assert site.requests["/list"] == 1


async def test_a_date_that_is_cancelled_on_the_server_ends_alone(
    ollama: FakeOllama, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelling

    from tasks import crew

    monkeypatch.setattr(crew, "WATCH_S", 0.05)
    ollama.hold.clear()
    running = asyncio.create_task(run(end=SECOND))
    async with get_client() as client:
        await until(lambda: len(ollama.asked) >= 4)
        runs = [r for r in await client.read_flow_runs() if r.state and r.state.is_running()]
        [first] = [r for r in runs if r.name == "daily-2026-03-10"]
        await client.set_flow_run_state(first.id, Cancelling())
        # Its lease is given back when it has ended.
        await until(lambda: len(leases(archive_dir)) == 1)
        ollama.hold.set()
        state = await running
        assert (await client.read_flow_run(first.id)).state_name == "Cancelled"
    assert state.message.startswith("1 of 2 dates: 1 printed, 1 cancelled; 2026-03-10 cancelled")
    assert edition_of(archive_dir, FIRST) is None
    assert edition_of(archive_dir, SECOND)
    assert not leases(archive_dir)


async def test_once_the_engine_has_gone_no_more_dates_are_begun(
    site: NewsSite, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__ATTEMPTS", "1")
    async with FakeOllama() as going:
        going.hold.clear()
        monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__HOST", going.url)
        running = asyncio.create_task(run(end=date(2026, 3, 16), concurrency=1))
        await until(lambda: bool(going.asked))
    state = await running
    assert state.is_failed()
    assert state.message.startswith("0 of 7 dates: 2 failed, 5 not begun; 2026-03-10 failed: ")
    assert site.requests["/list"] == 2
    assert len(await children_of(state)) == 2
