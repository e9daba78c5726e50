"""Processes of this machine, by /proc."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pressrun.archive.processes import process_birth


def below(pid: int) -> Iterator[int]:
    """The descendants of process *pid*, parents first."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    todo = [pid]
    while todo:
        children = parents.get(todo.pop(0), [])
        yield from children
        todo += children


def words(pid: int) -> str:
    """The command of process *pid*; "" when it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def is_alive(pid: int) -> bool:
    """Whether process *pid* is there and no zombie."""
    return process_birth(pid) != ""


async def gone(pid: int) -> None:
    """Return once process *pid* has ended."""
    while is_alive(pid):  # noqa: ASYNC110 - it is another's child
        await asyncio.sleep(0.01)


def kill(pid: int) -> None:
    """`kill -9`."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def surroundings(pid: int) -> str:
    """The environment that process *pid* was started with; "" when it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    return ""


def told(text: str) -> list[int]:
    """The processes that were started with *text* in their environment."""
    found = (int(folder.name) for folder in Path("/proc").glob("[0-9]*"))
    return [pid for pid in found if text in surroundings(pid)]
