"""The plan of a printing: made from the list, recorded before any article is fetched."""

import asyncio

from pressrun.models import Listing, ListNote, ListRecord, ModelIdentity, Plan
from tasks.desk import Desk
from tasks.order import Assignment, Order, Todo


async def begin_printing(
    desk: Desk, assignment: Assignment, listed: tuple[Listing, tuple[ListNote, ...]] | None
) -> tuple[int, Plan]:
    """The revision to print and the plan to follow.

    An unfinished revision is resumed, while the same model answers; else the next one begins: by
    the assignment's plan with the model that answers now, or by a plan made of *listed* (a
    listing, and notes on the sources asked before).

    Raises:
        EngineError: the engine cannot serve.
        ArchiveError: the plan cannot be written.
    """
    archive = desk.archive
    if assignment.todo is Todo.REDRAW:
        assert assignment.plan is not None, "what is drawn again has a plan"
        plan = assignment.plan.model_copy(update={"created_at": desk.order.moment})
        if assignment.revision is not None:
            return assignment.revision, plan
        return await asyncio.to_thread(archive.editions.begin, plan), plan
    _, identity = await desk.engine()
    if assignment.plan is not None:
        if assignment.revision is not None and assignment.plan.model == identity:
            return assignment.revision, assignment.plan
        plan = assignment.plan.model_copy(
            update={"model": identity, "created_at": desk.order.moment}
        )
    else:
        assert listed is not None, "a printing without a plan needs a listing"
        listing, notes = listed
        sha256 = await asyncio.to_thread(archive.store.put_list, listing.raw)
        plan = make_plan(desk.order, listing, notes, sha256, identity)
    revision = await asyncio.to_thread(archive.editions.begin, plan)
    return revision, plan


def make_plan(
    order: Order,
    listing: Listing,
    notes: tuple[ListNote, ...],
    sha256: str,
    identity: ModelIdentity,
) -> Plan:
    """The plan for *order*; *sha256* names the list's bytes in the store (pure)."""
    paper = order.paper
    return Plan(
        paper=order.name,
        title=paper.title,
        edition_date=order.edition_date,
        time_zone=paper.time_zone,
        language=paper.language,
        created_at=order.moment,
        as_of=order.as_of,
        listing=ListRecord(
            source=listing.source,
            url=listing.url,
            sha256=sha256,
            category=paper.category,
            ranking=listing.ranking or paper.ranking,
            skipped=listing.skipped,
            notes=notes,
        ),
        headlines=listing.headlines,
        model=identity,
        content_sha256=order.content_sha256,
        formats=paper.formats,
        max_chars=paper.length_for(paper.language),
        coverage=paper.coverage,
    )
