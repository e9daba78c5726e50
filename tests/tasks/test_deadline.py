"""The press deadline: its moment by the paper's clock, and when there is something to print."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from pressrun.models import Failure, Headline, Step, Story
from settings import PaperSettings
from tasks.deadline import Deadline, deadline_for, is_time_to_print, press_time, until
from tests.renderers.edition_samples import make_story

HEADLINE = Headline(rank=4, title="河湾大桥通车", url="https://news.example.com/4")
DEADLINE = Deadline(at=datetime(2026, 3, 12, 23, tzinfo=UTC), shown="07:00")
Outcome = Story | Failure


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "deadline", "scheduled", "expected"),
    [
        ("Asia/Shanghai", "07:00", "2026-03-12T22:30", "2026-03-12T23:00"),
        ("Asia/Shanghai", "07:00", "2026-03-12T23:00", "2026-03-12T23:00"),
        ("Asia/Shanghai", "07:00", "2026-03-12T23:01", "2026-03-13T23:00"),
        ("Asia/Shanghai", "00:10", "2026-03-12T15:50", "2026-03-12T16:10"),
        # Clocks go from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
        ("Europe/Berlin", "02:30", "2026-03-28T23:30", "2026-03-29T01:30"),
        ("Europe/Berlin", "07:00", "2026-03-29T00:30", "2026-03-29T05:00"),
        ("Europe/Berlin", "02:30", "2026-10-24T22:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "02:30", "2026-10-25T00:45", "2026-10-25T01:30"),
        ("Europe/Berlin", "02:30", "2026-10-25T01:45", "2026-10-26T01:30"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "07:00", "2011-12-29T18:00", "2011-12-30T17:00"),
    ],
)
def test_the_deadline_is_the_first_such_time_of_day_from_the_slot_on(
    zone: str, deadline: str, scheduled: str, expected: str
) -> None:
    assert press_time(time.fromisoformat(deadline), zone, utc(scheduled)) == utc(expected)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"])
def test_for_every_slot_of_a_year_there_is_a_deadline_within_two_days(zone: str) -> None:
    slots = [utc("2026-01-01T00:00") + timedelta(hours=3 * n) for n in range(8 * 366)]
    times = [press_time(time(2, 15), zone, slot) for slot in slots]
    waits = [found - slot for found, slot in zip(times, slots, strict=True)]
    assert min(waits) >= timedelta(0)
    assert max(waits) < timedelta(days=1, hours=1)
    assert all(one <= other for one, other in pairwise(times))


def test_a_paper_without_a_deadline_has_none() -> None:
    assert deadline_for(PaperSettings(), utc("2026-03-12T22:30")) is None
    found = deadline_for(PaperSettings(deadline=time(7)), utc("2026-03-12T22:30"))
    assert found == DEADLINE


def test_what_is_late_is_said_to_be_and_may_be_had_by_the_next_run() -> None:
    failure = DEADLINE.missed(HEADLINE, Step.SUMMARISE)
    assert (failure.rank, failure.step, failure.kind) == (4, "summarise", "Late")
    assert failure.reason == "not ready at the press deadline, 07:00"
    assert failure.transient


async def test_a_wait_goes_by_the_clock_also_when_that_is_set_meanwhile() -> None:
    start = utc("2026-03-12T22:30")
    clock = [start]
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += timedelta(minutes=20)  # the machine slept

    await until(start + timedelta(minutes=30), now=lambda: clock[0], pause=pause)
    assert len(waited) == 2
    assert max(waited) <= 60
    await until(start, now=lambda: clock[0], pause=pause)
    assert len(waited) == 2


class Newsdesk:
    """Articles that are done when a test says so, and the bell."""

    def __init__(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        self.ends: list[asyncio.Future[Outcome]] = [loop.create_future() for _ in range(count)]
        self.running = [asyncio.create_task(self._article(end)) for end in self.ends]
        self.bell = asyncio.Event()

    async def _article(self, end: "asyncio.Future[Outcome]") -> Outcome:
        return await end

    def write(self, number: int) -> None:
        self.ends[number].set_result(make_story(number + 1))

    def lose(self, number: int) -> None:
        self.ends[number].set_result(DEADLINE.missed(HEADLINE, Step.FETCH))

    def wait(self, least: float) -> "asyncio.Task[bool]":
        return asyncio.create_task(is_time_to_print(self.running, self.bell.wait(), least))


async def settled(waiting: "asyncio.Task[bool]") -> bool | None:
    """What *waiting* came to once nothing moves any more; None: it still waits."""
    for _ in range(20):
        await asyncio.sleep(0)
    return waiting.result() if waiting.done() else None


async def test_at_the_bell_one_story_is_enough() -> None:
    desk = Newsdesk(10)
    waiting = desk.wait(least=0.6)
    desk.write(0)
    assert await settled(waiting) is None
    desk.bell.set()
    assert await settled(waiting) is True


async def test_with_no_story_at_the_bell_the_papers_coverage_is_waited_for() -> None:
    desk = Newsdesk(5)
    waiting = desk.wait(least=0.6)
    desk.lose(0)
    desk.bell.set()
    assert await settled(waiting) is None
    desk.write(1)
    desk.write(2)
    assert await settled(waiting) is None
    desk.write(3)
    assert await settled(waiting) is True


async def test_what_is_all_ready_before_the_bell_is_printed_once() -> None:
    desk = Newsdesk(2)
    waiting = desk.wait(least=0.6)
    desk.write(0)
    desk.lose(1)
    assert await settled(waiting) is False


async def test_after_the_bell_what_is_never_enough_is_not_printed_early() -> None:
    desk = Newsdesk(3)
    desk.bell.set()
    waiting = desk.wait(least=0)
    assert await settled(waiting) is None, "an edition without a story is none"
    for number in range(3):
        desk.lose(number)
    assert await settled(waiting) is False
