"""Some of many rows, evenly over a span of time. Pure, and the same for any order of the rows."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Row(NamedTuple):
    """A row of a list that can be used; *moment* in seconds since the epoch."""

    moment: int
    url: str
    title: str
    medium: str = ""
    docid: str = ""
    image_url: str = ""


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """*rows* as a reader of news wants them: the last report of a matter before the first."""
    return sorted(rows, key=lambda row: (-row.moment, row))


def spread(rows: Iterable[Row], begin: int, end: int, limit: int) -> list[Row]:
    """At most *limit* of *rows*, as evenly from *begin* to *end* as they allow, the newest first.

    The span is cut into *limit* parts. Each gives the row nearest to its middle; what is then
    still wanted comes from the second row of those that have one, and so on. When fewer are wanted
    than could be given, those that give are chosen evenly.
    """
    length = (end - begin) / limit
    parts: dict[int, list[tuple[float, Row]]] = {}
    for row in rows:
        part = int((row.moment - begin) / length)
        distance = abs(row.moment - begin - (part + 0.5) * length)
        parts.setdefault(part, []).append((distance, row))
    turns = [sorted(parts[part]) for part in sorted(parts)]
    chosen: list[Row] = []
    while len(chosen) < limit and (turns := [turn for turn in turns if turn]):
        given = [turn.pop(0)[1] for turn in turns]
        chosen += evenly(given, min(len(given), limit - len(chosen)))
    return newest_first(chosen)


def evenly(items: Sequence[T], count: int) -> list[T]:
    """*count* of *items*, which are at least as many, at equal distances."""
    return [items[(2 * index + 1) * len(items) // (2 * count)] for index in range(count)]
