"""Leases: one edition is printed by one run at a time, whichever machine started it.

A lease is a file in the edition's folder, created and replaced by conditional put. Its owner
moves the time of expiry on while it prints. Times are compared between machines: their clocks
must agree to within a fraction of the lease's length.
"""

import os
import platform
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Self

from pydantic import ValidationError

from pressrun.archive import layout
from pressrun.archive.documents import written
from pressrun.archive.files import Files
from pressrun.archive.processes import machine, process_birth
from pressrun.errors import EditionBusy
from pressrun.models import Moment, Value

TTL_S = 60.0
"""A lease expires this long after its owner's last sign of life."""


class LeaseRecord(Value):
    """`lease.json`: who is printing. *machine* and *birth* tell a process from its namesakes."""

    token: str
    host: str
    machine: str
    pid: int
    birth: str
    acquired_at: Moment
    expires_at: Moment

    def __str__(self) -> str:
        return (
            f"process {self.pid} on {self.host}, since {self.acquired_at:%Y-%m-%d %H:%M:%S} UTC; "
            f"its lease expires at {self.expires_at:%H:%M:%S} UTC unless it is renewed"
        )

    def is_void(self, now: datetime) -> bool:
        """Whether it expired, or its owner was a process of this machine that is gone."""
        if self.expires_at <= now:
            return True
        return self.machine == machine() and self.birth != process_birth(self.pid)


class Lease:
    """A lease that this object holds; get one by `acquire`. Safe to use from several threads."""

    def __init__(
        self, files: Files, key: str, record: LeaseRecord, ttl_s: float, now: Callable[[], datetime]
    ) -> None:
        self._files, self._key, self._ttl, self._now = files, key, timedelta(seconds=ttl_s), now
        self._record: LeaseRecord | None = record
        self._lock = threading.Lock()

    @classmethod
    def acquire(
        cls,
        files: Files,
        paper: str,
        day: date,
        *,
        ttl_s: float = TTL_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Take the lease of an edition, also from an owner who is gone.

        Raises:
            EditionBusy: another holds it; `retry_after_s` is the time until it expires.
        """
        what = f"{paper} {day} is being printed"
        return cls.acquire_key(files, layout.lease(paper, day), what, ttl_s=ttl_s, now=now)

    @classmethod
    def acquire_key(
        cls,
        files: Files,
        key: str,
        what: str,
        *,
        ttl_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Take the lease at *key*; *what* says what its holder does. Raises as `acquire`."""
        while True:
            moment, raw = now(), files.read(key)
            holder = _parsed(raw)
            if holder and not holder.is_void(moment):
                raise EditionBusy(
                    f"{what} by {holder}. Wait for it; if you know that "
                    f"it is gone, delete {files.address(key)}",
                    retry_after_s=(holder.expires_at - moment).total_seconds(),
                )
            record = LeaseRecord(
                token=uuid.uuid4().hex,
                host=platform.node(),
                machine=machine(),
                pid=os.getpid(),
                birth=process_birth(os.getpid()),
                acquired_at=moment,
                expires_at=moment + timedelta(seconds=ttl_s),
            )
            # Read again for places whose swap cannot exclude other machines.
            if files.swap(key, raw, written(record)) and files.read(key) == written(record):
                return cls(files, key, record, ttl_s, now)

    def renew(self) -> None:
        """Move the expiry on; nothing after `release`.

        Raises:
            EditionBusy: another took the lease, after this one had expired.
            ArchiveError: the archive cannot be written now.
        """
        with self._lock:
            if self._record is None:
                return
            later = self._record.model_copy(update={"expires_at": self._now() + self._ttl})
            if not self._files.swap(self._key, written(self._record), written(later)):
                holder = _parsed(self._files.read(self._key))
                raise EditionBusy(
                    f"the lease {self._files.address(self._key)} was lost to "
                    f"{holder or 'someone who deleted it'}; print again when that run is done"
                )
            self._record = later

    def is_expired(self) -> bool:
        """Whether others may take it now."""
        with self._lock:
            return self._record is None or self._record.expires_at <= self._now()

    def release(self) -> None:
        """Give it back; nothing when it is another's by now, or was given back."""
        with self._lock:
            if self._record is not None:
                self._files.swap(self._key, written(self._record), None)
                self._record = None


def live_leases(files: Files, now: datetime) -> Iterator[tuple[str, date, LeaseRecord]]:
    """The leases of editions that are held at *now*: paper, date and holder."""
    for entry in files.entries(layout.EDITIONS):
        edition = layout.edition_of_lease(entry.key)
        holder = _parsed(files.read(entry.key)) if edition else None
        if edition and holder and not holder.is_void(now):
            yield *edition, holder


def _parsed(raw: bytes | None) -> LeaseRecord | None:
    if raw is None:
        return None
    try:
        return LeaseRecord.model_validate_json(raw)
    except ValidationError:
        return None
