"""The daily flow: what happens for one edition, in what order."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from pressrun import __version__
from pressrun.archive import Published, hold_lease
from pressrun.errors import PressrunError, RenderError
from pressrun.models import Edition, Plan
from renderers.letter import write_letter
from renderers.themes import theme_folder
from tasks.assemble import following
from tasks.bell import tell_operator
from tasks.coverage import require_coverage
from tasks.deadline import Deadline, deadline_for, is_time_to_print, until
from tasks.deliver import summed_up
from tasks.delivery.posting import Post, posting
from tasks.delivery.running import deliver_printed
from tasks.desk import Desk, open_desk, order_for
from tasks.earlier import still_told
from tasks.ending import ended
from tasks.engines.news import telling
from tasks.form import (
    DayOrEmpty,
    EngineOrEmpty,
    FormatsOrEmpty,
    LimitOrEmpty,
    PaperName,
    RefreshOrEmpty,
    TextOrEmpty,
    titled,
)
from tasks.ledger import public_places
from tasks.making_up import make_up, publish, withdrawn
from tasks.observing import tell
from tasks.order import PRINTED, Assignment, Todo, assign, is_printed, utc_now
from tasks.plan import begin_printing
from tasks.preview import preview
from tasks.printing import Articles, articles
from tasks.progress import Count, progress
from tasks.retract import reprint
from tasks.saying import as_said
from tasks.showing import show, tag
from tasks.steps import list_headlines, with_retries
from tasks.styling import styled


def run_name() -> str:
    """`<paper>-<date>`, with the date that a run without one resolves to."""
    given = flow_run.parameters
    try:
        order, _ = order_for(given, flow_run.scheduled_start_time)
    except PressrunError:  # the run itself fails of it, with the message
        return f"{given.get('paper')}-{given.get('edition_date') or 'undated'}"
    return f"{order.name}-{order.edition_date}"


@flow(
    name="daily-digest",
    flow_run_name=run_name,
    version=__version__,
    on_completion=[tell_operator],
    on_failure=[tell_operator],
    on_crashed=[tell_operator],
)
async def daily_digest(
    edition_date: Annotated[DayOrEmpty, titled("Day")] = None,
    paper: Annotated[PaperName, titled("Paper")] = "daily",
    limit: Annotated[LimitOrEmpty, titled("Articles at most")] = None,
    formats: Annotated[FormatsOrEmpty, titled("Formats")] = None,
    engine: Annotated[EngineOrEmpty, titled("Engine")] = None,
    model: Annotated[TextOrEmpty, titled("Model")] = None,
    host: Annotated[TextOrEmpty, titled("Ollama's address")] = None,
    archive: Annotated[TextOrEmpty, titled("Archive")] = None,
    refresh: Annotated[RefreshOrEmpty, titled("Make anew")] = None,
) -> State[None]:
    """Print one edition of a paper.

    Args:
        edition_date: The day whose news is printed. Empty: the last full day before the run is due,
            or that day, as the paper has it.
        paper: One of the papers in the settings.
        limit: Headlines to list, 1 to 200. Empty: as the paper has it.
        formats: What is made of the edition. Empty: as the paper has it.
        engine: What summarises; auto is Ollama if it answers. Empty: as the settings have it.
        model: The model's name in Ollama, such as qwen3:4b. Empty: as the settings have it.
        host: Where Ollama listens, such as 127.0.0.1:11434. Empty: as the settings have it.
        archive: The archive's folder or address. Empty: as the settings have it.
        refresh: What of a printed edition is made anew, and what comes after it. Empty: nothing.
    """
    return await ended(_print_edition())


async def _print_edition() -> State[None]:
    order, settings = order_for(flow_run.parameters, flow_run.scheduled_start_time)
    if await asyncio.to_thread(is_printed, settings, order):
        await deliver_printed(settings, order, write_letter)
        return Completed(message=PRINTED)
    theme_folder(order.paper.theme)  # an unknown one is said before anything is fetched
    deadline = None
    if flow_run.parameters["edition_date"] is None:
        deadline = deadline_for(order.paper, flow_run.scheduled_start_time)
    async with open_desk(order, settings) as desk, posting(desk, write_letter) as post:
        lease = hold_lease(desk.archive, order.name, order.edition_date, ttl_s=settings.lease_s)
        async with lease:
            assignment = await asyncio.to_thread(assign, desk.archive, order)
            if assignment.todo is Todo.NOTHING:
                return Completed(message=PRINTED)
            if not desk.press.many:
                await tag(order.name)
            early, published = await _print(desk, assignment, deadline, post)
        post(published)  # readers wait for it; who would mend the edition does not
    edition = published.edition
    said = as_said(edition, early, is_current=published.is_current)
    said = "; ".join(filter(None, (said, summed_up(desk.deliveries))))
    places = desk.archive.editions.addresses(edition)
    if settings.site_url and published.is_current:
        places = public_places(edition, settings.site_url)
    # In a backfill nobody looks at each: it would cost a tenth of a second a date.
    many = desk.press.many
    picture = None if many else await asyncio.to_thread(preview, desk.archive, edition)
    await show(edition, places, said, picture)
    return Completed(name=None if edition.is_complete else "Partial", message=said)


async def _print(
    desk: Desk, assignment: Assignment, deadline: Deadline | None, post: Post
) -> tuple[Edition | None, Published]:
    """What was printed at the deadline, if anything was, and what was printed in the end.

    The deadline is for readers who have nothing yet: an edition that they have is not followed
    by a lesser one.

    Raises:
        CoverageError: it has too few stories.
        PressrunError: no list, no engine, or an archive that does not write.
    """
    revision, plan = await _plan(desk, assignment)
    before = assignment.edition
    if assignment.todo is Todo.REDRAW and before is not None:
        taken_back = await withdrawn(desk, plan)
        again = styled(reprint(before, revision, utc_now(), taken_back), desk.order.paper)
        again = await asyncio.to_thread(still_told, desk.archive, again)
        return None, await publish(desk, plan, again)
    early = None
    counting: AbstractAsyncContextManager[Count] = nullcontext(_unseen)
    if not desk.press.many:
        counting = progress(f"progress-{plan.paper}", len(plan.headlines), "stories")
    async with counting as count:
        with telling(get_run_logger().warning):
            async with articles(desk, plan, count) as under_way:
                if deadline and before is None:
                    early = await _print_ready(desk, plan, revision, under_way, deadline)
                    if early:
                        post(early)
        edition = await make_up(desk, plan, revision, under_way.outcomes())
        edition = following(edition, early.edition if early else before)
        require_coverage(edition, plan.coverage)
        if early is None:
            return None, await publish(desk, plan, edition)
        if not edition.changes and not edition.is_complete:
            why = {"failures": edition.failures}
            return early.edition, early._replace(edition=early.edition.model_copy(update=why))
        revision = await asyncio.to_thread(desk.archive.editions.begin, plan)
        edition = edition.model_copy(update={"revision": revision})
        return early.edition, await publish(desk, plan, edition)


async def _plan(desk: Desk, assignment: Assignment) -> tuple[int, Plan]:
    """The revision to print, and its plan: made of the list, or as it was begun before."""
    listing = None
    if assignment.plan is None:
        listing = await with_retries(list_headlines, desk.settings.fetch)(desk)
    revision, plan = await begin_printing(desk, assignment, listing)
    tell("listed", count=len(plan.headlines))
    if assignment.todo is not Todo.REDRAW:
        for note in plan.listing.notes:
            get_run_logger().warning("no list from %s: %s", note.source, note.reason)
        get_run_logger().info(
            "%d headlines from %s; %s summarises with %s",
            len(plan.headlines),
            plan.listing.source,
            plan.model.engine,
            plan.model.model,
        )
    return revision, plan


async def _print_ready(
    desk: Desk, plan: Plan, revision: int, under_way: Articles, deadline: Deadline
) -> Published | None:
    """What is printed at the deadline, beside what is still read and summarised.

    None when there is nothing to print before all is ready, or nothing can be drawn.
    """
    if not await is_time_to_print(under_way.running, until(deadline.at), plan.coverage):
        return None
    outcomes = under_way.outcomes(deadline)
    edition = await make_up(desk, plan, revision, outcomes, asking=False)
    try:
        published = await publish(desk, plan, edition, reading=True)
    except RenderError as exc:
        get_run_logger().error("nothing was printed at the press deadline: %s", exc)
        return None
    get_run_logger().info(
        "press deadline, %s: printed with %d of %d stories; the others follow",
        deadline.shown,
        edition.told,
        edition.wanted,
    )
    return published


def _unseen(_: bool) -> None:
    """Of an edition among many, no one watches the progress."""
