"""The press deadline: when a scheduled run prints what is ready, and what it says of the rest."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pressrun.models import LATE, Failure, Headline, Moment, Step, Story, Value
from settings import PaperSettings
from tasks.order import utc_now

_GLANCE_S = 30.0
"""How often a wait looks at the clock, which may be set or sleep meanwhile."""


class Deadline(Value):
    """The moment *at* which what is ready is printed; *shown* is the paper's time of day for it."""

    at: Moment
    shown: str

    def missed(self, headline: Headline, step: Step) -> Failure:
        """What a printing at the deadline says of *headline*, which was at *step* then."""
        return Failure(
            rank=headline.rank,
            title=headline.title,
            url=headline.url,
            step=step,
            kind=LATE,
            reason=f"not ready at the press deadline, {self.shown}",
            transient=True,
        )


def deadline_for(paper: PaperSettings, scheduled: datetime) -> Deadline | None:
    """The deadline of a run of *paper* that was *scheduled* for then; None when it has none."""
    if paper.deadline is None:
        return None
    at = press_time(paper.deadline, paper.time_zone, scheduled)
    return Deadline(at=at, shown=f"{paper.deadline:%H:%M}")


def press_time(deadline: time, time_zone: str, scheduled: datetime) -> datetime:
    """The first moment at or after *scheduled* when clocks in *time_zone* show *deadline*, in UTC.

    A time that a day has twice counts twice. One that a day skips is as long after midnight as
    ever, when the clocks show it with the skipped time added.
    """
    zone = ZoneInfo(time_zone)
    today = scheduled.astimezone(zone).date()
    moments = []
    for day in (today, today + timedelta(days=1)):
        shown = datetime.combine(day, deadline, zone)
        first, again = (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        moments += [first, max(first, again)]
    return min(moment for moment in moments if moment >= scheduled)


async def until(
    moment: datetime,
    *,
    now: Callable[[], datetime] = utc_now,
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Return at *moment*, or at once when it has passed."""
    while (left_s := (moment - now()).total_seconds()) > 0:
        await pause(min(left_s, _GLANCE_S))


async def is_time_to_print(
    running: Collection["asyncio.Task[Story | Failure]"],
    bell: Coroutine[Any, Any, object],
    least: float,
) -> bool:
    """Wait until there is something to print before all of *running* are done; False when not.

    When *bell* ends, one story is enough: readers wait. Without any, as after a late start, the
    paper's coverage *least* (0 to 1) is waited for.
    """
    ringing = asyncio.create_task(bell)
    try:
        waiting = set(running)
        while waiting and not ringing.done():
            await asyncio.wait({ringing, *waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting = {task for task in waiting if not task.done()}
    finally:
        ringing.cancel()
    if not waiting or _stories(running):
        return bool(waiting)
    while waiting and not (_stories(running) and _stories(running) / len(running) >= least):
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    return bool(waiting)


def _stories(running: Collection["asyncio.Task[Story | Failure]"]) -> int:
    return sum(
        task.done()
        and not task.cancelled()
        and not task.exception()
        and isinstance(task.result(), Story)
        for task in running
    )
