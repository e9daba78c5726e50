"""When to kill: named stages of a backfill, told from outside, so that the victim is unmodified."""

import asyncio
import fcntl
import json
import os
import random
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path

from pressrun.archive.files import ASIDE, LOCK
from pressrun.models import Value
from tests.kills.world import Log

SPIN_S = 0.001


class Victim(StrEnum):
    """What is killed."""

    FLOW = "flow process"
    WORKER = "worker"
    SERVER = "Prefect server"
    ENGINE = "embedded engine"


class Stage(StrEnum):
    """How far a backfill is."""

    LISTING = "listing"
    PLANNED = "planned"
    FIRST_PAGE = "first page recorded"
    PAGE = "k-th page recorded"
    SUMMARY = "k-th summary recorded"
    RENDERING = "rendering"
    MANIFEST = "between manifest and pointer"
    POINTER = "publishing the site"
    BETWEEN = "between two dates"
    END = "at the end"


class Moment(Value):
    """One kill: the *occurrence* of the stage that is waited for, and *delay_s* after it.

    *concurrency* is that of the backfill. A moment between two writes has no delay.
    """

    victim: Victim
    number: int
    stage: Stage
    occurrence: int
    delay_s: float
    concurrency: int

    @property
    def name(self) -> str:
        """`<victim> <number>`."""
        return f"{self.victim} {self.number:02d}"


def moment(victim: Victim, number: int, days: int, stories: int, seed: int = 5) -> Moment:
    """Moment *number* of *victim*, of a backfill of *days* with *stories* each (pure).

    Ten moments go through the stages; the first ten print two editions at once, the next one.
    """
    dice = random.Random(f"{seed} {victim} {number}")
    stage = list(Stage)[number % len(Stage)]
    total = days * stories
    most = {
        Stage.FIRST_PAGE: 1,
        Stage.PAGE: total - 1,
        Stage.SUMMARY: total - 1,
        Stage.BETWEEN: max(1, days - 1),
    }.get(stage, days)
    least = 2 if stage is Stage.PAGE else 1
    longest_s = {Stage.RENDERING: 0.4, Stage.MANIFEST: 0.0, Stage.POINTER: 0.0}.get(stage, 0.15)
    if victim is Victim.ENGINE and stage not in {Stage.MANIFEST, Stage.POINTER}:
        longest_s = 1.5  # an answer takes it seconds
    return Moment(
        victim=victim,
        number=number,
        stage=stage,
        occurrence=days if stage is Stage.END else dice.randint(least, most),
        delay_s=round(dice.uniform(0, longest_s), 3),
        concurrency=2 if (number // len(Stage)) % 2 == 0 else 1,
    )


class Scene:
    """What can be seen of a backfill into *archive* whose requests are in *log*."""

    def __init__(self, archive: Path, log: Log, stories: int) -> None:
        self.archive, self._log, self._stories = archive, log, stories

    @asynccontextmanager
    async def at(self, moment: Moment) -> AsyncIterator[None]:
        """The block runs at *moment*; between two writes, the victim is kept there meanwhile."""
        match moment.stage:
            case Stage.MANIFEST:
                held = await self._held(lambda: self._unpointed(moment.occurrence))
            case Stage.POINTER:
                held = await self._held(lambda: self._unshown(moment.occurrence))
            case _:
                held = []
                await self._reached(moment)
                await asyncio.sleep(moment.delay_s)
        try:
            yield
        finally:
            for handle in held:
                os.close(handle)  # which unlocks it

    async def _reached(self, moment: Moment) -> None:
        many = moment.occurrence
        match moment.stage:
            case Stage.LISTING:
                await self._log.has("list", many)
            case Stage.PLANNED:
                await _true(lambda: self._count("editions", "*/*/r*/plan.json") >= many)
            case Stage.FIRST_PAGE | Stage.PAGE:
                await _true(lambda: self._count("store/fetches", "*/*.json") >= many)
            case Stage.SUMMARY:
                await _true(lambda: self._count("store/summaries", "*/*.json") >= many)
            case Stage.RENDERING:
                whole = many * self._stories
                await _true(lambda: self._count("store/summaries", "*/*.json") >= whole)
            case _:
                await _true(lambda: len(self._shown()) >= many)

    async def _held(self, seen: Callable[[], bool]) -> list[int]:
        """Locks that keep every writer out of the archive, taken when something is *seen*.

        Manifest, pointer and the site's year are each replaced under a lock on a file that is
        opened anew each time. Before those who wait for it may go on, a locked one stands in its
        place, and before that one is opened, it was looked: however slow this process is, who
        replaced one of the three waits before the next.
        """
        end = threading.Event()

        def hold() -> list[int]:
            while not self.archive.is_dir():
                time.sleep(SPIN_S)
                if end.is_set():
                    return []
            gate = self._gate()
            while not end.is_set():
                following = self._gate()
                if seen():
                    return [gate, following]
                os.close(gate)
                gate = following
                time.sleep(SPIN_S)
            os.close(gate)
            return []

        try:
            return await asyncio.to_thread(hold)
        finally:
            end.set()

    def _gate(self) -> int:
        """A hold on a new lock of the archive, for which who comes from now on waits."""
        aside = self.archive / f".{uuid.uuid4().hex}{ASIDE}"
        handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        fcntl.flock(handle, fcntl.LOCK_EX)
        aside.replace(self.archive / LOCK)
        return handle

    def _count(self, folder: str, pattern: str) -> int:
        return sum(1 for _ in (self.archive / folder).glob(pattern))

    def _pointed(self) -> set[str]:
        return {path.parent.name for path in self.archive.glob("editions/*/*/current.json")}

    def _printed(self) -> set[str]:
        return {
            path.parent.parent.name for path in self.archive.glob("editions/*/*/r*/edition.json")
        }

    def _shown(self) -> set[str]:
        years = self.archive.glob("site/*/[0-9][0-9][0-9][0-9].json")
        entries = (json.loads(year.read_bytes())["entries"] for year in years)
        return {entry["edition_date"] for year in entries for entry in year}

    def _unpointed(self, occurrence: int) -> bool:
        pointed = self._pointed()
        return len(pointed) >= occurrence - 1 and bool(self._printed() - pointed)

    def _unshown(self, occurrence: int) -> bool:
        pointed = self._pointed()
        return len(pointed) >= occurrence and bool(pointed - self._shown())


async def _true(seen: Callable[[], bool]) -> None:
    """Return once it is *seen*."""
    while not seen():  # noqa: ASYNC110 - it happens in other processes
        await asyncio.sleep(0.004)
