"""How far a printing is, for who looks at its run in Prefect's UI."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.exceptions import PrefectException

from pressrun.models import Failure, Story

EVERY_S = 1.0
"""Least time between two updates."""
UPDATES = 20
"""Most updates of one printing, whatever its length."""
LAST_S = 5.0
"""Longest wait for the last one."""

Count = Callable[[Story | Failure], None]


@asynccontextmanager
async def progress(paper: str, total: int) -> AsyncIterator[Count]:
    """A progress artifact of *total* articles for the time of the block; count each that is done.

    It never holds up the block and never fails it.
    """
    bar = _Bar(total)
    keeper = asyncio.create_task(bar.keep(f"progress-{paper}"))
    try:
        yield bar.count
    finally:
        if not bar.full.is_set():
            keeper.cancel()
        await asyncio.wait([keeper], timeout=LAST_S)
        keeper.cancel()


class _Bar:
    def __init__(self, total: int) -> None:
        self.total, self.stories, self.failures = total, 0, 0
        self.moved, self.full = asyncio.Event(), asyncio.Event()

    @property
    def share(self) -> float:
        return (self.stories + self.failures) / self.total if self.total else 1.0

    @property
    def said(self) -> str:
        failed = f", {self.failures} failed" if self.failures else ""
        return f"{self.stories} of {self.total} stories{failed}"

    def count(self, one: Story | Failure) -> None:
        before = self.share
        if isinstance(one, Story):
            self.stories += 1
        else:
            self.failures += 1
        if int(self.share * UPDATES) > int(before * UPDATES):
            self.moved.set()
        if self.share >= 1:
            self.full.set()

    async def keep(self, key: str) -> None:
        """Show it as it is now, as often as it may."""
        try:
            shown = await acreate_progress_artifact(0.0, key=key, description=self.said)
            while True:
                await self.moved.wait()
                self.moved.clear()
                share = self.share
                await aupdate_progress_artifact(shown, 100 * share, description=self.said)
                if share >= 1:
                    return
                try:
                    await asyncio.wait_for(self.full.wait(), EVERY_S)
                except TimeoutError:
                    continue
        except (httpx.HTTPError, PrefectException):
            return  # who looks sees less; the printing goes on
