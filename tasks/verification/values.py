"""What a figure means: kinds, readings, bounds, and the figure itself with its place in a text."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Kind(StrEnum):
    """What sort of thing a figure states. Figures of two kinds never support each other."""

    NUMBER = "number"
    SHARE = "share"
    """A percentage or a fraction, of 1: half is 50%."""
    POINTS = "percentage points"
    TIMES = "multiple"
    ORDINAL = "ordinal"
    VAGUE = "vague number"
    """What it counts in: 100 for "hundreds" and 数百."""
    DATE = "date"
    """Year, month, day; 0 for what is not said."""
    WEEKDAY = "weekday"
    """From 1, Monday."""
    PERIOD = "part of a year"
    DECADE = "decade"
    """Its first year, of four digits or of two."""
    CENTURY = "century"
    TIME = "time of day"
    """In minutes after midnight."""
    NAME = "name with digits"
    """Without values; its letters and digits are the unit's base."""


class Bound(StrEnum):
    """What the words at a number make of it."""

    NONE = ""
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    """So is "nearly"."""
    UP_TO = "up to"
    AS_MUCH_AS = "as much as"


class Unit(NamedTuple):
    """*base* is what is measured, *size* how much of it one unit is.

    A *base* of "" was not said. "count" is counted in pieces of any thing.
    """

    base: str = ""
    size: Fraction = Fraction(1)


class Reading(NamedTuple):
    """One way to understand a figure; two *values* are the ends of a range, or a score."""

    kind: Kind
    values: tuple[Fraction, ...]
    unit: Unit = Unit()


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure and where it lies: `all_the_text[start:end] == text`. Equal to itself alone.

    *readings* are all that it may mean ("8:30" is of the morning or of the evening, or a score).
    A *weak* figure, such as the "one" of "one of them" or 一 of 一个, supports others and needs
    no support.
    """

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]
    bound: Bound = Bound.NONE
    weak: bool = False


def one(kind: Kind, value: Fraction | int, base: str = "") -> tuple[Reading, ...]:
    """The only reading of a figure of one value."""
    return (Reading(kind, (Fraction(value),), Unit(base)),)
