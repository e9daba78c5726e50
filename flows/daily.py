"""The daily flow: what happens for one edition, in what order."""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import date
from typing import Any, TypeVar

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from pressrun import __version__
from pressrun.archive.lease import hold_lease
from pressrun.errors import ArchiveError, PressrunError
from pressrun.models import Edition, Failure, Headline, Rendition, Step, Story
from tasks.assemble import (
    add_renditions,
    assemble,
    make_failure,
    make_story,
    missing,
    require_coverage,
)
from tasks.desk import Desk, desk_for, order_for, tell
from tasks.engines.news import telling
from tasks.form import EngineName, FormatName, Limit, PaperName, Text
from tasks.ledger import as_markdown
from tasks.order import Todo, assign, is_printed, utc_now
from tasks.plan import begin_printing
from tasks.steps import list_headlines, read_article, render, summarise_story, with_retries

T = TypeVar("T")


def run_name() -> str:
    """`<paper>-<date>`, with the date that a run without one resolves to."""
    given = flow_run.parameters
    try:
        order, _ = order_for(given, flow_run.scheduled_start_time)
    except PressrunError:  # the run itself fails of it, with the message
        return f"{given.get('paper')}-{given.get('edition_date') or 'undated'}"
    return f"{order.name}-{order.edition_date}"


@flow(name="daily-digest", flow_run_name=run_name, version=__version__)
async def daily_digest(
    edition_date: date | None = None,
    paper: PaperName = "daily",
    limit: Limit | None = None,
    engine: EngineName | None = None,
    model: Text | None = None,
    host: Text | None = None,
    formats: list[FormatName] | None = None,
    archive: Text | None = None,
) -> State[None]:
    """Print one edition of a paper.

    Args:
        edition_date: The day whose news is printed. Not given: the last complete day or today,
            as the paper has it, counted from the run's scheduled start.
        paper: The paper's name in the settings.
        limit: How many usable headlines to list. Not given: as the paper has it.
        engine: Which engine summarises. Not given: as the settings have it.
        model: The model's name in Ollama. Not given: as the settings have it.
        host: Where Ollama listens, such as 127.0.0.1:11434. Not given: as the settings have it.
        formats: Which renderers print. Not given: as the paper has it.
        archive: The archive's folder or address. Not given: as the settings have it.
    """
    try:
        return await _print_edition()
    except PressrunError as exc:
        # Returned, not raised: the state's message begins with the reason, and the log has it in
        # one line. What is not ours to foresee is raised, with its traceback.
        return Failed(message=str(exc), data=exc)


async def _print_edition() -> State[None]:
    order, settings = order_for(flow_run.parameters, flow_run.scheduled_start_time)
    if await asyncio.to_thread(is_printed, settings, order):
        return Completed(message="already printed")
    async with desk_for(flow_run.parameters, flow_run.scheduled_start_time) as desk:
        order = desk.order
        async with hold_lease(desk.archive, order.name, order.edition_date):
            assignment = await asyncio.to_thread(assign, desk.archive, order)
            if assignment.todo is Todo.NOTHING:
                return Completed(message="already printed")
            listing = None
            if assignment.plan is None:
                listing = await with_retries(list_headlines, desk.settings.fetch)(desk)
            revision, plan = await begin_printing(desk, assignment, listing)
            tell("listed", count=len(plan.headlines))
            for note in plan.listing.notes:
                get_run_logger().warning("no list from %s: %s", note.source, note.reason)
            get_run_logger().info(
                "%d headlines from %s; %s summarises with %s",
                len(plan.headlines),
                plan.listing.source,
                plan.model.engine,
                plan.model.model,
            )
            # As many more as are fetched at once: tasks that all begin together hold up the first.
            reading = asyncio.Semaphore(2 * desk.settings.fetch.concurrency)
            with telling(get_run_logger().warning):
                outcomes = await _together(_outcome(desk, line, reading) for line in plan.headlines)
            edition = assemble(plan, revision, outcomes, utc_now(), desk.meter.calibrations())
            require_coverage(edition, plan.coverage)
            tell("rendering", total=len(plan.formats))
            # One worker for all formats: each that draws holds 200 MB, and shares what it loads.
            await desk.workers.renew(1)
            made = await asyncio.gather(*(_rendered(desk, edition, n) for n in plan.formats))
            edition, renditions = add_renditions(edition, made)
            published = await asyncio.to_thread(desk.archive.publish, edition, renditions)
    for address in desk.archive.editions.addresses(published.edition).values():
        get_run_logger().info("printed %s", address)
    said = f"{len(edition.stories)} of {edition.listed} stories, revision {edition.revision}"
    if not published.is_current:
        said += ", kept aside: the edition printed before has more"
    if lacks := missing(edition):
        said += f"; {lacks}"
    await acreate_markdown_artifact(
        as_markdown(edition), key=f"edition-{order.name}", description=said
    )
    return Completed(name=None if edition.is_complete else "Partial", message=said)


async def _together(outcomes: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What the *outcomes* are, in order; the first that raises ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            running = []
            for outcome in outcomes:
                running.append(group.create_task(outcome))
                await asyncio.sleep(0)  # Prefect's start of a task takes 5 ms: not all in a row
    except BaseExceptionGroup as faults:
        raise faults.exceptions[0] from faults
    return [task.result() for task in running]


async def _outcome(desk: Desk, headline: Headline, reading: asyncio.Semaphore) -> Story | Failure:
    """The fan-in: the final failure of a step becomes a value, and nothing else stops.

    *reading* bounds the articles that are read at once.

    Raises:
        ArchiveError: it is no article's fault, and what cannot be recorded would be lost.
    """
    step = Step.FETCH
    try:
        async with reading:
            article = await with_retries(read_article, desk.settings.fetch)(desk, headline)
        step = Step.SUMMARISE
        summary = await with_retries(summarise_story, desk.settings.summarise)(
            desk, headline, article
        )
    except ArchiveError:
        raise
    except Exception as exc:  # noqa: BLE001 - the fan-in
        failure = make_failure(headline, step, exc)
        get_run_logger().warning(
            "%d %s: %s",
            headline.rank,
            headline.title,
            failure.reason,
            exc_info=not isinstance(exc, PressrunError),
        )
        tell("failed", rank=headline.rank, failure=failure)
        return failure
    get_run_logger().info("%d %s: %s", headline.rank, headline.title, summary.text)
    return make_story(headline, article, summary)


async def _rendered(
    desk: Desk, edition: Edition, name: str
) -> tuple[str, tuple[Rendition, ...] | Exception]:
    try:
        return name, await render(desk, edition, name)
    except Exception as exc:  # noqa: BLE001 - the fan-in
        get_run_logger().error(
            "renderer %s: %s", name, exc, exc_info=not isinstance(exc, PressrunError)
        )
        tell("unrendered", name=name, reason=str(exc))
        return name, exc
