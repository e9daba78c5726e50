"""The steps as Prefect tasks: two an article, one for the list, the overview, each renderer.

They are awaited, never submitted: `.submit()` gives each task an event loop of its own, which
breaks the shared session. Arguments are not hashed (NO_CACHE): the archive's store is the cache.
"""

import asyncio
import hashlib
from datetime import datetime
from functools import cache, partial
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff
from prefect.utilities.annotations import opaque

from pressrun import errors
from pressrun.archive import ArticleKey, Failed, OverviewKey, SummaryKey
from pressrun.errors import (
    ExtractionError,
    ExtractionTimeout,
    FetchError,
    PressrunError,
    SourceError,
)
from pressrun.models import (
    Article,
    Edition,
    Headline,
    Listing,
    ListNote,
    ListRequest,
    Overview,
    Page,
    Rendition,
    Summary,
)
from tasks.desk import Desk
from tasks.extract import EXTRACTOR, extract_article
from tasks.observing import tell
from tasks.order import utc_now, words_options
from tasks.overview import make_overview, overview_sha256, verified_overview
from tasks.render import render_edition
from tasks.summaries.brief import readers_of
from tasks.summarise import is_sound, prompt_sha256, summarise_article, verified
from tasks.workers import Workers

P = ParamSpec("P")
R = TypeVar("R")


async def is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the failure may pass: the exception's own flag, and nothing else."""
    result = await state.aresult(raise_on_failure=False)
    return isinstance(result, PressrunError) and result.transient


@task(name="list", task_run_name="list {desk.order.edition_date}", cache_policy=NO_CACHE)
async def list_headlines(desk: Desk) -> tuple[Listing, tuple[ListNote, ...]]:
    """The headlines of the first of the paper's sources that has some, and notes on those before.

    Raises:
        SourceError: none of them could be listed, or none had a headline.
        PluginError: a source cannot be had.
        SettingsError: a source does not take its options.
    """
    paper = desk.order.paper
    request = ListRequest(
        edition_date=desk.order.edition_date,
        time_zone=paper.time_zone,
        category=paper.category,
        ranking=paper.ranking,
        limit=paper.limit,
    )
    try:
        return await desk.enquiry.headlines(request, desk.fetcher)
    except SourceError as exc:
        raise SourceError(
            f"{exc}. Try again later, or choose another day, another category, or other sources "
            f"in papers.{desk.order.name}",
            transient=exc.transient,
        ) from exc


@task(name="read", task_run_name="{headline.rank:02d} read", cache_policy=NO_CACHE)
async def read_article(desk: Desk, headline: Headline, since: datetime | None = None) -> Article:
    """Fetch and extract the article of *headline*, or take it from the store.

    A page fetched before *since* is fetched again; where it is gone for good, the old one stays.

    Raises:
        FetchError: the page could not be had.
        ExtractionError: it has no article.
    """
    page = await _page(desk, headline, since)
    tell("fetched", rank=headline.rank)
    article = await _article(desk, headline, page)
    tell("extracted", rank=headline.rank)
    return article


async def _page(desk: Desk, headline: Headline, since: datetime | None) -> Page:
    store, day, fetch = desk.archive.store, desk.order.edition_date, desk.settings.fetch
    # What could turn a final failure into a success: under other limits it is tried again.
    limits = fetch.model_dump(include={"max_bytes", "max_redirects", "private_hosts"})
    under = ",".join(f"{name}={value}" for name, value in limits.items())
    find = partial(store.find_page, day, headline.url, conditions=under)
    found = await asyncio.to_thread(find, since=since)
    if isinstance(found, Page):
        return found
    if found is not None:
        raise recorded(found, FetchError)
    try:
        page = await desk.fetcher.fetch_page(headline.url)
    except PressrunError as exc:
        if not exc.transient:
            old = await asyncio.to_thread(find) if since else None
            if isinstance(old, Page):
                return old
            failed = Failed.of(exc, conditions=under, at=utc_now())
            await asyncio.to_thread(store.record_fetch_failure, day, headline.url, failed)
        raise
    await asyncio.to_thread(store.record_page, day, page)
    return page


async def _article(desk: Desk, headline: Headline, page: Page) -> Article:
    store, limit_s = desk.archive.store, desk.settings.fetch.extract_timeout_s
    key = ArticleKey.of(hashlib.sha256(page.body).hexdigest(), EXTRACTOR, headline)
    under = f"extract_timeout_s={limit_s}"
    found = await asyncio.to_thread(store.find_article, key, conditions=under)
    if isinstance(found, Article):
        return found
    if found is not None:
        raise recorded(found, ExtractionError)
    try:
        article = await desk.workers.run(extract_article, page, headline, timeout_s=limit_s)
    except TimeoutError as exc:
        error = ExtractionTimeout(
            f"{headline.url}: reading the page took over {limit_s:g} s; raise "
            "PRESSRUN_FETCH__EXTRACT_TIMEOUT_S to wait longer"
        )
        await asyncio.to_thread(store.record_article, key, Failed.of(error, conditions=under))
        raise error from exc
    except ExtractionError as exc:
        await asyncio.to_thread(store.record_article, key, Failed.of(exc, conditions=under))
        raise
    await asyncio.to_thread(store.record_article, key, article)
    return article


