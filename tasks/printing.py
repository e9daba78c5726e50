"""The fan-outs of a printing, over articles and formats, and the fan-ins.

Here and nowhere else the final failure of a step becomes a value.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from prefect import get_run_logger

from pressrun.errors import ArchiveError, PressrunError
from pressrun.models import (
    DROPPED,
    Edition,
    Failure,
    Headline,
    Plan,
    Rendition,
    Step,
    Story,
    Thumbnail,
)
from tasks.assemble import make_failure, make_story
from tasks.deadline import Deadline
from tasks.desk import Desk
from tasks.interests import left_out, weighed
from tasks.observing import tell
from tasks.overview import is_writer, overview_sha256
from tasks.same_story import sketch_of
from tasks.steps import read_article, render, sum_up, summarise_story, whole, with_retries
from tasks.summaries.brief import readers_of
from tasks.summaries.overview_selected import selected_overview
from tasks.thumbnail import thumbnail_of
from tasks.workers import Workers


class Articles:
    """The articles of a plan, under way at once, in the order of the list."""

    def __init__(self, headlines: Sequence[Headline]) -> None:
        self.headlines = headlines
        self.running: list[asyncio.Task[Story | Failure]] = []
        self.steps = {headline.rank: Step.FETCH for headline in headlines}

    def outcomes(self, deadline: Deadline | None = None) -> list[Story | Failure]:
        """What became of each; what is still under way has missed the *deadline*.

        Raises:
            ArchiveError: as an article met it.
        """
        return [
            deadline.missed(headline, self.steps[headline.rank])
            if deadline and not task.done()
            else task.result()
            for headline, task in zip(self.headlines, self.running, strict=True)
        ]


@asynccontextmanager
async def articles(
    desk: Desk, plan: Plan, count: Callable[[bool], None]
) -> AsyncIterator[Articles]:
    """The articles of *plan*, all done when the block is left.

    *count* is told of each that is done, whether it is a story. The first that raises ends the
    others, and the block.

    Raises:
        ArchiveError: it is no article's fault, and what cannot be recorded would be lost.
    """
    under_way = Articles(plan.headlines)
    # As many more as are fetched at once: tasks that all begin together hold up the first.
    reading = asyncio.Semaphore(2 * desk.settings.fetch.concurrency)

    async def outcome(headline: Headline) -> Story | Failure:
        one = await _outcome(desk, plan, headline, reading, under_way.steps)
        count(isinstance(one, Story) or one.kind == DROPPED)
        return one

    try:
        async with asyncio.TaskGroup() as group:
            for headline in plan.headlines:
                under_way.running.append(group.create_task(outcome(headline)))
                await asyncio.sleep(0)  # Prefect's start of a task takes 5 ms: not all in a row
            yield under_way
    except BaseExceptionGroup as faults:
        raise faults.exceptions[0] from faults


async def _outcome(
    desk: Desk,
    plan: Plan,
    headline: Headline,
    reading: asyncio.Semaphore,
    steps: dict[int, Step],
) -> Story | Failure:
    """What becomes of *headline*. *reading* bounds the articles that are read at once.

    *steps* has, by rank, where each article is.
    """
    interests = desk.order.paper.interests
    if dropped := left_out(headline, interests):
        return _dropped(dropped)
    picture: asyncio.Task[Thumbnail | None] | None = None
    try:
        async with reading:
            article = await with_retries(read_article, desk.settings.fetch)(
                desk, headline, plan.pages_since
            )
        steps[headline.rank] = Step.SUMMARISE
        picture = asyncio.create_task(_picture(desk, headline))
        summary = await with_retries(summarise_story, desk.settings.summarise)(
            desk, headline, whole(article), plan.summaries_since
        )
        thumbnail = await picture
    except ArchiveError:
        raise
    except Exception as exc:  # noqa: BLE001 - the fan-in
        failure = make_failure(headline, steps[headline.rank], exc)
        get_run_logger().warning(
            "%d %s: %s",
            headline.rank,
            headline.title,
            failure.reason,
            exc_info=not isinstance(exc, PressrunError),
        )
        tell("failed", rank=headline.rank, failure=failure)
        return failure
    finally:
        if picture is not None:
            picture.cancel()
    get_run_logger().info("%d %s: %s", headline.rank, headline.title, summary.text)
    story = make_story(headline, article, summary).model_copy(update={"thumbnail": thumbnail})
    desk.sketches[headline.url] = sketch_of(story.title, article.text, article.language)
    one = weighed(story, interests)
    return _dropped(one) if isinstance(one, Failure) else one


def _dropped(failure: Failure) -> Failure:
    get_run_logger().info(
        "%d %s: left out, by the paper's interests: %s",
        failure.rank,
        failure.title,
        failure.reason,
    )
    tell("dropped", rank=failure.rank, failure=failure)
    return failure


async def _picture(desk: Desk, headline: Headline) -> Thumbnail | None:
    """The small picture of *headline*; whatever goes wrong with it is no fault of its story's."""
    try:
        return await thumbnail_of(desk, headline)
    except Exception as exc:  # noqa: BLE001 - the fan-in
        get_run_logger().debug("%d has no picture: %r", headline.rank, exc)
        return None


async def with_overview(desk: Desk, plan: Plan, edition: Edition, *, asking: bool) -> Edition:
    """*edition* with its overview, where the paper wants one.

    Without *asking*, or where that fails, it is selected, which takes no model.
    """
    paper = desk.order.paper
    if not paper.overview:
        return edition
    sha256 = overview_sha256(edition.language, desk.wording, readers_of(paper))
    overview = selected_overview(edition, sha256)
    if asking and is_writer(plan.model):
        try:
            overview = await with_retries(sum_up, desk.settings.summarise)(
                desk, whole(edition), plan.summaries_since
            )
        except Exception as exc:  # noqa: BLE001 - the fan-in
            get_run_logger().warning(
                "the overview is selected, as none could be written: %s",
                exc,
                exc_info=not isinstance(exc, PressrunError),
            )
    if overview is not None:
        sentences = len(overview.points)
        get_run_logger().info("the day in brief: %d sentences, %s", sentences, overview.way)
        tell("overview", way=overview.way, sentences=sentences)
    return edition.model_copy(update={"overview": overview})


async def rendered(
    desk: Desk, workers: Workers, edition: Edition, name: str
) -> tuple[str, tuple[Rendition, ...] | Exception]:
    """*name*, a renderer's, and its files of *edition*, or its error."""
    try:
        return name, await render(desk, workers, whole(edition), name)
    except Exception as exc:  # noqa: BLE001 - the fan-in
        get_run_logger().error(
            "renderer %s: %s", name, exc, exc_info=not isinstance(exc, PressrunError)
        )
        tell("unrendered", name=name, reason=str(exc))
        return name, exc
