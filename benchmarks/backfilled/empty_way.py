"""The server's share at its least: child runs of two empty tasks an article, and nothing else.

    python -m benchmarks.backfilled.empty_way API DATES ARTICLES

Prints a JSON line when it begins and when it has ended; then it waits to be ended.
"""

import asyncio
import sys
import threading

from benchmarks.backfilled.backfill_way import say
from pressrun.cli.prefect import Server, decline_tracking, using
from pressrun.lifeline import exit_with_parent


async def run(dates: int, articles: int) -> None:
    """Two *dates* at once, as a backfill has them."""
    from prefect import flow, task

    @task
    async def nothing() -> None:
        pass

    @flow
    async def one() -> None:
        async def article() -> None:
            await nothing()
            await nothing()

        await asyncio.gather(*(article() for _ in range(articles)))

    @flow
    async def empty() -> None:
        room = asyncio.Semaphore(2)

        async def in_turn() -> None:
            async with room:
                await one()

        async with asyncio.TaskGroup() as group:
            for _ in range(dates):
                group.create_task(in_turn())

    await empty()


def main() -> None:
    api, dates, articles = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    decline_tracking()
    with using(Server(api, {"api.url": api})):
        say("begin")
        asyncio.run(run(dates, articles))
    say("end")
    threading.Event().wait()


if __name__ == "__main__":
    exit_with_parent()
    main()
