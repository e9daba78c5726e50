"""Holding the lease of an edition while it is printed, and stopping when it is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from pressrun.archive.archive import Archive
from pressrun.archive.lease import TTL_S, Lease
from pressrun.errors import ArchiveError, EditionBusy

logger = logging.getLogger(__name__)


@asynccontextmanager
async def hold_lease(
    archive: Archive,
    paper: str,
    day: date,
    *,
    ttl_s: float = TTL_S,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[Lease]:
    """Holds the lease of an edition while the body runs, renewing it every third of its length.

    When it cannot be renewed any more, whatever the reason, the body is cancelled.

    Raises:
        EditionBusy: another run holds it, or took it meanwhile.
        ArchiveError: it expired, since the archive could not be written.
    """
    lease = await asyncio.to_thread(Lease.acquire, archive.files, paper, day, ttl_s=ttl_s, now=now)
    body = asyncio.current_task()
    assert body is not None  # a coroutine runs in a task
    requests = body.cancelling()
    lost: BaseException | None = None
    is_over = False

    async def keep() -> None:
        while True:
            await pause(ttl_s / 3)
            try:
                await asyncio.to_thread(lease.renew)
            except EditionBusy:
                raise
            except ArchiveError as exc:  # it may pass: the lease holds until it expires
                logger.warning("the lease was not renewed: %s", exc)
                if lease.is_expired():
                    raise

    def end_body(dead: asyncio.Task[None]) -> None:
        nonlocal lost
        if not is_over:
            lost = None if dead.cancelled() else dead.exception()
            body.cancel()

    keeper = asyncio.create_task(keep())
    keeper.add_done_callback(end_body)
    try:
        yield lease
    except asyncio.CancelledError:
        if lost is None or body.uncancel() > requests:
            raise
        raise lost from None
    finally:
        is_over = True
        keeper.cancel()
        try:
            await asyncio.to_thread(lease.release)
        except ArchiveError as exc:  # it expires by itself, and the body's own error matters more
            logger.warning("the lease was not given back: %s", exc)