@task(name="summarise", task_run_name="{headline.rank:02d} summarise", cache_policy=NO_CACHE)
async def summarise_story(
    desk: Desk, headline: Headline, article: Article, since: datetime | None = None
) -> Summary:
    """The summary of *article*, by the engine or from the store, made not before *since*.

    Raises:
        EngineError: the engine gave no usable answer.
    """
    store, (engine, identity) = desk.archive.store, await desk.engine()
    brief = desk.brief(article.language)
    key = SummaryKey.of(
        article,
        identity,
        prompt_sha256=prompt_sha256(brief, article.language),
        max_chars=brief.max_chars,
        options=words_options(desk.settings.engines.options(identity.engine)),
    )
    summary = await asyncio.to_thread(store.find_summary, key, since=since)
    if summary is not None:
        # Findings are never taken from the store: the verifier may have learnt since.
        summary = await asyncio.to_thread(verified, summary, article, brief)
    if summary is None or not is_sound(summary):
        tell("summarising", rank=headline.rank)
        summary = await summarise_article(article, engine, identity, brief, desk.meter)
        await asyncio.to_thread(store.record_summary, key, summary, at=utc_now())
        tell("tokens", count=summary.output_tokens)
    tell("summarised", rank=headline.rank)
    return summary


@task(name="overview", task_run_name="overview", cache_policy=NO_CACHE)
async def sum_up(desk: Desk, edition: Edition, since: datetime | None = None) -> Overview | None:
    """The overview of *edition*, by the engine or from the store, made not before *since*.

    Raises:
        EngineError: the engine gave no answer.
    """
    store, (engine, identity) = desk.archive.store, await desk.engine()
    readers = readers_of(desk.order.paper)
    key = OverviewKey.of(
        edition,
        identity,
        prompt_sha256=overview_sha256(edition.language, desk.wording, readers),
        options=words_options(desk.settings.engines.options(identity.engine)),
    )
    overview = await asyncio.to_thread(store.find_overview, key, since=since)
    if overview is not None:
        overview = await asyncio.to_thread(verified_overview, overview, edition)
    if overview is None:
        tell("overviewing")
        overview = await make_overview(edition, engine, identity, desk.wording, desk.meter, readers)
        if overview is not None:
            await asyncio.to_thread(store.record_overview, key, overview, at=utc_now())
            tell("tokens", count=overview.output_tokens)
    return overview


@task(name="render", task_run_name="render {name}", cache_policy=NO_CACHE)
async def render(
    desk: Desk, workers: Workers, edition: Edition, name: str
) -> tuple[Rendition, ...]:
    """The files that renderer *name* makes of *edition*, in one of *workers*.

    Raises:
        RenderError: it failed.
    """
    options = desk.settings.renderers.options(name)
    renditions = await render_edition(workers, edition, name, options)
    tell("rendered", name=name)
    return renditions


def recorded(failed: Failed, kind: type[PressrunError]) -> PressrunError:
    """The error that *failed* records, as its own class where there is one, else as *kind*."""
    named = getattr(errors, failed.kind, kind)
    own = named if isinstance(named, type) and issubclass(named, kind) else kind
    error = own.__new__(own)
    PressrunError.__init__(error, failed.reason, transient=failed.transient)
    return error


def whole(value: R) -> R:
    """*value* as an argument of a task, in which Prefect looks for no futures and copies nothing.

    Where it is what a task returned, the two stay tied.
    """
    return cast(R, opaque(value))


class Retrying(Protocol):
    """Settings of what is tried again: attempts in all, seconds before the second."""

    @property
    def attempts(self) -> int:
        """Attempts in all."""

    @property
    def retry_delay_s(self) -> float:
        """Wait before the second attempt; doubles for each after it."""


def with_retries(step: Task[P, R], by: Retrying) -> Task[P, R]:
    """*step*, tried again while what fails is transient, with jittered, doubling waits."""
    return cast(Task[P, R], _with_retries(step, by.attempts, by.retry_delay_s))


@cache  # a Task reads its function's source when it is made
def _with_retries(step: Task[..., Any], attempts: int, delay_s: float) -> Task[..., Any]:
    return step.with_options(
        retries=attempts - 1,
        retry_delay_seconds=exponential_backoff(backoff_factor=delay_s),
        retry_jitter_factor=0.5,
        retry_condition_fn=is_transient,
    )
