"""Pressrun's way: the flow `backfill` in a process of its own, as a worker has it.

    python -m benchmarks.backfilled.backfill_way API FIRST LAST

Settings come from the environment. Prints a JSON line when the flow begins, for each date that is
done, and when it has ended, each with the seconds of the system's monotonic clock; then it waits to
be ended, so that it can be looked at.
"""

import asyncio
import gc
import json
import sys
import threading
import time
from datetime import date
from typing import Any

from pressrun.cli.prefect import Server, decline_tracking, load_flow, using
from pressrun.lifeline import exit_with_parent


class Teller:
    """Passes on that a date is done."""

    def event(self, stage: str, /, **facts: object) -> None:
        """One line for a date."""
        if stage == "dated":
            say("date", outcome=str(getattr(facts["outcome"], "came", "")))


def say(at: str, **facts: object) -> None:
    """One line for the parent."""
    print(json.dumps({"at": at, "s": time.monotonic(), **facts}, ensure_ascii=False), flush=True)


def main() -> None:
    from tasks.observing import observing

    api, first, last = sys.argv[1:]
    decline_tracking()
    flow = load_flow("flows.backfill").backfill
    days = {"start": date.fromisoformat(first), "end": date.fromisoformat(last)}

    async def run() -> Any:
        with observing(Teller()):
            return await flow(**days, return_state=True)

    with using(Server(api, {"api.url": api})):
        say("begin")
        state = asyncio.run(run())
    say("end", message=state.message, objects=len(gc.get_objects()))
    threading.Event().wait()


if __name__ == "__main__":
    exit_with_parent()
    main()
