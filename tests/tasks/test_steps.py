"""What a step does around its work: takes it from the store, records it, says whether to retry."""

import inspect
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import TaskRun
from prefect.states import exception_to_failed_state

from pressrun import plugins
from pressrun.archive import Archive, Failed
from pressrun.errors import (
    BadAnswer,
    EngineError,
    ExtractionError,
    FetchError,
    HttpStatus,
    NotHtml,
    PageTooLarge,
    PressrunError,
    SourceError,
)
from pressrun.models import (
    Completion,
    Listing,
    ListRequest,
    ModelIdentity,
    Prompt,
    Summary,
)
from pressrun.ports import Http
from settings import FetchSettings, Settings, load_settings
from tasks.desk import Desk
from tasks.fetch import Fetcher
from tasks.observing import observing
from tasks.order import place_order
from tasks.press import Press
from tasks.steps import (
    is_transient,
    list_headlines,
    read_article,
    recorded,
    summarise_story,
    with_retries,
)
from tests.fakes import NewsSite
from tests.pressrun.archive.archive_desk import DAY, MOMENT
from tests.pressrun.archive.archive_desk import Desk as Values
from tests.tasks.summarising import structured

values = Values()
ANSWER = "测试市一座大桥十二日上午如期通车，两岸居民过江时间由五十分钟缩短到八分钟。"


READ = f"{ANSWER}\n市交通局负责人表示，大桥全长三千二百米，双向六车道。\n"


