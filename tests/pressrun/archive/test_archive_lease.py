"""Leases: one run prints an edition at a time, and one that died does not stop the next."""

import asyncio
import json
import multiprocessing
import subprocess
import sys
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from pressrun.archive import Archive, Lease, hold_lease
from pressrun.archive.lease import process_birth
from pressrun.errors import ArchiveError, EditionBusy
from tests.pressrun.archive.archive_desk import DAY, MOMENT

KEY = "editions/daily/2026-11-21/lease.json"


class Clock:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.moment = MOMENT

    def __call__(self) -> datetime:
        return self.moment

    def pass_s(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def acquire(archive: Archive, clock: Clock) -> Lease:
    return Lease.acquire(archive.files, "daily", DAY, ttl_s=60, now=clock)


def test_a_held_lease_is_refused_naming_owner_since_when_and_until(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(10)
    with pytest.raises(EditionBusy) as caught:
        acquire(archive, clock)
    message = str(caught.value)
    for part in ("daily 2026-11-21", "process", "2026-11-22 06:30:00 UTC", "06:31:00 UTC", KEY):
        assert part in message
    assert caught.value.retry_after_s == 50
    lease.release()
    acquire(archive, clock).release()
    assert archive.files.read(KEY) is None


def test_another_edition_is_free(archive: Archive, clock: Clock) -> None:
    acquire(archive, clock)
    Lease.acquire(archive.files, "daily", DAY + timedelta(days=1), now=clock)
    Lease.acquire(archive.files, "world", DAY, now=clock)


def test_a_lease_expires_without_a_sign_of_life_and_not_with_one(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(59)
    lease.renew()
    clock.pass_s(59)
    with pytest.raises(EditionBusy):
        acquire(archive, clock)
    clock.pass_s(1)
    assert lease.is_expired()
    acquire(archive, clock)


def test_a_lease_that_was_taken_over_can_be_neither_renewed_nor_released(
    archive: Archive, clock: Clock
) -> None:
    old = acquire(archive, clock)
    clock.pass_s(60)
    new = acquire(archive, clock)
    with pytest.raises(EditionBusy, match="was lost to process"):
        old.renew()
    old.release()
    new.renew()
    archive.files.delete(KEY)
    with pytest.raises(EditionBusy, match="someone who deleted it"):
        new.renew()


def test_a_lease_that_expired_unnoticed_is_renewed_if_nobody_took_it(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(3600)
    lease.renew()
    with pytest.raises(EditionBusy):
        acquire(archive, clock)


@pytest.mark.parametrize("damage", [b"", b"{", b"{}", b"\xff"])
def test_a_damaged_lease_is_taken_over(archive: Archive, clock: Clock, damage: bytes) -> None:
    archive.files.write(KEY, damage)
    acquire(archive, clock).renew()


def test_a_killed_owner_on_this_machine_is_taken_over_at_once(local: Archive, folder: Path) -> None:
    code = (
        "import os, sys\nfrom datetime import date\nfrom pressrun.archive import Archive, Lease\n"
        "files = Archive.open(sys.argv[1]).files\n"
        "Lease.acquire(files, 'daily', date(2026, 11, 21), ttl_s=9999)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, timeout=60)
    assert done.returncode == -9
    assert local.files.read(KEY) is not None
    Lease.acquire(local.files, "daily", DAY).release()


@pytest.mark.parametrize(
    ("change", "free"),
    [({"birth": "1"}, True), ({"machine": "elsewhere"}, False), ({}, False)],
)
def test_a_process_number_means_something_only_with_its_machine_and_its_birth(
    archive: Archive, clock: Clock, change: dict[str, str], free: bool
) -> None:
    acquire(archive, clock)
    record = json.loads(archive.files.read(KEY) or b"")
    archive.files.write(KEY, json.dumps(record | change).encode())
    if free:
        acquire(archive, clock)
    else:
        with pytest.raises(EditionBusy):
            acquire(archive, clock)


def test_a_process_that_ended_and_was_not_yet_reaped_is_gone() -> None:
    process = subprocess.Popen(["true"])
    while process_birth(process.pid):  # until the kernel has ended it
        pass
    assert Path(f"/proc/{process.pid}").exists()
    process.wait()
    assert process_birth(process.pid) == ""


def contend(folder: str, start: Barrier, turns: int, done: Barrier) -> None:
    """Takes the lease as often as it can; each turn appends to a file while alone with it."""
    archive = Archive.open(folder)
    for turn in range(turns):
        start.wait()
        clock = Clock()
        clock.pass_s(3600 * turn)  # the lease of the last turn is over
        try:
            acquire(archive, clock)
        except EditionBusy:
            pass
        else:
            with (Path(folder) / "winners").open("a") as stream:
                stream.write(f"{turn}\n")
        done.wait()


def test_of_contending_processes_exactly_one_wins_a_free_or_an_expired_lease(
    local: Archive, folder: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    turns, contenders = 12, 3
    start, done = context.Barrier(contenders), context.Barrier(contenders)
    processes = [
        context.Process(target=contend, args=(str(folder), start, turns, done))
        for _ in range(contenders)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * contenders
    assert (folder / "winners").read_text().split() == [str(turn) for turn in range(turns)]


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
