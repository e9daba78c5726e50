"""Deliveries beside what goes on in a run: nothing waits for them, and the run ends after them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pressrun.archive import Published
from pressrun.letter import Write
from tasks.delivery.running import deliver_printing
from tasks.desk import Desk

Post = Callable[[Published], None]


@asynccontextmanager
async def posting(desk: Desk, write: Write) -> AsyncIterator[Post]:
    """Has what it is given delivered, each revision once, if it is current.

    The block ends when all was delivered or failed for good; one that is cancelled, at once.
    """
    under_way: dict[int, asyncio.Task[None]] = {}

    def post(published: Published) -> None:
        edition = published.edition
        if published.is_current and edition.revision not in under_way:
            work = deliver_printing(desk, edition, write)
            under_way[edition.revision] = asyncio.create_task(work)

    try:
        yield post
    except asyncio.CancelledError:
        for task in under_way.values():
            task.cancel()
        raise
    finally:
        await asyncio.gather(*under_way.values())
