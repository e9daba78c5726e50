"""`python -m pressrun.newsroom [--port N]`: serve the newsroom until Ctrl-C."""

import argparse
import asyncio
import sys

from pressrun.newsroom import DEMO_DATE, Newsroom, dates
from pressrun.newsroom.faults import FAULTS_DATE


async def serve(port: int) -> None:
    """Serve on *port* for ever, after a word on where."""
    async with Newsroom(port) as newsroom:
        days = ", ".join(day.isoformat() for day in dates())
        print(f"Newsroom: {newsroom.url}/\nLists:    {newsroom.list_url}")
        print(f"Rolling:  {newsroom.roll_url}")
        print(f"Dates:    {days} (demo: {DEMO_DATE})\nFaults:   {FAULTS_DATE}")
        print("Ctrl-C ends it.", flush=True)
        await asyncio.Event().wait()


def main() -> int:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m pressrun.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on loopback; 0: a free one")
    port = parser.parse_args().port
    try:
        asyncio.run(serve(port))
    except KeyboardInterrupt:
        return 130
    except (OSError, OverflowError) as exc:
        print(f"port {port} on loopback: {exc}; choose another with --port", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
