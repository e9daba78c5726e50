"""A backfill: which days, what is left of each, and what came of it (pure, but for the archive)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from pressrun.archive import Archive
from pressrun.errors import SettingsError
from pressrun.models import Edition, Refresh, Value
from tasks.order import PRINTED, Order, Todo, assign

LONGEST = 3660
"""Days of one backfill, at most: ten years."""


class Came(StrEnum):
    """What came of one date."""

    PRINTED = "printed"
    PARTIAL = "partial"
    KEPT_ASIDE = "kept aside"
    """Printed, with less than the edition had, which stays the current one."""
    SKIPPED = "skipped"
    """Nothing was left to do."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_BEGUN = "not begun"


LACKING = frozenset({Came.FAILED, Came.CANCELLED, Came.NOT_BEGUN})
"""What leaves a date without what was asked for."""


class Outcome(Value):
    """What came of one date of a backfill, and why, in words for a person."""

    edition_date: date
    came: Came
    stories: int = 0
    listed: int = 0
    revision: int = 0
    why: str = ""

    @classmethod
    def of(cls, day: date, came: Came, edition: Edition | None, why: str = "") -> "Outcome":
        """The outcome of *day*, with the figures of its current *edition*, if it has one."""
        if edition is None:
            return cls(edition_date=day, came=came, why=why)
        return cls(
            edition_date=day,
            came=came,
            stories=edition.told,
            listed=edition.wanted,
            revision=edition.revision,
            why=why,
        )


def refuse_relisting(refresh: Refresh | None, limit: int | None) -> None:
    """What is made anew keeps its list.

    Raises:
        SettingsError: a *limit* is given with a *refresh*.
    """
    if refresh and limit:
        raise SettingsError(
            f"a limit is of the list, which a refresh of {refresh} keeps: leave one of them out"
        )


def days_between(start: date, end: date, every: int = 1) -> tuple[date, ...]:
    """The days from *start* to *end*, both included, each *every* days.

    Raises:
        SettingsError: *end* is before *start*, or there are over `LONGEST` days.
    """
    if end < start:
        raise SettingsError(
            f"a backfill from {start} to {end} has no day: the last is before the first; "
            "give the earlier day first, and newest first by an option"
        )
    count = (end - start).days // every + 1
    if count > LONGEST:
        raise SettingsError(
            f"a backfill from {start} to {end} has {count} days, over {LONGEST}; "
            "make several of it, or print every few days"
        )
    return tuple(start + timedelta(days=every * number) for number in range(count))


def only_days(days: Sequence[date], text: str | None) -> tuple[date, ...]:
    """Those of *days* that *text* names, such as "2026-03-01, 2026-03-05"; all without a text.

    Raises:
        SettingsError: it names something else.
    """
    if not text:
        return tuple(days)
    try:
        named = {date.fromisoformat(part) for part in text.replace(",", " ").split()}
    except ValueError as exc:
        raise SettingsError(f"{text!r}: write days as YYYY-MM-DD, with commas between") from exc
    if not named:
        raise SettingsError(f"{text!r} names no day: write days as YYYY-MM-DD, or leave it out")
    if strange := sorted(named - set(days)):
        raise SettingsError(
            f"{', '.join(map(str, strange))}: not among the days of this backfill, "
            f"{days[0]} to {days[-1]}"
        )
    return tuple(day for day in days if day in named)


def left_to_do(archive: Archive, orders: Iterable[Order]) -> tuple[list[Order], list[Outcome]]:
    """The *orders* of which something is left to do, in their order; the others as skipped.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    todo: list[Order] = []
    skipped: list[Outcome] = []
    for order in orders:
        assignment = assign(archive, order)
        if assignment.todo is Todo.NOTHING:
            edition = assignment.edition
            why = PRINTED if edition else "no edition yet: there is nothing to draw"
            skipped.append(Outcome.of(order.edition_date, Came.SKIPPED, edition, why))
        else:
            todo.append(order)
    return todo, skipped


def in_words(outcomes: Iterable[Outcome]) -> str:
    """How many dates came to what, such as "364 of 365 dates: 360 printed, 1 failed"."""
    counts = Counter(outcome.came for outcome in outcomes)
    good = sum(counts[came] for came in Came if came not in LACKING)
    parts = [f"{counts[came]} {came}" for came in Came if counts[came]]
    return f"{good} of {sum(counts.values())} dates: {', '.join(parts) or 'nothing to print'}"


def as_rows(outcomes: Iterable[Outcome]) -> list[dict[str, str]]:
    """The outcomes by date, as rows of a table."""
    return [
        {
            "date": outcome.edition_date.isoformat(),
            "outcome": outcome.came.value,
            "stories": f"{outcome.stories} of {outcome.listed}" if outcome.listed else "",
            "revision": str(outcome.revision or ""),
            "why": outcome.why,
        }
        for outcome in sorted(outcomes, key=lambda outcome: outcome.edition_date)
    ]
