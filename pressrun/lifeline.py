"""Child processes that never outlive their parent, on Linux and macOS, even after its kill -9.

The parent holds the write end of a pipe that is the child's standard input. However the parent
ends, the system closes it, and the child reads the end of the file. Parent's side:
`child_process`. Child's side: `exit_with_parent`, or for a program that is not ours
`python -m pressrun.lifeline MODULE [ARGUMENT ...]`.
"""

import asyncio
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

POLL_S = 1.0
"""How often the child looks who its parent is: a forked sibling may hold the pipe open."""


def exit_with_parent() -> None:
    """End this process, and the session it leads, as soon as the parent is gone.

    Call once, first thing in a child started by `child_process`. Takes standard input.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], POLL_S)
        if readable and not os.read(0, 4096):
            break
    for group in groups_below(os.getpid()):  # a Prefect worker's runs have sessions of their own
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    if os.getpgrp() == os.getpid():  # what we started goes with us
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def groups_below(pid: int) -> set[int]:
    """The process groups that descendants of *pid* lead."""
    processes = _processes()
    below, grown = {pid}, True
    while grown:
        more = {child for child, (parent, _) in processes.items() if parent in below} - below
        below |= more
        grown = bool(more)
    return {child for child in below - {pid} if processes[child][1] == child}


def _processes() -> dict[int, tuple[int, int]]:
    """Each process's parent and group."""
    found: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):  # pid (name) state parent group ...
        with suppress(OSError):
            parent, group = stat.read_text(errors="replace").rpartition(")")[2].split()[1:3]
            found[int(stat.parent.name)] = (int(parent), int(group))
    if not found:  # macOS
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,pgid="],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        for line in listed.stdout.splitlines():
            child, parent, group = line.split()
            found[int(child)] = (int(parent), int(group))
    return found


@asynccontextmanager
async def child_process(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    pipes: bool = False,
    env: Mapping[str, str] | None = None,
    fds: Collection[int] = (),
    grace_s: float = 5.0,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run *argv* in a session of its own, and end all of that session at the exit.

    A Ctrl-C in the terminal does not reach the child: the parent decides. Standard output and
    error are appended to *log*; with *pipes* they are pipes, which the caller must read; else
    they go nowhere. *fds* are open files of ours that it has, too, under the same numbers. At the
    exit the session gets SIGTERM, and *grace_s* seconds later SIGKILL.

    Raises:
        OSError: the program or *log* cannot be opened.
    """
    output = asyncio.subprocess.PIPE if pipes else asyncio.subprocess.DEVNULL
    stream = log.open("ab") if log else None
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=stream or output,
            stderr=stream or output,
            env=env,
            pass_fds=tuple(fds),
            start_new_session=True,
        )
    finally:
        if stream:
            stream.close()
    try:
        yield process
    finally:
        await _end(process, grace_s)


async def _end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    try:
        if process.returncode is None:
            _signal_session(process, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace_s)
    finally:  # also when a second Ctrl-C cuts the grace short
        _signal_session(process, signal.SIGKILL)
        if process.stdin:
            process.stdin.close()
        await process.wait()


def _signal_session(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    # The leader's pid names the group. macOS answers EPERM for a group of zombies.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    exit_with_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
