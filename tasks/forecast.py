"""What a backfill would do and cost, by the archive's own figures (pure, but for the archive)."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from pressrun.archive import Archive
from pressrun.models import Edition, Refresh, Value
from pressrun.spent import Spent
from tasks.order import Order, Todo, assign

SAMPLE = 30
"""Newest editions of the paper that figures are taken from."""


class Task(Value):
    """What one date would come to: *what* in words, and the most it asks for."""

    edition_date: date
    what: str
    lists: int = 0
    pages: int = 0
    summaries: int = 0


class Rates(NamedTuple):
    """What a summary took on average, over *summaries* of *editions*."""

    editions: int
    summaries: int
    calls: float
    tokens: float
    model_s: float

    @classmethod
    def of(cls, editions: Iterable[Edition]) -> "Rates":
        """The averages over the summaries of *editions*; zeros without any."""
        printed = list(editions)
        made = [story.summary for edition in printed for story in edition.stories]
        spent, count = Spent.on(made), max(len(made), 1)
        return cls(
            len(printed),
            len(made),
            spent.calls / count,
            (spent.prompt_tokens + spent.output_tokens) / count,
            (spent.load_s + spent.prompt_s + spent.output_s) / count,
        )


def forecast(archive: Archive, orders: Iterable[Order]) -> list[Task]:
    """What each order would come to, in their order. The store may hold part of it already.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    return [_task(archive, order) for order in orders]


def rates(archive: Archive, paper: str) -> Rates:
    """What a summary of *paper* took, over its newest editions."""
    days = islice(reversed(archive.editions.dates(paper)), SAMPLE)
    editions = (archive.editions.current(paper, day) for day in days)
    return Rates.of(edition for edition in editions if edition)


def _task(archive: Archive, order: Order) -> Task:
    day, assignment = order.edition_date, assign(archive, order)
    edition, plan = assignment.edition, assignment.plan
    if assignment.todo is Todo.NOTHING:
        what = "already printed" if edition else "no edition yet"
        return Task(edition_date=day, what=f"nothing: {what}")
    if assignment.todo is Todo.REDRAW:
        return Task(edition_date=day, what="draw the files again")
    if plan is None:
        limit = order.paper.limit
        return Task(edition_date=day, what="print", lists=1, pages=limit, summaries=limit)
    listed = len(plan.headlines)
    if assignment.todo is Todo.RESUME:
        what = "go on with what was begun"
        return Task(edition_date=day, what=what, pages=listed, summaries=listed)
    if order.refresh is Refresh.PAGES:
        what = "fetch the pages again"
        return Task(edition_date=day, what=what, pages=listed, summaries=listed)
    if order.refresh:
        return Task(edition_date=day, what="summarise again", summaries=listed)
    lacking = len([one for one in edition.failures if one.transient]) if edition else listed
    what = "try again what failed" if lacking else "draw further formats"
    return Task(edition_date=day, what=what, pages=lacking, summaries=lacking)


def in_words(todo: Sequence[Task], by: Rates) -> str:
    """The sums of *todo*, and what they would take of a model."""
    lists, pages = sum(task.lists for task in todo), sum(task.pages for task in todo)
    summaries = sum(task.summaries for task in todo)
    said = f"at most {lists} lists and {pages} pages to fetch, {summaries} summaries to ask for"
    if not summaries:
        return said
    if not by.summaries:
        return f"{said}; no edition yet tells what a summary takes"
    return (
        f"{said}: about {summaries * by.calls:,.0f} calls, {summaries * by.tokens:,.0f} tokens and "
        f"{_hours(summaries * by.model_s)} of one model's time, by the {by.summaries} summaries "
        f"of the last {by.editions} editions"
    )


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
