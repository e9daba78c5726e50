"""The archive's disk, full or read-only in the middle of a backfill: what is said, and kept."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pressrun.cli.prefect import Server, using
from tests.kills.evidence import Holding, done_again, faults_at_kill, faults_in_the_end, holding
from tests.kills.world import Log, Model, Site

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAYS = (date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12))
STORIES = 2


class Disk:
    """A small file system of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.archive = folder / "archive"
        self._folder, self._filler = folder, folder / "filler"

    def mount(self, options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "pressrun-test", str(self._folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"mount needs more rights: {done.stderr.strip()}")

    def fill(self) -> None:
        """Leave no block free: not a byte more can be written."""
        free = os.statvfs(self._folder)
        with self._filler.open("wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, free.f_bavail * free.f_frsize)
        assert not os.statvfs(self._folder).f_bavail

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    one = Disk(place)
    one.mount("size=24m,mode=0700")
    try:
        yield one
    finally:
        subprocess.run(["umount", str(place)], check=True)


class Turning(Log):
    """Has *turn* happen once, when all summaries of the second day are asked for.

    None is answered before: all pages are recorded then, and nothing is being written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turn: Callable[[], object] = _stay

    async def add(self, kind: str, item: str) -> None:
        await super().add(kind, item)
        if kind == "summary" and item.startswith(f"{DAYS[1]:%Y%m%d}"):
            await self.has("summary", 2 * STORIES)
            turn, self.turn = self.turn, _stay
            turn()


def _stay() -> None:
    """Nothing happens."""


class World(NamedTuple):
    """What a backfill reads and asks, and the log of it."""

    log: Turning
    site: Site
    model: Model


class Press:
    """Backfills of `DAYS` onto *disk*, one day at a time."""

    def __init__(self, disk: Disk, log: Turning) -> None:
        self.archive, self.log = disk.archive, log

    async def run(self) -> Any:
        from flows.backfill import backfill

        return await backfill(DAYS[0], DAYS[-1], concurrency=1, return_state=True)

    async def completes(self, held: Holding) -> None:
        """One more run prints all, and does nothing again that was *held*."""
        before = len(self.log.requests)
        state = await self.run()
        assert state.message.startswith("3 of 3 dates: ")
        assert done_again(held, self.log.requests[before:], self.archive) == []
        assert faults_in_the_end(self.archive, DAYS, STORIES) == []


@pytest.fixture
async def world() -> AsyncIterator[World]:
    log = Turning()
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(Site(log, STORIES))
        model = await stack.enter_async_context(Model(log, answer_s=0))
        yield World(log, site, model)


@pytest.fixture
def press(
    world: World, disk: Disk, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Press]:
    given = {
        "ARCHIVE": str(disk.archive),
        "ENGINE": "ollama",
        "ENGINES__OLLAMA__HOST": world.model.url,
        "ENGINES__OLLAMA__MODEL": world.model.model,
        "SOURCES__SINA__LIST_URL": world.site.list_url,
        "FETCH__PRIVATE_HOSTS": "true",
        "FETCH__HOST_DELAY_S": "0",
        "FETCH__PER_HOST": "1",
        "PAPERS__DAILY__FORMATS": '["html"]',
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PRESSRUN_{name}", value)
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield Press(disk, world.log)


async def test_a_disk_that_fills_up_is_said_and_costs_nothing_that_was_recorded(
    press: Press, disk: Disk
) -> None:
    press.log.turn = disk.fill
    state = await press.run()
    assert state.message.startswith("1 of 3 dates: 1 printed, 2 failed; 2026-03-11 failed: ")
    assert "the disk is full: free some space" in state.message
    held = holding(disk.archive, DAYS)
    assert held.printed == {"20260310"}
    assert (len(held.pages), len(held.summaries)) == (2 * STORIES, STORIES)
    assert faults_at_kill(disk.archive, DAYS) == []
    assert not list(disk.archive.rglob("*.tmp"))
    disk.free()
    await press.completes(held)


async def test_a_disk_that_turns_read_only_is_said_and_what_is_printed_can_be_read(
    press: Press, disk: Disk
) -> None:
    press.log.turn = lambda: disk.mount("remount,ro")
    state = await press.run()
    assert state.message.startswith("1 of 3 dates: 1 printed, 2 failed; 2026-03-11 failed: ")
    assert "the file system is read-only: mount it writable" in state.message
    held = holding(disk.archive, DAYS)
    assert held.printed == held.shown == {"20260310"}
    assert faults_at_kill(disk.archive, DAYS) == []
    requests = len(press.log.requests)
    again = await press.run()
    assert "1 skipped, 2 failed" in again.message
    assert "mount it writable" in again.message
    assert not {request.kind for request in press.log.requests[requests:]} & {"page", "summary"}
    disk.mount("remount,rw")
    # It could not be given back, and its owner, a process of the run elsewhere, is this one here.
    [lease] = disk.archive.rglob("lease.json")
    lease.unlink()
    await press.completes(held)
