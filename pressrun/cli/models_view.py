"""What a user sees while a model comes or goes: a bar that moves on a terminal, else lines."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Column

from tasks.engines import transfer

LINE_S = 5.0
"""Time between two lines about one step, where there is no terminal."""

WINDOW_S = 10.0
"""The time over which a speed is taken."""

ROOM_FOR_BAR = 72


class Meter:
    """The pace of a job, from what is told of it; *clock* gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._step = ""
        self._moments: deque[tuple[float, int]] = deque()

    def words(self, progress: transfer.Progress) -> str:
        """Bytes done, speed and time left; empty in a step without a size."""
        now = self._clock()
        if progress.step != self._step:
            self._step = progress.step
            self._moments.clear()
        if not progress.total_bytes:
            return ""
        self._moments.append((now, progress.moved_bytes))
        while self._moments[0][0] < now - WINDOW_S:
            self._moments.popleft()
        since, moved = self._moments[0]
        speed = (progress.moved_bytes - moved) / (now - since) if now > since else 0.0
        words = f"{decimal(progress.done_bytes)} of {decimal(progress.total_bytes)}"
        if speed >= 1:
            left_s = (progress.total_bytes - progress.done_bytes) / speed
            words += f", {decimal(int(speed))}/s, {_clock(left_s)} left"
        return words


class View:
    """Shows a job; this one shows nothing."""

    def report(self, progress: transfer.Progress) -> None:
        """Show *progress*."""

    def say(self, line: str) -> None:
        """Print *line* beside it."""


class Lines(View):
    """A line for each step, and one from time to time while bytes move, for logs and pipes."""

    def __init__(
        self, console: Console, title: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._title = title
        self._clock = clock
        self._meter = Meter(clock)
        self._step = ""
        self._due = 0.0

    def report(self, progress: transfer.Progress) -> None:
        """Print a line when the step is new, or has gone on for long enough."""
        words = self._meter.words(progress)
        now = self._clock()
        if progress.step == self._step and now < self._due:
            return
        self._step, self._due = progress.step, now + LINE_S
        if progress.total_bytes:
            words = f", {words} ({progress.done_bytes / progress.total_bytes:.0%})"
        self.say(f"{self._title}: {progress.step}{words}")

    def say(self, line: str) -> None:
        """Print *line*."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class Bar(View):
    """One row that moves."""

    def __init__(
        self, table: Progress, title: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._table = table
        self._row: TaskID = table.add_task(title, total=None, note="")
        self._meter = Meter(clock)

    def report(self, progress: transfer.Progress) -> None:
        """Move the row; a step without a size leaves the bar as it is."""
        note = f"{progress.step} {self._meter.words(progress)}".rstrip()
        if progress.total_bytes:
            total, done = progress.total_bytes, progress.done_bytes
            self._table.update(self._row, total=total, completed=done, note=note)
        else:
            self._table.update(self._row, note=note)

    def say(self, line: str) -> None:
        """Print *line* above the row."""
        self._table.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def make_view(title: str, *, quiet: bool) -> Iterator[View]:
    """The view for this terminal of a job called *title*; silent when *quiet*."""
    console = Console(stderr=True)
    if quiet:
        yield View()
    elif not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console, title)
    else:
        note = Column(no_wrap=True, overflow="ellipsis")
        columns = [
            SpinnerColumn(),
            TextColumn("{task.description}", table_column=Column(no_wrap=True), markup=False),
            *([BarColumn(bar_width=24)] if console.width >= ROOM_FOR_BAR else []),
            TextColumn("{task.fields[note]}", table_column=note, markup=False),
        ]
        with Progress(*columns, console=console, transient=True) as table:
            yield Bar(table, title)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
