"""What ends a run early: Ctrl-C, SIGTERM, a terminal that closes.

The first signal cancels the run, which then closes its records and ends its children. The second,
or GRACE_S without an end, ends the process where it stands: its children follow by their lifeline,
its lease is void with it, and the archive is written whole or not at all.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

GRACE_S = 2.0
"""How long the end may take: closing the records takes 0.3 to 1 s, an import that has begun 3 s."""

CLAIM_S = 0.1
"""How often the signals are claimed: Prefect takes SIGTERM at a flow's start, and raises in it."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal ended the run. The process has GRACE_S from the signal on to end."""

    def __init__(self, number: int) -> None:
        by = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
        super().__init__(f"interrupted{by}; the next run goes on with what was recorded")
        self.exit_code = 128 + number
        """As shells have it: 130 after Ctrl-C, 143 after SIGTERM, 129 after a hang-up."""


def run(main: Coroutine[Any, Any, T], say: Callable[[str], None], *, grace_s: float = GRACE_S) -> T:
    """What *main* returns, unless a signal cancels it, which *say* is told of at once.

    Call from the main thread. *main* has *grace_s* to end.

    Raises:
        Interrupted: a signal came before the end.
    """
    stop = _Stop(say, grace_s)
    with stop.listening(), asyncio.Runner() as runner:
        return runner.run(stop.guard(main))


class _Stop:
    def __init__(self, say: Callable[[str], None], grace_s: float) -> None:
        self._say = say
        self._task: asyncio.Task[Any] | None = None
        self._why: Interrupted | None = None
        self._said = False
        self._alarm = threading.Timer(grace_s, self._end)
        self._alarm.daemon = True
        self._terminals = [fd for fd in (1, 2) if os.isatty(fd)]
        # What the caller has us ignore (nohup, a shell's background job) stays ignored.
        before = {number: signal.getsignal(number) for number in SIGNALS}
        self._before = {n: was for n, was in before.items() if was != signal.SIG_IGN}

    @contextmanager
    def listening(self) -> Iterator[None]:
        self._claim()
        try:
            yield
        finally:
            if self._why is None:  # else the second signal and the alarm stay armed
                for number, was in self._before.items():
                    signal.signal(number, was)

    async def guard(self, main: Coroutine[Any, Any, T]) -> T:
        self._task = asyncio.current_task()
        claiming = asyncio.create_task(self._keep_claiming())
        try:
            if self._why is not None:
                main.close()
                raise asyncio.CancelledError
            return await main
        except BaseException as exc:
            if self._why is not None:
                raise self._why from exc
            raise
        finally:
            claiming.cancel()

    async def _keep_claiming(self) -> None:
        while True:
            await asyncio.sleep(CLAIM_S)
            self._claim()

    def _claim(self) -> None:
        for number in self._before:
            if signal.getsignal(number) != self._hear:
                signal.signal(number, self._hear)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self._why is not None:
            self._end()
        self._why = Interrupted(number)
        if number == signal.SIGHUP:  # nobody reads there any more, and writing fails
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for fd in self._terminals:
                os.dup2(nowhere, fd)
        self._alarm.start()
        if self._task is not None and not self._task.done():
            self._task.get_loop().call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        assert self._task is not None
        self._said = True
        self._say(str(self._why))
        self._task.cancel()

    def _end(self) -> None:
        assert self._why is not None
        shown = "\r\x1b[0m\x1b[J\x1b[?25h" if 2 in self._terminals else ""  # the cursor is hidden
        last = shown if self._said else f"{shown}{self._why}\n"
        try:
            os.write(2, last.encode())
        finally:
            os._exit(self._why.exit_code)
