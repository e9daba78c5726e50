"""What a user sees of a backfill: a line a date, and a bar on a terminal; the table at the end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tasks.backfill import Came, Outcome, as_rows, in_words

COLOURS = {
    Came.PRINTED: "green",
    Came.PARTIAL: "yellow",
    Came.KEPT_ASIDE: "yellow",
    Came.SKIPPED: "dim",
}
"""Colours by outcome; the others are red."""

MOST_SKIPPED = 12
"""Dates with nothing to do that the final table has rows for; more are only counted."""


class DatesView:
    """An observer that keeps the outcome of each date, and shows it; silent without a console."""

    def __init__(self, console: Console | None, bar: Progress | None, total: int) -> None:
        self.outcomes: dict[object, Outcome] = {}
        self._console, self._bar, self._total = console, bar, total
        self._row = bar.add_task("starting", total=total) if bar else None
        self._stories, self._first = 0, 0.0

    def event(self, stage: str, /, **facts: object) -> None:
        """Take note of *stage*, and show it."""
        if stage == "dated" and isinstance(outcome := facts["outcome"], Outcome):
            self.outcomes[outcome.edition_date] = outcome
            self.say(_line(outcome))
        elif stage == "notice":
            self.say(f"[yellow]{escape(str(facts['line']))}[/yellow]")
        elif stage == "summarised":
            self._stories += 1
            self._first = self._first or time.monotonic()
        self._show()

    def say(self, markup: str) -> None:
        """One line that stays."""
        if self._console:
            self._console.print(markup, highlight=False, soft_wrap=True)

    def say_last(self, line: str) -> None:
        """The line that an interrupted run ends with."""
        if self._bar:
            self._bar.stop()
        self.say(escape(line))

    def _show(self) -> None:
        if self._bar is None or self._row is None:
            return
        done = len(self.outcomes)
        minutes = (time.monotonic() - self._first) / 60 if self._first else 0.0
        said = f"{self._stories} stories"
        if done and minutes > 0.2:
            left = minutes / done * (self._total - done)
            said += f", about {left:.0f} min left" if left >= 1 else ", a minute left"
        self._bar.update(self._row, completed=done, description=said)


@contextmanager
def dates_view(paper: str, total: int, *, quiet: bool) -> Iterator[DatesView]:
    """The view for this terminal; silent when *quiet*."""
    if quiet:
        yield DatesView(None, None, total)
        return
    console = Console(stderr=True)
    console.print(f"[bold]{escape(paper)}[/bold]: {total} dates to print", highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        yield DatesView(console, None, total)
        return
    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield DatesView(bar.console, bar, total)


def print_table(console: Console, outcomes: Sequence[Outcome]) -> None:
    """The table of all dates, and what they come to."""
    skipped = sum(one.came is Came.SKIPPED for one in outcomes)
    shown = [one for one in outcomes if one.came is not Came.SKIPPED or skipped <= MOST_SKIPPED]
    shown.sort(key=lambda one: one.edition_date)
    table = Table("date", "outcome", "stories", "rev.", "why", box=None, pad_edge=False)
    for row, one in zip(
        as_rows(shown), sorted(shown, key=lambda one: one.edition_date), strict=True
    ):
        cells = [escape(cell) for cell in row.values()]
        table.add_row(*cells, style=COLOURS.get(one.came, "red"))
    if shown:
        console.print(table, soft_wrap=True)
    console.print(in_words(outcomes), highlight=False)


def _line(outcome: Outcome) -> str:
    colour = COLOURS.get(outcome.came, "red")
    said = f"{outcome.edition_date} [{colour}]{outcome.came}[/{colour}]"
    if outcome.listed:
        said += f" {outcome.stories} of {outcome.listed}"
    return f"{said}: {escape(outcome.why)}" if outcome.why else said
