"""A progress bar on a run's page in Prefect's UI."""

import asyncio
from typing import Self
from uuid import UUID

import httpx
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from tasks.backfill import Outcome
from tasks.observing import tell
from tasks.showing import tried


class ProgressBar:
    """A progress bar on the run's page, brought up to date at most once a second or so."""

    def __init__(self, artifact: UUID | None, total: int) -> None:
        self._artifact, self._total, self._done = artifact, total, 0
        self._lock = asyncio.Lock()

    @classmethod
    async def begin(cls, key: str, total: int) -> Self:
        """The bar; none where there is nothing to do."""
        if not total:
            return cls(None, total)
        try:
            made = await acreate_progress_artifact(progress=0.0, key=key, description="dates")
        except httpx.HTTPError:  # the dates are printed without a bar
            return cls(None, total)
        return cls(made, total)

    async def add(self, outcome: Outcome) -> None:
        """One date more is done."""
        self._done += 1
        tell("dated", outcome=outcome)
        # While one update is under way, those that wait are covered by the next.
        if self._artifact is None or (self._lock.locked() and self._done < self._total):
            return
        async with self._lock:
            done = 100 * self._done / self._total
            await tried(aupdate_progress_artifact(self._artifact, progress=done))
