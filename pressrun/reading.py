"""In what order an edition is read, and where in it each story stands. Pure.

The page, the PDF, the picture, the feeds and the search all keep to this.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from pressrun.models import Edition, Story

PLAIN_IMPORTANCE = 3
"""Of a story whose importance no model named: the middle of 1 to 5."""


class Section(NamedTuple):
    """The stories of one category, in reading order; *category* may be empty."""

    category: str
    stories: tuple[Story, ...]


def anchor_of(url: str) -> str:
    """The `id` of a story in its edition's page: the same in every printing.

    40 bits of a hash: among 200 stories two are alike once in 50 million editions.
    """
    return f"s-{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def prominence(story: Story) -> tuple[int, int]:
    """Less is earlier: by importance, raised or lowered by the paper's interests; then rank."""
    importance = story.summary.importance or PLAIN_IMPORTANCE
    return -(importance + story.interest), story.rank


def leading(edition: Edition) -> Story | None:
    """The story that the edition opens with; None when it has none."""
    return min(edition.stories, key=prominence, default=None)


def sections_of(edition: Edition) -> tuple[Section, ...]:
    """The stories after the leading one, by category.

    Categories stand in the paper's order, then those that it does not name, as they first come;
    what has none comes last.
    """
    lead = leading(edition)
    stories = sorted((one for one in edition.stories if one is not lead), key=prominence)
    found = dict.fromkeys(story.category for story in stories)
    named = [*filter(found.__contains__, edition.sections), *filter(None, found), ""]
    return tuple(
        Section(category, members)
        for category in dict.fromkeys(named)
        if (members := _of(category, stories))
    )


def _of(category: str, stories: Iterable[Story]) -> tuple[Story, ...]:
    return tuple(story for story in stories if story.category == category)


def reading_order(edition: Edition) -> tuple[Story, ...]:
    """All stories as they are read: the leading one, then section by section."""
    lead = leading(edition)
    rest = (story for section in sections_of(edition) for story in section.stories)
    return (lead, *rest) if lead else ()
