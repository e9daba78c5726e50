"""Two figures with "to", "-" or 比 between them: ranges, scores, and years like 2013-14."""

import re
from dataclasses import replace
from fractions import Fraction

from tasks.verification.figures_zh import ARABIC, NUMERAL, read_numeral
from tasks.verification.values import Figure, Kind, Reading, Unit, one

_TO = re.compile(r"\s?(?:-|~|至|到|或|、|/)\s?|\s(?:to|and|or)\s", re.I)
_VERSUS = re.compile(r"\s?[-:比]\s?")
_LONGEST = 5
_UNMEASURED = (Unit(), Unit("count"))


def join_ranges(text: str, figures: list[Figure]) -> list[Figure]:
    """*figures* in order, the first end of a range read with the scale and unit of the second.

    A score ("3-2"), or a range without any unit, becomes one figure of two values. Of 2013-14 the
    second is 2014; of 18-20 June the first is a day of June.
    """
    joined: list[Figure] = []
    for figure in figures:
        if not joined or figure.start - joined[-1].end > _LONGEST:
            joined.append(figure)
        elif figure.start >= joined[-1].end:
            joined[-1:] = _join(text, joined[-1], figure)
    return joined


def _join(text: str, low: Figure, high: Figure) -> list[Figure]:
    between = text[low.end : high.start]
    first, second = low.readings[0], high.readings[0]
    if first.kind is not Kind.NUMBER or len(first.values) != 1 or first.unit.base or low.weak:
        return [low, high]
    plain = second.kind is Kind.NUMBER and second.unit in _UNMEASURED
    is_year = any(reading.kind is Kind.DATE for reading in low.readings)
    if is_year and plain and between in ("-", "/") and re.fullmatch(r"\d\d?", high.text):
        size = 10 ** len(high.text)
        year = first.values[0] // size * size + second.values[0]
        return [low, replace(high, readings=_year(year)) if year > first.values[0] else high]
    plain = plain and _scale(high) == 1
    if plain and _VERSUS.fullmatch(between) and len(second.values) == 1 and not is_year:
        pair = Reading(Kind.NUMBER, (*first.values, *second.values))
        return [Figure(low.start, high.end, text[low.start : high.end], (pair,), low.bound)]
    if not plain and _TO.fullmatch(between) and len(second.values) in (1, 3):
        return [replace(low, readings=_like(first, is_year, high) or low.readings), high]
    return [low, high]


def _like(first: Reading, is_year: bool, high: Figure) -> tuple[Reading, ...]:
    """The bare *first* end of a range, read as its second: 3-5万元, 30 to 40 per cent; or none."""
    value, second = first.values[0], high.readings[0]
    if second.kind is Kind.DATE:
        year, month, day = second.values
        if is_year:
            return ()
        if day:
            return (Reading(Kind.DATE, (year, month, value)),)
        return (Reading(Kind.DATE, (year, value, day)),) if month else ()
    if second.kind is Kind.NUMBER:
        scale = _scale(high) if value < 1000 else Fraction(1)
    elif second.kind in (Kind.SHARE, Kind.POINTS, Kind.TIMES) and (shown := _shown(high)):
        scale = second.values[0] / shown
    else:
        return ()
    return (Reading(second.kind, (value * scale,), second.unit),)


def _year(year: Fraction) -> tuple[Reading, ...]:
    return (*one(Kind.NUMBER, year), Reading(Kind.DATE, (year, Fraction(0), Fraction(0))))


def _scale(figure: Figure) -> Fraction:
    """By what a scale behind it multiplies the number that a figure shows: 10,000 for 18万元."""
    shown = _shown(figure)
    return figure.readings[0].values[0] / shown if shown else Fraction(1)


def _shown(figure: Figure) -> Fraction | None:
    """The number that a figure shows without its last scale: 18 of 18万元; none for a fraction."""
    if "分之" in figure.text or "half" in figure.text:
        return None
    if digits := re.search(ARABIC, figure.text):
        return Fraction(digits.group().replace(",", ""))
    if numeral := re.search(NUMERAL, figure.text):
        values = read_numeral(numeral.group().rstrip("万亿"))
        return values[0] if len(values) == 1 else None
    return None
