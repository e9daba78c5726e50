"""From what became of the articles to what readers have: an edition is made up, drawn, printed."""

import asyncio
from collections.abc import Sequence

from prefect import get_run_logger

from pressrun.archive import Published
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.models import Edition, Failure, Plan, Story
from tasks.assemble import add_renditions, assemble
from tasks.desk import Desk
from tasks.earlier import still_told
from tasks.observing import tell
from tasks.order import utc_now
from tasks.printing import rendered, with_overview
from tasks.styling import styled
from tasks.threads import with_threads
from tasks.thumbnail import illustrated


async def make_up(
    desk: Desk,
    plan: Plan,
    revision: int,
    outcomes: Sequence[Story | Failure],
    *,
    asking: bool = True,
) -> Edition:
    """The edition of *outcomes*, less what was taken back.

    *asking*: whether its overview may ask the model, which takes as long as a story.
    """
    calibrations, taken_back = desk.meter.calibrations(), await withdrawn(desk, plan)
    made = plan, revision, outcomes, utc_now(), calibrations, taken_back, desk.sketches
    # Long articles take seconds to compare, and leases are renewed meanwhile.
    edition = await asyncio.to_thread(assemble, *made)
    edition = await with_threads(desk.archive, edition)
    edition = await asyncio.to_thread(still_told, desk.archive, edition)
    edition = styled(edition, desk.order.paper)
    edition = await with_overview(desk, plan, edition, asking=asking)
    return edition.model_copy(update={"took_s": desk.took_s})


async def withdrawn(desk: Desk, plan: Plan) -> tuple[Retraction, ...]:
    """What was taken back of the edition, and stays out of it."""
    records = Retractions(desk.archive.files)
    return await asyncio.to_thread(records.of, plan.paper, plan.edition_date)


async def publish(desk: Desk, plan: Plan, edition: Edition, *, reading: bool = False) -> Published:
    """Draw *edition* and print it. *reading*: whether articles are still under way."""
    tell("rendering", total=len(plan.formats))
    workers = await desk.press.drawers(len(edition.stories), reading=reading)
    shown = await asyncio.to_thread(illustrated, desk.archive.store, edition)
    made = await asyncio.gather(*(rendered(desk, workers, shown, n) for n in plan.formats))
    edition, renditions = add_renditions(edition, made)
    printed = await asyncio.to_thread(desk.archive.publish, edition, renditions)
    for address in desk.archive.editions.addresses(printed.edition).values():
        get_run_logger().info("printed %s", address)
    tell("published", revision=edition.revision, stories=len(edition.stories))
    return printed
