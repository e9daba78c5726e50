"""CPU and memory of a process and of those below it, looked at from outside (Linux)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Use(NamedTuple):
    """What a family of processes has used so far. What they share is counted once in *bytes*."""

    own_cpu_s: float
    """Of the process itself."""
    below_cpu_s: float
    """Of those that it started, also of those that have ended."""
    bytes: int = 0

    @property
    def cpu_s(self) -> float:
        """Of all of them."""
        return self.own_cpu_s + self.below_cpu_s

    def since(self, before: "Use") -> "Use":
        """What was used after *before*; the memory is that of now."""
        return Use(
            self.own_cpu_s - before.own_cpu_s, self.below_cpu_s - before.below_cpu_s, self.bytes
        )


def used(pid: int, *, memory: bool = False) -> Use:
    """What *pid* and those below it have used; *memory* too when it is asked for: that takes ms."""
    own = below = 0.0
    size = 0
    for one in _family(pid):
        alone, ended = _cpu(one)
        own += alone if one == pid else 0.0
        below += ended if one == pid else alone + ended
        size += _proportional(one) if memory else 0
    return Use(own, below, size)


def _family(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())


def _cpu(pid: int) -> tuple[float, float]:
    """Seconds of *pid*, and of its children that have ended; what is gone has none."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        return own * _TICK_S, ended * _TICK_S
    return 0.0, 0.0


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name == "Pss":
                return int(rest.split()[0]) * 1024
    return 0
