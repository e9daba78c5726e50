"""A lease that is held: renewed and given back with the body, which ends when it is lost."""

import asyncio
from datetime import timedelta

import pytest

from pressrun.archive import Archive, Lease, hold_lease
from pressrun.errors import ArchiveError, EditionBusy
from tests.pressrun.archive.archive_desk import DAY, MOMENT
from tests.pressrun.archive.archive_leases import KEY, Clock, acquire


async def test_a_held_lease_is_renewed_while_the_body_runs_and_given_back(
    archive: Archive, clock: Clock
) -> None:
    ticks: asyncio.Queue[None] = asyncio.Queue()
    waiting: asyncio.Queue[float] = asyncio.Queue()

    async def pause(seconds: float) -> None:
        await waiting.put(seconds)
        await ticks.get()

    async with hold_lease(archive, "daily", DAY, now=clock, pause=pause):
        for _ in range(9):
            assert await waiting.get() == 20
            clock.pass_s(20)
            await ticks.put(None)
        await waiting.get()
        with pytest.raises(EditionBusy):
            acquire(archive, clock)
    assert archive.files.read(KEY) is None
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_body_is_cancelled_when_its_lease_is_lost(archive: Archive, clock: Clock) -> None:
    lost = asyncio.Event()

    async def pause(seconds: float) -> None:
        await lost.wait()

    async def body() -> None:
        async with hold_lease(archive, "daily", DAY, now=clock, pause=pause):
            clock.pass_s(60)
            acquire(archive, clock)
            lost.set()
            await asyncio.Event().wait()

    with pytest.raises(EditionBusy, match="was lost to process"):
        await body()
    await asyncio.sleep(0)  # the task goes on, uncancelled
    assert archive.files.read(KEY) is not None


async def test_a_cancelled_body_gives_its_lease_back_and_stays_cancelled(archive: Archive) -> None:
    inside = asyncio.Event()

    async def run() -> None:
        async with hold_lease(archive, "daily", DAY):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert archive.files.read(KEY) is None


async def test_an_error_of_the_body_passes_and_gives_the_lease_back(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError):
        async with hold_lease(archive, "daily", DAY):
            raise ZeroDivisionError
    assert archive.files.read(KEY) is None


async def test_an_archive_that_fails_for_a_while_costs_the_lease_only_when_it_expires(
    archive: Archive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: asyncio.Queue[None] = asyncio.Queue()
    ticks: asyncio.Queue[None] = asyncio.Queue()

    async def pause(seconds: float) -> None:
        await waiting.put(None)
        await ticks.get()

    def fail(key: str, old: bytes | None, new: bytes | None) -> bool:
        raise ArchiveError("the disk is away")

    async def body() -> None:
        async with hold_lease(archive, "daily", DAY, now=clock, pause=pause):
            monkeypatch.setattr(archive.files, "swap", fail)
            for _ in range(3):
                await waiting.get()
                clock.pass_s(20)
                await ticks.put(None)
            await asyncio.Event().wait()

    with pytest.raises(ArchiveError, match="the disk is away"):
        await body()
    assert clock() == MOMENT + timedelta(seconds=60)


async def test_the_body_ends_when_renewing_fails_in_a_way_that_nobody_foresaw(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pause(seconds: float) -> None:
        await asyncio.sleep(0)

    def fail(lease: Lease) -> None:
        raise ZeroDivisionError

    async def body() -> None:
        async with hold_lease(archive, "daily", DAY, pause=pause):
            await asyncio.Event().wait()

    monkeypatch.setattr(Lease, "renew", fail)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(body(), 30)
    assert archive.files.read(KEY) is None
