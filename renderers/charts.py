"""How an edition's stories are spread, for a chart or two. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pressrun.models import Edition, Story
from renderers.colophon import Row
from renderers.frames import Frame
from renderers.inert import plain
from renderers.items import LABEL_CHARS

BARS = 8
"""Rows of a chart; the rest are added up in one more."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart; *share* of the longest, 0 to 1.

    All others, added up in the last row, have a share of 0: their bar would dwarf the first.
    """

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts, the greatest first."""

    title: str
    bars: tuple[Bar, ...]


def section_title(category: str, frame: Frame) -> str:
    """What the section of *category* is called; stories without one are "more"."""
    named = frame.words.categories.get(category) or frame.write(plain(category, LABEL_CHARS))
    return named[:1].upper() + named[1:] or frame.words.more


def charts(edition: Edition, frame: Frame) -> Iterator[Chart]:
    """The stories by section and by medium; a chart of one row, or of ones, informs no one."""
    words = frame.words
    by_section = Counter(section_title(story.category, frame) for story in edition.stories)
    for title, others, counts in (
        (words.by_section, words.other_sections, by_section),
        (words.by_medium, words.other_media, _by_medium(edition, frame)),
    ):
        if len(counts) > 1 and max(counts.values()) > 1:
            yield Chart(title, tuple(_bars(counts, others)))


def one_each(edition: Edition, frame: Frame) -> Iterator[Row]:
    """A row of the colophon in place of a chart of the media in which all bars are the same."""
    words, counts = frame.words, _by_medium(edition, frame)
    if len(counts) > 1 and max(counts.values()) == 1:
        yield words.by_medium, (words.one_each.format(count=len(counts)),)


def _bars(counts: Counter[str], others: str) -> Iterator[Bar]:
    ranked = counts.most_common()
    if len(ranked) > BARS:
        ranked = [(label, count) for label, count in ranked[:BARS] if count > 1]
    for label, count in ranked:
        yield Bar(label, count, count / ranked[0][1])
    if left := len(counts) - len(ranked):
        yield Bar(others.format(count=left), counts.total() - sum(n for _, n in ranked), 0.0)


def _by_medium(edition: Edition, frame: Frame) -> Counter[str]:
    return Counter(
        frame.text(plain(medium, LABEL_CHARS), "zh")
        for story in edition.stories
        for medium in _media(story)
        if medium
    )


def _media(story: Story) -> Iterable[str]:
    return story.medium, *(one.medium for one in story.also)
