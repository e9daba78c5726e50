"""The daily flow: what happens for one edition, in what order."""

import asyncio
from datetime import date
from typing import Literal

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from pressrun.archive.lease import hold_lease
from pressrun.errors import PressrunError
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
from tasks.order import Todo, assign, utc_now
from tasks.plan import begin_printing
from tasks.steps import list_headlines, read_article, render, summarise_story, with_retries


def run_name() -> str:
    """`<paper>-<date>`, with the date that a run without one resolves to."""
    given = flow_run.parameters
    try:
        order, _ = order_for(given, flow_run.scheduled_start_time)
    except PressrunError:  # the run itself fails of it, with the message
        return f"{given.get('paper')}-{given.get('edition_date') or 'undated'}"
    return f"{order.name}-{order.edition_date}"


@flow(name="daily-digest", flow_run_name=run_name)
async def daily_digest(
    edition_date: date | None = None,
    paper: str = "daily",
    limit: int | None = None,
    engine: Literal["auto", "ollama", "embedded"] | None = None,
    model: str | None = None,
    host: str | None = None,
    formats: list[str] | None = None,
    archive: str | None = None,
) -> State[None]:
    """Print one edition of a paper.

    Args:
        edition_date: The day whose news is printed. Empty: by the paper's setting, the last
            complete day or today, counted from the run's scheduled start.
        paper: The paper's name in the settings.
        limit: Usable headlines to list; empty: the paper's.
        engine: Which engine summarises; empty: the settings'.
        model: The model's name in Ollama; empty: the settings'.
        host: Where Ollama listens; empty: the settings'.
        formats: Renderers by name; empty: the paper's.
        archive: The archive's folder or address; empty: the settings'.
    """
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
            outcomes = await asyncio.gather(*(_outcome(desk, line) for line in plan.headlines))
            edition = assemble(plan, revision, outcomes, utc_now())
            require_coverage(edition, plan.coverage)
            made = await asyncio.gather(*(_rendered(desk, edition, n) for n in plan.formats))
            edition, renditions = add_renditions(edition, made)
            published = await asyncio.to_thread(desk.archive.publish, edition, renditions)
    said = f"{len(edition.stories)} of {edition.listed} stories, revision {edition.revision}"
    if not published.is_current:
        said += ", kept aside: the edition printed before has more"
    if edition.is_complete:
        return Completed(message=said)
    return Completed(name="Partial", message=f"{said}; {missing(edition)}")


async def _outcome(desk: Desk, headline: Headline) -> Story | Failure:
    """The fan-in: the final failure of a step becomes a value, and nothing else stops."""
    step = Step.FETCH
    try:
        article = await with_retries(read_article, desk.settings.fetch)(desk, headline)
        step = Step.SUMMARISE
        summary = await with_retries(summarise_story, desk.settings.summarise)(
            desk, headline, article
        )
    except Exception as exc:  # noqa: BLE001 - the fan-in
        failure = make_failure(headline, step, exc)
        get_run_logger().warning("%d %s: %s", headline.rank, headline.title, failure.reason)
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
        get_run_logger().error("renderer %s: %s", name, exc)
        tell("unrendered", name=name, reason=str(exc))
        return name, exc
