"""Worker processes for slow, pure functions: each job has a time limit that kills.

Threads would not do: the work holds the interpreter's lock, and a page that sends a parser into a
quadratic loop can only be ended with its process. A worker that has read pages holds about
85 MB, most of it shared with the others where processes are forked.
"""

import asyncio
import fcntl
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection, context, parent_process, resource_tracker
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pressrun.errors import WorkerDied

Result = TypeVar("Result")

_PRELOADED = ["tasks.preload"]
"""Imported once, by the server that forks the workers: they start in milliseconds."""


class Workers:
    """A pool of *count* worker processes, for the time of an `async with` block.

    The processes start in the background when the block is entered, and are killed when it is
    left, with whatever they are at. They die with this process, also when that is killed, and
    leave Ctrl-C to it. They never import the main program.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPool | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="pressrun-", ignore_cleanup_errors=True)
        self._jobs: set[Future[Any]] = set()
        self._changing = asyncio.Lock()
        self._warming: asyncio.Task[ProcessPool] | None = None

    async def __aenter__(self) -> Self:
        self._warming = asyncio.create_task(self._running_pool())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def run(self, function: Callable[..., Result], *args: Any, timeout_s: float) -> Result:
        """What *function* returns for *args*, from a worker; both must be picklable.

        *timeout_s* counts from the moment that a worker begins. What the function raises comes
        back as it was. Cancelling the call ends the job.

        Raises:
            TimeoutError: the job took longer than *timeout_s*; its worker was replaced.
            WorkerDied: the worker ended in the middle of the job; it was replaced.
        """
        pool = await self._running_pool()
        name = getattr(function, "__qualname__", repr(function))
        job = pool.schedule(function, args=args, timeout=timeout_s)
        self._jobs.add(job)
        try:
            return await asyncio.wrap_future(job)
        except ProcessExpired as exc:
            raise WorkerDied(
                f"{name}: its worker process ended with exit code {exc.exitcode} in the middle of "
                "the job; a negative code is a signal, and -9 often a lack of memory"
            ) from exc
        except BrokenProcessPool as exc:
            raise WorkerDied(f"{name}: the worker processes ended: {exc}") from exc
        finally:
            self._jobs.discard(job)

    async def renew(self, count: int) -> None:
        """Go on with *count* new processes, when no job is under way.

        What the old ones hold is given back.
        """
        async with self._changing:
            pool, self._pool, self._count = self._pool, None, count
            if pool is not None:
                await asyncio.shield(asyncio.to_thread(_stop, pool))

    async def aclose(self) -> None:
        """End the workers at once; jobs still under way are cancelled."""
        if self._warming is not None:
            with suppress(asyncio.CancelledError, OSError):
                await self._warming
        async with self._changing:
            pool, self._pool = self._pool, None
            for job in tuple(self._jobs):
                job.cancel()
            if pool is not None:
                await asyncio.shield(asyncio.to_thread(_stop, pool))
            await asyncio.shield(asyncio.to_thread(self._folder.cleanup))

    async def _running_pool(self) -> ProcessPool:
        async with self._changing:
            if self._pool is None or not self._pool.active:
                broken, self._pool = self._pool, None
                if broken is not None:
                    await asyncio.to_thread(_stop, broken)
                # Shielded: a pool that starts while we are cancelled must still be known.
                self._pool = await asyncio.shield(
                    asyncio.to_thread(_start, self._count, self._folder.name)
                )
            return self._pool


def _start(count: int, folder: str) -> ProcessPool:
    """A pool whose processes run. Slow: a second or two the first time."""
    pool = ProcessPool(
        max_workers=count, initializer=_settle, initargs=(folder,), context=_context()
    )
    with _interrupt_blocked():
        if not pool.active:  # asking starts it
            raise WorkerDied(f"{count} worker processes did not start")
    return pool


@contextmanager
def _interrupt_blocked() -> Iterator[None]:
    """Start processes with SIGINT blocked: during their imports it would print a traceback."""
    # When we are killed, it tidies up, and need not tell the terminal so.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    resource_tracker.ensure_running()  # it unblocks SIGINT where it starts
    sys.warnoptions.pop()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    # Pebble takes away the locks of its workers before it ends them, and one that is still
    # starting prints a traceback about it. So they end first.
    for worker in tuple(pool._pool_manager.worker_manager.workers.values()):
        worker.kill()
        worker.join()
    pool.join()


def _settle(folder: str) -> None:
    """In a new worker: die at once when told to, and with the parent.

    A worker that is ended leaves its temporary files: WeasyPrint's are 15 MB. They go to *folder*.
    """
    tempfile.tempdir = folder
    # Pebble's handler waits for the parser to come back from C; the default action does not.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        # The kernel signals the end of the parent's pipe, and the default action ends us: also
        # within a parser that holds the interpreter's lock, where no thread of ours would run.
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _die_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


_MAIN_NAMES = ("__spec__", "__file__")
"""What `multiprocessing` reads of the main program to import it in a child."""
_hiding = threading.Lock()


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Keep a starting process from importing the main program again.

    `multiprocessing` has it do so for functions defined there. Ours never are, and the main
    program may be Prefect, whose import costs seconds of CPU in each worker.
    """
    main = sys.modules["__main__"]
    with _hiding:
        kept = {name: value for name, value in vars(main).items() if name in _MAIN_NAMES}
        for name in kept:
            setattr(main, name, None)
        # Gone, not None: `inspect`, in another thread, takes a None for a built-in module's.
        vars(main).pop("__file__", None)
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(main, name, value)


if sys.platform == "linux":

    class _Process(context.ForkServerProcess):
        def start(self) -> None:
            with _main_hidden():
                super().start()

    class _Context(context.ForkServerContext):
        Process = _Process

else:

    class _Process(context.SpawnProcess):
        def start(self) -> None:
            with _main_hidden():
                super().start()

    class _Context(context.SpawnContext):
        Process = _Process


def _context() -> context.BaseContext:
    """How workers start: forked by a small server with the parsers loaded, else spawned.

    Never forked from this process, which has threads and an event loop.
    """
    chosen = _Context()
    chosen.set_forkserver_preload(_PRELOADED)
    return chosen
