"""The table of docs/reliability.md: what kills cost, by victim and stage."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tests.kills.moments import Outcome, Tally
from tests.kills.stages import Stage, Victim

COLUMNS = (
    "Stage",
    "Kills",
    "Recorded at the kill",
    "In flight",
    "The run went on to ask for",
    "The run ended",
    "The next run asked for",
    "Done again",
    "Wrong",
)


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes in Markdown, a table for each victim (pure)."""
    parts = []
    for victim in Victim:
        mine = [one for one in outcomes if one.moment.victim is victim]
        if mine:
            rows = [
                _row(stage, [one for one in mine if one.moment.stage is stage]) for stage in Stage
            ]
            total = _row("together", mine)
            head = [
                f"**{victim}**, {len(mine)} kills",
                "",
                _line(COLUMNS),
                "|---" * len(COLUMNS) + "|",
            ]
            lines = [*head, *filter(None, rows), total]
            parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _row(name: str, some: Sequence[Outcome]) -> str:
    if not some:
        return ""
    cells = (
        name,
        str(len(some)),
        _figures(one.held for one in some),
        _figures(one.in_flight for one in some),
        _figures(one.survivor for one in some),
        _states(one.state for one in some),
        _figures(one.more for one in some),
        str(sum(len(one.again) for one in some)),
        str(sum(len(one.faults) for one in some)),
    )
    return _line(cells)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _states(names: Iterable[str]) -> str:
    """How many runs ended in which state: `2 Crashed`."""
    return ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))


def _figures(tallies: Iterable[Tally]) -> str:
    """Lists, pages, summaries and editions, added up: `7 / 25 / 21 / 4`."""
    some = tuple(tallies)
    parts: tuple[Callable[[Tally], int], ...] = (
        lambda one: one.lists,
        lambda one: one.pages,
        lambda one: one.summaries,
        lambda one: one.editions,
    )
    return " / ".join(str(sum(map(part, some))) for part in parts)
