"""Programs that `pressrun up` keeps going: a Prefect server and a worker, as child processes."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NoReturn

from pressrun.cli.prefect import START_TIMEOUT_S, PrefectUnavailable, server_answers
from pressrun.errors import PressrunError
from pressrun.lifeline import child_process, groups_below

MOST_ENDS = 5
ENDS_WITHIN_S = 600.0
"""A program that ends by itself MOST_ENDS times within ENDS_WITHIN_S is not started again."""

DELAY_S = 2.0
"""The wait before the second start; doubles for each after it."""

SERVER_GRACE_S = 1.5
WORKER_GRACE_S = 0.5
RUNS_GRACE_S = 4.5
"""How long a run's process has to give its lease back."""

LOOK_S = 1.0
"""How often the worker's runs are looked at: when it is gone, they are nobody's children."""

LOG_BYTES = 20_000_000
"""A log longer than this is put aside at the next start."""


class Program:
    """A Python module that runs until it is ended: what is typed, its environment, its log."""

    def __init__(
        self,
        name: str,
        module: str,
        words: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        grace_s: float,
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        # The lifeline ends it, and the runs of a worker, however this process ends.
        self.argv = [sys.executable, "-m", "pressrun.lifeline", module, *words]
        self.env = env
        self.log = log
        self.grace_s = grace_s
        self.prepare = prepare
        """What is done before each start."""
        self.ends = False
        """It is to end, and not to start again."""
        self.pid: int | None = None
        self.groups: set[int] = set()
        """Process groups that it started, while they last."""

    def look(self) -> None:
        """Take note of the groups that it started."""
        if self.pid is not None:
            self.groups |= groups_below(self.pid)
        self.groups = {group for group in self.groups if _lives(group)}

    def tail(self, size: int = 800) -> str:
        """The end of its log."""
        try:
            return self.log.read_text(errors="replace")[-size:].strip()
        except OSError:
            return ""


async def keep(program: Program, say: Callable[[str], None]) -> NoReturn:
    """Run *program*, and again when it ends, until this is cancelled.

    Raises:
        PressrunError: it ends too often; the message has the end of its log.
    """
    ends: list[float] = []
    while True:
        if program.log.exists() and program.log.stat().st_size > LOG_BYTES:
            program.log.replace(program.log.with_suffix(".log.1"))
        if program.prepare:
            await program.prepare()
        async with child_process(
            program.argv, log=program.log, env=program.env, grace_s=program.grace_s
        ) as child:
            program.pid = child.pid
            code = await child.wait()
        program.pid = None
        if program.ends:
            await asyncio.Event().wait()
        _signal(program.groups, signal.SIGKILL)  # they would go on without what listens to them
        now = time.monotonic()
        ends = [*(end for end in ends if now - end < ENDS_WITHIN_S), now]
        if len(ends) >= MOST_ENDS:
            raise PressrunError(
                f"the {program.name} ended {MOST_ENDS} times within {ENDS_WITHIN_S / 60:.0f} "
                f"minutes; see {program.log}: {program.tail()}"
            )
        delay = DELAY_S * 2 ** (len(ends) - 1)
        say(f"the {program.name} ended with {code}; it starts again in {delay:.0f} s")
        await asyncio.sleep(delay)


async def until_it_answers(url: str, program: Program) -> None:
    """Return once the server of *program* answers at *url*.

    Raises:
        PrefectUnavailable: it does not in time.
    """
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            while not await asyncio.to_thread(server_answers, url):  # noqa: ASYNC110 - HTTP has no event
                await asyncio.sleep(0.3)
    except TimeoutError:
        raise PrefectUnavailable(
            f"the Prefect server at {url} did not answer within {START_TIMEOUT_S:.0f} s; see "
            f"{program.log}: {program.tail()}"
        ) from None


@asynccontextmanager
async def kept(
    program: Program, say: Callable[[str], None]
) -> AsyncIterator[asyncio.Task[NoReturn]]:
    """`keep` *program* for the time of the block, as a task; it ends only when it fails."""
    keeping = asyncio.create_task(keep(program, say))
    try:
        yield keeping
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError, PressrunError):
            await keeping


@asynccontextmanager
async def kept_beside(program: Program, say: Callable[[str], None]) -> AsyncIterator[None]:
    """`keep` *program* for the time of the block; when it fails, *say* tells, and all goes on."""

    def failed(keeping: "asyncio.Task[NoReturn]") -> None:
        if not keeping.cancelled() and (exc := keeping.exception()):
            say(f"{exc}; the rest goes on without")

    async with kept(program, say) as keeping:
        keeping.add_done_callback(failed)
        yield


@asynccontextmanager
async def ending_runs(worker: Program) -> AsyncIterator[None]:
    """At the end of the block, wait for the end of *worker*'s runs, and end it."""
    looking = asyncio.create_task(_look(worker))
    try:
        yield
    finally:
        looking.cancel()
        await end_runs(worker)


async def _look(worker: Program) -> None:
    while True:
        worker.look()
        await asyncio.sleep(LOOK_S)


async def end_runs(worker: Program) -> None:
    """End *worker* when the runs that it cancels have ended; those that do not, by force."""
    worker.look()
    with suppress(TimeoutError):
        async with asyncio.timeout(RUNS_GRACE_S):
            while worker.groups:
                await asyncio.sleep(0.05)
                worker.look()
    worker.ends = True
    if worker.pid is not None:  # else it would start what is put back
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
    _signal(worker.groups, signal.SIGKILL)


def _signal(groups: set[int], number: signal.Signals) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
