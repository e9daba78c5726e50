"""The kills by hand: `python -m tests.kills STATE`, again and again until all are over.

STATE is a file of JSON that keeps which moments are over, with their counts. The table for
docs/reliability.md is printed at the end; `--table` prints that of STATE as it is.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.kills.campaign import MOMENTS, State, moments, run
from tests.kills.stages import Victim
from tests.kills.table import table

VICTIMS = {victim.name.lower(): victim for victim in Victim}


def main() -> None:
    """Run the campaign that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("state", type=Path, help="file of JSON that keeps what is over")
    parser.add_argument(
        "--victim", action="append", choices=VICTIMS, help="only this one; may be repeated"
    )
    parser.add_argument("--first", type=int, default=0, help="the first moment's number")
    parser.add_argument("--moments", type=int, default=MOMENTS, help="how many of each victim")
    parser.add_argument("--folder", type=Path, help="where the archives are made; else temporary")
    parser.add_argument(
        "--delivery", action="store_true", help="have every edition sent, and count what arrives"
    )
    parser.add_argument("--table", action="store_true", help="print the table of STATE, and end")
    given = parser.parse_args()
    if not given.table:
        victims = [VICTIMS[name] for name in given.victim or VICTIMS]
        wanted = moments(victims, range(given.first, given.first + given.moments))
        folder = given.folder or Path(tempfile.mkdtemp(prefix="pressrun-kills-"))
        folder.mkdir(parents=True, exist_ok=True)
        campaign = run(
            wanted,
            given.state,
            folder,
            lambda line: print(line, flush=True),
            delivering=given.delivery,
        )
        asyncio.run(campaign)
    print(table(State.read(given.state).outcomes))


if __name__ == "__main__":
    main()
