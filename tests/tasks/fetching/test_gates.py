"""The gates, with a clock that only their own sleeping moves."""

import asyncio

import pytest

from pressrun.errors import FetchError
from settings import FetchSettings
from tasks.fetching.gates import HostGates


class Time:
    """A clock; sleepers are woken in order of their moments by `run`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        event = asyncio.Event()
        self._sleepers.append((self.now + seconds, event))
        await event.wait()

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        """Let time pass until all *tasks* are done."""
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort(key=lambda sleeper: sleeper[0])
                moment, event = self._sleepers.pop(0)
                self.now = max(self.now, moment)
                event.set()


def gates(time: Time, **options: float) -> HostGates:
    settings = FetchSettings.model_validate({"host_delay_s": 0, **options})
    return HostGates(settings, clock=time.clock, sleep=time.sleep)


async def starts(time: Time, door: HostGates, *hosts: str, takes_s: float = 0) -> list[float]:
    """When requests to *hosts*, all at the door at once, started: seconds from now."""
    began = time.now
    moments: list[float] = []

    async def request(host: str) -> None:
        async with door.slot(host):
            moments.append(time.now - began)
            if takes_s:
                await time.sleep(takes_s)

    await time.run(*(asyncio.create_task(request(host)) for host in hosts))
    return [round(moment, 6) for moment in moments]


async def test_starts_at_one_host_keep_their_distance() -> None:
    time = Time()
    door = gates(time, host_delay_s=0.5, per_host=4)
    assert await starts(time, door, "a", "a", "a", "b") == [0, 0, 0.5, 1.0]


async def test_a_slow_host_holds_no_slots_of_the_others() -> None:
    time = Time()
    door = gates(time, concurrency=2, per_host=1)
    assert await starts(time, door, *"aaaab", takes_s=10) == [0, 0, 10, 20, 30]


async def test_the_total_holds_over_all_hosts() -> None:
    time = Time()
    door = gates(time, concurrency=2)
    assert await starts(time, door, *"abcd", takes_s=3) == [0, 0, 3, 3]


async def test_a_closed_host_waits_and_others_do_not() -> None:
    time = Time()
    door = gates(time, max_retry_after_s=60)
    door.close("a", 20)
    assert await starts(time, door, "a", "a", "b") == [0, 20, 20]


async def test_a_host_is_granted_no_longer_than_the_limit() -> None:
    time = Time()
    door = gates(time, max_retry_after_s=60)
    door.close("a", 9000)
    assert await starts(time, door, "a") == [60]


async def test_a_host_that_closes_again_and_again_is_not_waited_for() -> None:
    time = Time()
    door = gates(time, max_retry_after_s=60)
    door.close("a", 60)
    assert await starts(time, door, "a") == [60]
    door.close("a", 60)
    with pytest.raises(FetchError, match="keeps asking for a pause") as caught:
        async with door.slot("a"):
            pass
    assert caught.value.transient
    assert caught.value.retry_after_s == 60


async def test_a_host_that_serves_again_has_its_patience_back() -> None:
    time = Time()
    door = gates(time, max_retry_after_s=60)
    door.close("a", 60)
    await starts(time, door, "a")
    door.welcome("a")
    door.close("a", 60)
    assert await starts(time, door, "a") == [60]


async def test_a_gate_that_closes_while_a_request_waits_for_the_total_holds_it() -> None:
    time = Time()
    door = gates(time, concurrency=1)

    async def first() -> None:
        async with door.slot("b"):
            await time.sleep(1)
            door.close("a", 30)

    moments = []

    async def second() -> None:
        async with door.slot("a"):
            moments.append(time.now)

    await time.run(asyncio.create_task(first()), asyncio.create_task(second()))
    assert moments == [1031]


async def test_a_request_that_fails_or_is_cancelled_gives_its_slots_back() -> None:
    time = Time()
    door = gates(time, concurrency=1, per_host=1)
    with pytest.raises(ZeroDivisionError):
        async with door.slot("a"):
            raise ZeroDivisionError
    door.close("a", 30)
    waiting = asyncio.create_task(starts(time, door, "a"))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await starts(time, door, "b", "a") == [0, 30]
