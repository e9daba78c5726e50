"""What a user sees while an edition is printed: a live table on a terminal, else plain lines."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column
from rich.text import Text

from pressrun.models import Failure, ModelIdentity
from tasks.order import Order

ROOM_FOR_TIMES, ROOM_FOR_BARS, ROOM_FOR_LONG_BARS = 56, 72, 96
"""Columns of a terminal from which the table has them."""

COUNTED = {"fetched": "Fetched", "extracted": "Read", "summarised": "Summarised"}


class View:
    """An observer that counts; its subclasses show. A retried step is counted once."""

    def __init__(self) -> None:
        self.total = 0
        self.seen: dict[str, set[object]] = {stage: set() for stage in COUNTED}
        self.failed: set[object] = set()
        self.tokens = 0
        self.made = 0
        self.started: float | None = None

    def event(self, stage: str, /, **facts: object) -> None:
        """Take note of *stage*, and show it."""
        if stage == "listed":
            self.total = _number(facts["count"])
        elif stage in self.seen:
            self.seen[stage].add(facts["rank"])
        elif stage in {"failed", "dropped"}:
            self.failed.add(facts["rank"])
        elif stage == "summarising":
            self.started = self.started or time.monotonic()
        elif stage == "tokens":
            self.tokens += _number(facts["count"])
            self.made += 1
        self.show(stage, facts)

    def show(self, stage: str, facts: dict[str, object]) -> None:
        """Nothing: the silent view."""

    def say(self, line: str) -> None:
        """Nothing: the silent view."""

    def say_last(self, line: str) -> None:
        """Print *line*, after which nothing is shown any more."""
        self.say(line)

    def speed(self) -> str:
        """Tokens written per second and time left, once both are known.

        Summaries from the store cost no time: they are not what the time left is reckoned by.
        """
        done = len(self.seen["summarised"])
        if self.started is None or not self.tokens or not done:
            return ""
        elapsed_s = time.monotonic() - self.started
        over = self.seen["summarised"] | self.failed
        left_s = elapsed_s / self.made * (self.total - len(over))
        return f"{self.tokens / elapsed_s:.0f} tokens/s, {_clock(left_s)} left"


class Lines(View):
    """One line for each thing that happens, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def show(self, stage: str, facts: dict[str, object]) -> None:
        """Print the line of *stage*, if it has one."""
        line = ""
        if stage in COUNTED:
            done = len(self.seen[stage])
            if stage == "summarised" or done == self.total:
                line = f"{COUNTED[stage].lower()} {done} of {self.total}"
        else:
            line = _line(stage, facts)
        if line:
            self.say(line)

    def say(self, line: str) -> None:
        """Print *line*."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class Live(View):
    """A table that moves: a row for each stage."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self.rows: dict[str, TaskID] = {}
        for stage, words in (("model", "Model"), ("prefect", "Prefect"), ("listed", "Listed")):
            self.rows[stage] = progress.add_task(words, total=None, note="starting")
        progress.update(self.rows["listed"], note="waits for Prefect")
        for stage, words in COUNTED.items():
            self.rows[stage] = progress.add_task(words, total=None, note="", visible=False)
        for stage, words in (("overview", "In brief"), ("rendered", "Rendered")):
            self.rows[stage] = progress.add_task(words, total=None, note="", visible=False)
        self.formats = 0

    def say(self, line: str) -> None:
        """Print *line* above the table."""
        self.progress.console.print(line, markup=False, highlight=False)

    def say_last(self, line: str) -> None:
        """Print *line* in place of the table."""
        self.progress.stop()
        self.say(line)

    def show(self, stage: str, facts: dict[str, object]) -> None:
        """Move the row of *stage*."""
        update = self.progress.update
        if stage in COUNTED:
            note = self.speed() if stage == "summarised" else ""
            update(self.rows[stage], completed=len(self.seen[stage]), note=note)
        elif stage == "listed":
            update(self.rows["listed"], total=1, completed=1, note=f"{self.total} headlines")
            for counted in COUNTED:
                update(self.rows[counted], total=self.total, visible=True)
        elif stage in {"failed", "notice"}:
            self.say(_line(stage, facts))
        elif stage == "overviewing":
            update(self.rows["overview"], visible=True, note="being written")
        elif stage == "overview":
            note = f"{facts['sentences']} sentences, {facts['way']}"
            update(self.rows["overview"], visible=True, total=1, completed=1, note=note)
        elif stage in {"rendered", "unrendered", "rendering"}:
            self.formats += stage != "rendering"
            update(
                self.rows["rendered"],
                visible=True,
                total=_number(facts.get("total", 0)) or None,
                completed=self.formats,
                note=str(facts.get("name", "")),
            )
        elif stage in {"model", "prefect"}:
            update(self.rows[stage], total=1, completed=1, note=_line(stage, facts))
            if stage == "prefect":
                update(self.rows["listed"], note="")


@contextmanager
def make_view(order: Order, *, quiet: bool) -> Iterator[View]:
    """The view for this terminal; silent when *quiet*."""
    console = Console(stderr=True)
    if quiet:
        yield View()
        return
    console.print(f"[bold]{escape(order.paper.title)}[/bold] {order.edition_date}", highlight=False)
    can_move = console.is_terminal and not console.is_dumb_terminal
    if not can_move or not console.encoding.startswith("utf"):
        yield Lines(console)
        return
    columns = _columns(console.width)
    with _Table(*columns, console=console, transient=True, expand=True) as progress:
        yield Live(progress)


def _columns(width: int) -> list[ProgressColumn]:
    """What the table has room for: on a narrow terminal neither bars nor times."""
    columns: list[ProgressColumn] = [
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
    ]
    if width >= ROOM_FOR_BARS:
        columns.append(BarColumn(bar_width=24 if width >= ROOM_FOR_LONG_BARS else 12))
    columns.append(_Count())
    if width >= ROOM_FOR_TIMES:
        columns.append(TimeElapsedColumn())
    note = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    columns.append(TextColumn("[dim]{task.fields[note]}", table_column=note))
    return columns


class _Table(Progress):
    def get_renderables(self) -> Iterable[RenderableType]:
        yield from map(_Narrower, super().get_renderables())


class _Narrower:
    """Leaves room for the "^C" that a terminal shows: one that wraps would displace the table."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self._inner, options.update(width=options.max_width - 4))


class _Count(ProgressColumn):
    """Done of all, where there is something to count."""

    def render(self, task: Task) -> Text:
        if task.total is None or task.total <= 1:
            return Text("")
        return MofNCompleteColumn().render(task)


def _line(stage: str, facts: dict[str, object]) -> str:
    if stage == "engine":
        return f"engine: {facts['reason']}"
    if stage == "model":
        identity = facts["identity"]
        assert isinstance(identity, ModelIdentity)
        return f"{identity.model} ({identity.engine}, {identity.way})"
    if stage == "failed":
        failure = facts["failure"]
        assert isinstance(failure, Failure)
        return f"failed: {failure.rank} {failure.title}: {failure.reason}"
    return {
        "prefect starting": "starting Prefect",
        "prefect": f"ready at {facts.get('url')}",
        "listed": f"listed {facts.get('count')} headlines",
        "notice": str(facts.get("line")),
        "overview": f"in brief: {facts.get('sentences')} sentences, {facts.get('way')}",
        "rendered": f"rendered {facts.get('name')}",
        "unrendered": f"not rendered: {facts.get('name')}: {facts.get('reason')}",
    }.get(stage, "")


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes}:{rest:02d}"
