"""What is wrong in the newsroom, on purpose: list rows that no reader can use.

Each fault stands on a date other than the demo's, and is one small function.
"""

from collections.abc import Callable
from datetime import date

Item = dict[str, object]
"""A row of a list."""


def untitled(item: Item) -> Item:
    """A row whose title is `false`, as Sina's lists have it at times."""
    return item | {"title": False, "url": f"{item['url']}?untitled"}


def without_url(item: Item) -> Item:
    """A row that has no address."""
    return {key: value for key, value in item.items() if key != "url"}


FAULTY_ROWS: dict[date, dict[int, Callable[[Item], Item]]] = {
    date(2026, 3, 10): {1: untitled, 3: without_url},
}
"""By date: behind which of a list's rows (from 1) stands a spoiled copy of it."""


def with_faults(items: list[Item], day: date | None) -> list[Item]:
    """*items*, the rows of *day* in rank order, with the day's faulty rows among them."""
    faults = FAULTY_ROWS.get(day, {}) if day else {}
    rows: list[Item] = []
    for position, item in enumerate(items, start=1):
        rows.append(item)
        if position in faults:
            rows.append(faults[position](item))
    return rows
