"""Are a summary's figures found in the article? Pure; the verifier's heart.

A figure is supported by one of the article that states the same value of the same kind, in a unit
that fits, with the same bound; where the words around it show that the article says something
else of this subject, it is not.
"""

import re
from typing import NamedTuple

from tasks.verification.figures_bounds import bounds_fit
from tasks.verification.figures_context import Context, adjoin, agreement, context_of, rarities
from tasks.verification.figures_find import find_figures
from tasks.verification.figures_match import (
    ByValue,
    agreeing,
    by_value,
    comparable,
    complete_dates,
    has_unit,
    other_unit,
    showing,
)
from tasks.verification.figures_trend import trend_of
from tasks.verification.values import Figure, Kind

__all__ = ["Figure", "Support", "find_figures", "support_figures"]

_CLEARLY = 0.25
"""How much of a figure's surroundings another of the article must share to take its place."""
_MUCH_LESS = 0.55
"""And at most this part of that is shared by the one of its own value."""


_MOST_RIVALS = 2000
"""Of so many figures of the article, its first, one may take another's place: 30,000 characters of
news have 700 at most."""
_TIED = re.compile(r"-([A-Za-z]{3,})")
_STEM_CHARS = 4
_NEAR = 150
"""How many characters before and after a figure its noun may stand, as in "a lead of 10 points"."""

_CHANGES = (Kind.SHARE, Kind.POINTS, Kind.TIMES)


class Support(NamedTuple):
    """A *figure* of a summary, and *where* the article states it; None, with the *reason*."""

    figure: Figure
    where: Figure | None
    reason: str = ""


def support_figures(summary: str, article: str) -> list[Support]:
    """For each figure of *summary*, in order, the figure of *article* that supports it best.

    Figures that are weak and stand nowhere are left out.
    """
    figures = complete_dates(find_figures(article))
    stands = by_value(figures)
    stated = find_figures(summary)
    same = {figure: agreeing(figure, stands) for figure in stated}
    claimed = {other for others in same.values() for other in others}
    unclaimed = [other for other in figures[:_MOST_RIVALS] if other not in claimed]
    contexts: dict[Figure, Context] = {}
    supports = []
    for figure in stated:
        fitting = [other for other in same[figure] if bounds_fit(figure.bound, other.bound)]
        if fitting:
            rivals = [other for other in unclaimed if comparable(figure, other)]
            for other in (*fitting, *rivals):
                if other not in contexts:
                    contexts[other] = context_of(article, other)
            nearby = {other: contexts[other] for other in (*fitting, *rivals)}
            best, rival = _nearest(context_of(summary, figure), nearby, fitting, rivals)
            against = (
                ""
                if figure.weak
                else (
                    _other_trend(summary, figure, article, fitting)
                    or _other_unit(figure, fitting, stands)
                    or _other_noun(summary, figure, article, fitting)
                    or (rival and f"the article has it of another thing, and here “{rival.text}”")
                )
            )
            supports.append(Support(figure, None if against else best, against or ""))
        elif not figure.weak:
            supports.append(Support(figure, None, _missing(figure, same[figure], stands)))
    return supports


def _nearest(
    around: Context, contexts: dict[Figure, Context], fitting: list[Figure], rivals: list[Figure]
) -> tuple[Figure, Figure | None]:
    """The one of *fitting* whose surroundings agree best, and a rival that clearly beats it."""
    rarity = rarities(contexts.values())
    scores = {other: agreement(around, context, rarity) for other, context in contexts.items()}
    best = max(fitting, key=lambda other: scores[other])
    near = [other for other in rivals if adjoin(around, contexts[other])]
    rival = max(near, key=lambda other: scores[other], default=None)
    if rival and scores[rival] >= _CLEARLY and scores[best] < _MUCH_LESS * scores[rival]:
        return best, rival
    return best, None


def _missing(figure: Figure, same: list[Figure], stands: ByValue) -> str:
    """Why nothing supports *figure*; *same* are those that differ by the bound alone."""
    if same:
        return f"the article has “{f'{same[0].bound} {same[0].text}'.strip()}”"
    for other in showing(figure, stands):
        return f"the article has “{other.text}”, another unit or kind of figure"
    return "stands nowhere in the article"


def _other_trend(summary: str, figure: Figure, article: str, fitting: list[Figure]) -> str:
    """The objection that a share which rose in the summary fell in the article, or the reverse."""
    trend = trend_of(summary, figure) if figure.readings[0].kind in _CHANGES else ""
    if not trend or any(trend_of(article, other) in ("", trend) for other in fitting):
        return ""
    return f"in the article “{fitting[0].text}” goes the other way"


def _other_unit(figure: Figure, fitting: list[Figure], stands: ByValue) -> str:
    """The objection that only a bare number fits, and the article gives it another unit."""
    if any(has_unit(figure, other) for other in fitting):
        return ""
    unlike = next((other for other in showing(figure, stands) if other_unit(figure, other)), None)
    return f"the article has “{unlike.text}”, another unit" if unlike else ""


def _other_noun(summary: str, figure: Figure, article: str, fitting: list[Figure]) -> str:
    """The objection that a noun tied to it by a hyphen, as in "10,000-post", is not near there."""
    tied = _TIED.match(summary, figure.end)
    if not tied or any(
        tied.group(1)[:_STEM_CHARS].lower()
        in article[max(other.start - _NEAR, 0) : other.end + _NEAR].lower()
        for other in fitting
    ):
        return ""
    return f"in the article “{fitting[0].text}” is not of “{tied.group(1)}”"
