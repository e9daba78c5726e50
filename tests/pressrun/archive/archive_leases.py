"""A lease that tests contend for, and the clock that it runs out by."""

from datetime import datetime, timedelta

from pressrun.archive import Archive, Lease
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


def acquire(archive: Archive, clock: Clock) -> Lease:
    return Lease.acquire(archive.files, "daily", DAY, ttl_s=60, now=clock)
