"""What stories carry on of days before, less what was since taken back there."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import date, timedelta

from pressrun.archive import Archive
from pressrun.archive.retractions import Retractions
from pressrun.errors import ArchiveError
from pressrun.models import RETRACTED, Edition, Story
from tasks.threads import DAYS_BACK, MOST_SHOWN

_FURTHEST = timedelta(days=DAYS_BACK * MOST_SHOWN)
"""How long after a story one may name it: each that carries it on rested for a while."""


def without(edition: Edition, gone: Mapping[date, AbstractSet[str]]) -> Edition:
    """*edition*, its stories less those of days before that are *gone*, by day and url (pure)."""

    def left(story: Story) -> Story:
        earlier = tuple(
            one for one in story.earlier if one.url not in gone.get(one.edition_date, ())
        )
        if earlier == story.earlier:
            return story
        day = story.day if earlier else 1
        return story.model_copy(update={"earlier": earlier, "day": day})

    return edition.model_copy(update={"stories": tuple(map(left, edition.stories))})


def still_told(archive: Archive, edition: Edition) -> Edition:
    """*edition*, its stories less those of days before that were taken back.

    Raises:
        ArchiveError: a record of retractions is damaged.
    """
    days = {one.edition_date for story in edition.stories for one in story.earlier}
    return without(edition, {day: _gone(archive, edition.paper, day) for day in days})


def carried_on_in(archive: Archive, paper: str, day: date) -> tuple[date, ...]:
    """Days whose editions still name what was taken back of that of *day*, oldest first.

    Raises:
        ArchiveError: a record of retractions is damaged.
    """
    gone = {day: _gone(archive, paper, day)}
    later = (one for one in archive.editions.begun(paper) if day < one <= day + _FURTHEST)
    found = []
    for one in later:
        with suppress(ArchiveError):  # of a later Pressrun: this one cannot draw it again
            current = archive.editions.current(paper, one)
            if current and without(current, gone) != current:
                found.append(one)
    return tuple(found)


def _gone(archive: Archive, paper: str, day: date) -> set[str]:
    """Addresses of what was taken back, with the copies that went with it."""
    gone = {one.url for one in Retractions(archive.files).of(paper, day)}
    with suppress(ArchiveError):
        edition = archive.editions.current(paper, day)
        rows = edition.failures if edition else ()
        gone |= {row.url for row in rows if row.kind == RETRACTED}
    return gone