class Engine:
    """Answers, and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    async def identify(self) -> ModelIdentity:
        return ModelIdentity(engine="mine", model="m:1b", digest="d1")

    async def complete(self, prompt: Prompt) -> Completion:
        self.asked += 1
        text = structured(ANSWER, keywords=("大桥", "通车", "两岸"), category="社会")
        return Completion(text=text, model="m:1b", prompt_tokens=30, output_tokens=12)


class Workers:
    """Reads no page: runs out of time, or raises what a worker would."""

    def __init__(self, error: Exception) -> None:
        self.error, self.jobs = error, 0

    async def run(self, *_: object, **__: object) -> None:
        self.jobs += 1
        raise self.error


class Stages:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, object]]] = []

    def event(self, stage: str, /, **facts: object) -> None:
        self.told.append((stage, facts))


@pytest.fixture
async def site() -> AsyncIterator[NewsSite]:
    async with NewsSite(2) as one:
        yield one


@pytest.fixture
def archive(archive_dir: Any) -> Archive:
    return Archive.open(str(archive_dir))


def desk(
    archive: Archive,
    fetcher: Fetcher | None = None,
    settings: Settings | None = None,
    engine: Engine | None = None,
    workers: Workers | None = None,
) -> Desk:
    """A desk with these things on it."""
    settings = settings or load_settings({"engine": "mine"})

    async def ready() -> tuple[Engine, ModelIdentity]:
        assert engine is not None
        return engine, await engine.identify()

    press = Press(
        settings=settings,
        archive=archive,
        fetcher=cast(Any, fetcher),
        workers=cast(Any, workers),
        drawers=cast(Any, workers),
        engine=cast(Any, SimpleNamespace(ready=ready)),
    )
    return Desk(place_order(settings, "daily", DAY, MOMENT), press)


def fetching(**limits: object) -> Settings:
    return load_settings({"fetch": {"private_hosts": True, "host_delay_s": 0, **limits}})


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (FetchError("x", transient=True), True),
        (FetchError("x"), False),
        (HttpStatus("x", status=503), True),
        (HttpStatus("x", status=404), False),
        (BadAnswer("x"), True),
        (BadAnswer("x", transient=False), False),
        (EngineError("x"), False),
        (TimeoutError("not ours"), False),
        (KeyError("not ours"), False),
    ],
    ids=repr,
)
async def test_the_errors_own_flag_alone_decides_a_retry(error: Exception, transient: bool) -> None:
    state = await exception_to_failed_state(error)
    run = TaskRun(task_key="t", dynamic_key="0", flow_run_id=uuid4())
    assert await is_transient(read_article, run, state) is transient


def test_the_retry_condition_is_async_as_async_tasks_need_it() -> None:
    assert inspect.iscoroutinefunction(is_transient)


def test_attempts_are_counted_in_all_and_waits_double() -> None:
    step = with_retries(read_article, FetchSettings(attempts=4, retry_delay_s=0.5))
    assert step.retries == 3
    assert step.retry_delay_seconds == [0.5, 1, 2]
    assert step.retry_jitter_factor
    assert step.retry_condition_fn is is_transient
    assert read_article.retries == 0, "the shared task is left as it was"


@pytest.mark.parametrize(
    ("failed", "kind", "expected"),
    [
        (Failed(kind="NotHtml", reason="r"), FetchError, NotHtml),
        (Failed(kind="PageTooLarge", reason="r"), FetchError, PageTooLarge),
        (Failed(kind="HttpStatus", reason="r"), FetchError, HttpStatus),
        (Failed(kind="FetchError", reason="r"), FetchError, FetchError),
        (Failed(kind="EngineError", reason="r"), FetchError, FetchError),
        (Failed(kind="PressrunError", reason="r"), FetchError, FetchError),
        (Failed(kind="annotations", reason="r"), FetchError, FetchError),
        (Failed(kind="_restore", reason="r"), ExtractionError, ExtractionError),
        (Failed(kind="Unheard", reason="r"), ExtractionError, ExtractionError),
    ],
)
def test_a_recorded_failure_comes_back_as_its_class_where_that_is_of_its_step(
    failed: Failed, kind: type[PressrunError], expected: type[PressrunError]
) -> None:
    error = recorded(failed, kind)
    assert type(error) is expected
    assert (str(error), error.transient) == ("r", False)
    assert Failed.of(error) == Failed(kind=expected.__name__, reason="r")


def test_a_recorded_failure_keeps_its_flag() -> None:
    assert recorded(Failed(kind="FetchError", reason="r", transient=True), FetchError).transient


async def test_a_page_that_is_gone_is_asked_for_once(site: NewsSite, archive: Archive) -> None:
    site.answers = {1: [404]}
    headline = values.headline(1, url=f"{site.url}/news/1.html")
    settings = fetching()
    async with Fetcher(settings.fetch) as fetcher:
        for _ in range(2):
            with pytest.raises(HttpStatus, match="HTTP 404") as caught:
                await read_article.fn(desk(archive, fetcher, settings), headline)
            assert not caught.value.transient
    assert site.requests["/news/1.html"] == 1


async def test_what_may_pass_is_not_recorded(site: NewsSite, archive: Archive) -> None:
    site.answers = {1: [503]}
    headline = values.headline(1, url=f"{site.url}/news/1.html")
    settings = fetching()
    async with Fetcher(settings.fetch) as fetcher:
        for _ in range(2):
            with pytest.raises(HttpStatus, match="HTTP 503"):
                await read_article.fn(desk(archive, fetcher, settings), headline)
    assert site.requests["/news/1.html"] == 2


async def test_a_page_over_a_limit_is_asked_for_again_under_a_higher_one(
    site: NewsSite, archive: Archive
) -> None:
    headline = values.headline(1, url=f"{site.url}/news/1.html")
    for limit, error in ((1_000, PageTooLarge), (1_001, PageTooLarge), (1_001, PageTooLarge)):
        settings = fetching(max_bytes=limit)
        async with Fetcher(settings.fetch) as fetcher:
            with pytest.raises(error):
                await read_article.fn(desk(archive, fetcher, settings), headline)
    assert site.requests["/news/1.html"] == 2


async def test_a_redirect_too_many_is_followed_under_a_higher_limit(
    site: NewsSite, archive: Archive
) -> None:
    headline = values.headline(1, url=f"{site.url}/moved/1.html")
    for limit, requests in ((1, 2), (1, 2), (2, 5)):
        settings = fetching(max_redirects=limit)
        async with Fetcher(settings.fetch) as fetcher:
            with pytest.raises(FetchError, match=f"more than {limit} redirects"):
                await read_article.fn(desk(archive, fetcher, settings), headline)
        assert site.requests["/moved/1.html"] == requests


async def test_a_page_that_takes_too_long_to_read_is_not_read_again_under_the_same_limit(
    site: NewsSite, archive: Archive
) -> None:
    headline = values.headline(1, url=f"{site.url}/news/1.html")
    workers = Workers(TimeoutError())
    for limit_s, jobs in ((5, 1), (5, 1), (6, 2)):
        settings = fetching(extract_timeout_s=limit_s)
        async with Fetcher(settings.fetch) as fetcher:
            with pytest.raises(ExtractionError, match=r"over 5 s|over 6 s"):
                await read_article.fn(desk(archive, fetcher, settings, workers=workers), headline)
        assert workers.jobs == jobs
    assert site.requests["/news/1.html"] == 1, "the page itself is in the store"


async def test_a_summary_is_made_once_for_the_same_words_and_model(archive: Archive) -> None:
    engine, stages = Engine(), Stages()
    table = desk(archive, engine=engine)
    headline, article = values.headline(3), values.article(text=READ)
    with observing(stages):
        first: Summary = await summarise_story.fn(table, headline, article)
        second = await summarise_story.fn(table, headline, article)
    assert first == second
    assert (first.text, engine.asked) == (ANSWER, 1)
    assert stages.told == [
        ("summarising", {"rank": 3}),
        ("tokens", {"count": 12}),
        ("summarised", {"rank": 3}),
        ("summarised", {"rank": 3}),
    ]


def falsify(archive_dir: Path, said: str, instead: str) -> None:
    """Have the one summary in the store say something else."""
    [kept] = archive_dir.glob("store/summaries/*/*.json")
    kept.write_text(kept.read_text("utf-8").replace(said, instead), "utf-8")


async def test_a_kept_summary_that_is_found_wrong_since_is_made_anew(
    archive: Archive, archive_dir: Path
) -> None:
    engine = Engine()
    table = desk(archive, engine=engine)
    article = values.article(text=READ)
    good: Summary = await summarise_story.fn(table, values.headline(), article)
    falsify(archive_dir, "五十分钟", "七十分钟")
    anew: Summary = await summarise_story.fn(table, values.headline(), article)
    assert (anew.text, engine.asked) == (good.text, 2)


async def test_other_options_of_the_engine_ask_it_again(archive: Archive) -> None:
    engine = Engine()
    for seed in (1, 2):
        settings = load_settings({"engine": "mine", "engines": {"mine": {"seed": seed}}})
        table = desk(archive, settings=settings, engine=engine)
        await summarise_story.fn(table, values.headline(), values.article(text=READ))
    assert engine.asked == 2


class Wire:
    """A source that gives *rows*, or raises *error*; it counts how often it was asked."""

    def __init__(self, rows: int = 0, error: Exception | None = None) -> None:
        self.rows, self.error, self.asked = rows, error, 0

    async def headlines(self, request: ListRequest, http: Http) -> Listing:
        self.asked += 1
        if self.error:
            raise self.error
        found = tuple(values.headline(rank) for rank in range(1, self.rows + 1))
        return Listing(source="wire", url="http://wire/", headlines=found[: request.limit])


def with_sources(monkeypatch: pytest.MonkeyPatch, **sources: Wire) -> Settings:
    def build(group: str, name: str, options: Mapping[str, Any] | None = None) -> Wire:
        return sources[name]

    monkeypatch.setattr(plugins, "build", build)
    return load_settings({"papers": {"daily": {"sources": list(sources), "limit": 2}}})


async def test_the_papers_sources_are_asked_in_its_order_for_as_many_as_it_wants(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = with_sources(monkeypatch, empty=Wire(), full=Wire(3), unasked=Wire(9))
    listing, notes = await list_headlines.fn(desk(archive, settings=settings))
    assert [headline.rank for headline in listing.headlines] == [1, 2]
    assert [(note.source, note.kind) for note in notes] == [("empty", "Empty")]


@pytest.mark.parametrize(("transient", "asked"), [(True, 2), (False, 1)])
async def test_a_second_attempt_at_listing_asks_only_the_sources_that_may_pass(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, transient: bool, asked: int
) -> None:
    empty, down = Wire(), Wire(error=SourceError("no such list", transient=transient))
    settings = with_sources(monkeypatch, empty=empty, down=down)
    table = desk(archive, settings=settings)
    for _ in range(2):
        with pytest.raises(
            SourceError, match=r"empty: .*; down: no such list\. Try .*papers.daily"
        ):
            await list_headlines.fn(table)
    assert (empty.asked, down.asked) == (1, asked)
