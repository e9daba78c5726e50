"""Prints an edition again and again, each time killed one step later.

Run as `python -m tests.pressrun.archive.archive_killed FOLDER`: makes FOLDER/0000, FOLDER/0001,
..., archives with one whole printing in which a second one was killed before its n-th call that
changes the disk, and FOLDER/done, in which it was not killed.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pressrun.archive import Archive
from tests.pressrun.archive.archive_desk import DAY, Desk

KILLED = 137
CALLS = ("mkdir", "fsync", "replace", "unlink")


def print_second(folder: Path) -> None:
    """What a run does with an archive, from first to last."""
    desk, archive = Desk(), Archive.open(str(folder))
    archive.settle("daily", DAY)
    archive.store.record_page(DAY, desk.page())
    revision = archive.editions.begin(desk.plan())
    archive.publish(desk.edition(revision, 3), desk.renditions("two", "edition.png"))


def die_before(calls: int) -> None:
    """Ends this process before the system call after *calls* others, as SIGKILL would."""
    left = calls

    def deadly(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal left
            if left == 0:
                os._exit(KILLED)
            left -= 1
            return real(*args, **options)

        return call

    os.fsync = lambda fd: None  # a killed process loses no page of the kernel's cache
    for name in CALLS:
        setattr(os, name, deadly(getattr(os, name)))


def main(base: Path) -> None:
    """Makes the archives."""
    first = base / "first"
    Desk().print(Archive.open(str(first)), stories=2)
    for calls in range(1000):
        folder = base / f"{calls:04d}"
        shutil.copytree(first, folder)
        child = os.fork()
        if child == 0:
            die_before(calls)
            print_second(folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != KILLED:
            folder.rename(base / "done")
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
