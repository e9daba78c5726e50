"""Do two figures state the same? By kind, value and unit; dates by the parts that are said."""

from dataclasses import replace
from fractions import Fraction

from tasks.verification.units import fit_together
from tasks.verification.values import Figure, Kind, Reading

_COUNTING = (Kind.NUMBER, Kind.SHARE, Kind.POINTS, Kind.TIMES, Kind.ORDINAL)


Key = Fraction | tuple[int, Fraction] | str
ByValue = dict[Key, list[Figure]]
_MOST_ALIKE = 200
"""The first so many figures of one value are looked at."""


def agree(figure: Figure, other: Figure) -> bool:
    """Whether some reading of *figure* is stated by one of *other*; bounds are not looked at."""
    mine, theirs = figure.readings[0], other.readings[0]
    if len(mine.values) == 1 < len(theirs.values) and mine.kind is theirs.kind is Kind.NUMBER:
        return mine.values[0] in theirs.values
    return any(_same(mine, theirs) for mine in figure.readings for theirs in other.readings)


def comparable(figure: Figure, other: Figure) -> bool:
    """Whether *other* is the sort of thing that *figure* is, whatever their values."""
    mine, theirs = figure.readings[0], other.readings[0]
    if other.weak or len(mine.values) != len(theirs.values) or _kinds(figure) != _kinds(other):
        return False
    if mine.kind is Kind.DATE:
        return all(
            value or not needed for value, needed in zip(theirs.values, mine.values, strict=True)
        )
    fits = fit_together(mine.unit.base, theirs.unit.base)
    return fits and bool(mine.unit.base) == bool(theirs.unit.base)


def _kinds(figure: Figure) -> set[Kind]:
    return {reading.kind for reading in figure.readings}


def has_unit(figure: Figure, other: Figure) -> bool:
    """Whether *other* says a unit where *figure* does."""
    return not _base(figure) or bool(_base(other))


def other_unit(figure: Figure, other: Figure) -> bool:
    """Whether *other* shows the number of *figure* in a unit that does not fit."""
    mine, theirs = figure.readings[0], other.readings[0]
    if not (mine.kind is theirs.kind is Kind.NUMBER and mine.values == theirs.values):
        return False
    if not (mine.unit.base and theirs.unit.base):
        return False
    return not fit_together(mine.unit.base, theirs.unit.base) or _sized(mine) != _sized(theirs)


def _base(figure: Figure) -> str:
    return figure.readings[0].unit.base


def by_value(figures: list[Figure]) -> ByValue:
    """*figures* by what they may be found by: their values, with and without the unit's size."""
    index: ByValue = {}
    for figure in figures:
        for key in _keys(figure):
            found = index.setdefault(key, [])
            if len(found) < _MOST_ALIKE:
                found.append(figure)
    return index


def agreeing(figure: Figure, index: ByValue) -> list[Figure]:
    """The figures of *index* that state the same as *figure*, in order; bounds apart."""
    found = {other: None for key in _keys(figure) for other in index.get(key, ())}
    return sorted((other for other in found if agree(figure, other)), key=lambda it: it.start)


def showing(figure: Figure, index: ByValue) -> list[Figure]:
    """The figures of *index* that count the same number, of whatever unit or kind."""
    mine = figure.readings[0]
    if mine.kind not in _COUNTING:
        return []
    return [
        other
        for value in mine.values[:1]
        for other in index.get(value, ())
        if other.readings[0].kind in _COUNTING and other.readings[0].values[0] == value
    ]


def _keys(figure: Figure) -> set[Key]:
    keys: set[Key] = set()
    for reading in figure.readings:
        if reading.kind is Kind.DATE:
            keys |= {(at, value) for at, value in enumerate(reading.values) if value}
        elif reading.kind is Kind.NAME:
            keys |= {reading.unit.base, Fraction(_digits(reading) or 0)}
        else:
            keys |= {*reading.values, *_sized(reading)}
    return keys


def complete_dates(figures: list[Figure]) -> list[Figure]:
    """*figures* of a text in order, each date also with the month and year that it leaves unsaid.

    The month is the one named last before it, the year that too or the first that is named at all,
    as in a dateline; what is named only later serves until then.
    """
    dates = [reading.values for figure in figures for reading in _dates(figure)]
    first = year = next((values[0] for values in dates if values[0]), Fraction())
    month = next((values[1] for values in dates if values[1]), Fraction())
    completed = []
    for figure in figures:
        readings = list(figure.readings)
        for reading in _dates(figure):
            own_year, own_month, day = reading.values
            year, month = own_year or year, own_month or month
            if own_month or day:
                readings += [
                    reading._replace(values=(own_year or of, own_month or month, day))
                    for of in dict.fromkeys((year, first))
                ]
        known = len(readings) == 1  # nothing was added, and nothing is there twice
        completed.append(
            figure if known else replace(figure, readings=tuple(dict.fromkeys(readings)))
        )
    return completed


def _dates(figure: Figure) -> list[Reading]:
    return [reading for reading in figure.readings if reading.kind is Kind.DATE]


def _same(mine: Reading, theirs: Reading) -> bool:
    if mine.kind is Kind.NUMBER and theirs.kind is Kind.NAME:
        # Flight 370 is MH370; but 5 is not of MD5.
        return mine.values[0] >= 100 and _digits(theirs) == str(mine.values[0])
    if mine.kind is not theirs.kind or not fit_together(mine.unit.base, theirs.unit.base):
        return False
    if mine.kind is Kind.DATE:
        return all(
            value in (0, other) for value, other in zip(mine.values, theirs.values, strict=True)
        )
    if mine.kind is Kind.NAME:
        return mine.unit == theirs.unit
    sized = bool(mine.unit.base and theirs.unit.base)
    values = _sized(mine) if sized else mine.values
    others = _sized(theirs) if sized else theirs.values
    return values == others


def _sized(reading: Reading) -> tuple[Fraction, ...]:
    return tuple(value * reading.unit.size for value in reading.values)


def _digits(name: Reading) -> str:
    return "".join(char for char in name.unit.base if char.isdecimal())
