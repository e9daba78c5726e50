"""How far a run is, for who looks at it in Prefect's UI."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.exceptions import PrefectException

EVERY_S = 2.0
"""Least time between two updates, but for the last."""
LAST_S = 5.0
"""Longest wait for the last one."""

Count = Callable[[bool], None]
"""Takes note of one more that is done, and whether it came out well."""


@asynccontextmanager
async def progress(key: str, total: int, what: str) -> AsyncIterator[Count]:
    """The progress artifact *key* of *total* things, which are called *what*, for the block.

    It never holds up the block and never fails it: a server that does not take it is told of in
    the run's log, once, and is sent what comes after.
    """
    bar = _Bar(total, what)
    keeper = asyncio.create_task(bar.keep(key))
    try:
        yield bar.count
    finally:
        if not bar.full.is_set():
            keeper.cancel()
        await asyncio.wait([keeper], timeout=LAST_S)
        keeper.cancel()


class _Bar:
    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.good, self.failed = total, what, 0, 0
        self.moved, self.full = asyncio.Event(), asyncio.Event()
        self._artifact: UUID | None = None

    def count(self, good: bool) -> None:
        if good:
            self.good += 1
        else:
            self.failed += 1
        self.moved.set()
        if self.good + self.failed == self.total:
            self.full.set()

    async def keep(self, key: str) -> None:
        """Show it as it is now, as often as it may."""
        is_told = False
        while True:
            is_last = self.full.is_set()
            self.moved.clear()
            try:
                await self._show(key)
            except (httpx.HTTPError, PrefectException) as exc:
                if not is_told:
                    get_run_logger().warning("Prefect does not take the progress: %s", exc)
                is_told = True
            if is_last:
                return
            await self.moved.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.full.wait(), EVERY_S)

    async def _show(self, key: str) -> None:
        done = self.good + self.failed
        share = 100 * done / self.total if self.total else 100.0
        failed = f", {self.failed} failed" if self.failed else ""
        said = f"{self.good} of {self.total} {self.what}{failed}"
        if self._artifact is None:
            self._artifact = await acreate_progress_artifact(share, key=key, description=said)
        else:
            await aupdate_progress_artifact(self._artifact, share, description=said)
