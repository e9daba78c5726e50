"""A story is taken back, or given back: the edition is printed again without or with it.

Neither model nor network is needed: the stories are those of the manifest.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from pressrun.archive import Archive, Published, hold_lease
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.errors import ArchiveError, PressrunError
from pressrun.models import RETRACTED, Edition, Failure, Rendition, Story
from settings import Settings
from tasks.assemble import add_renditions, following, redrawn, withhold
from tasks.compare import compare
from tasks.render import render_edition
from tasks.sources.text import same_page
from tasks.workers import Workers


class Place(NamedTuple):
    """An edition, and where in it a story stands or once stood."""

    edition: Edition
    story: Story | Failure


class Found(NamedTuple):
    """What a search brought; *nearest* is the address most like the one that was sought."""

    places: tuple[Place, ...]
    nearest: str


def find(editions: Iterable[Edition], url: str, *, retracted: bool = False) -> Found:
    """Where *url* is printed in *editions*, or with *retracted* where it was taken back.

    Scheme and fragment do not count, as in a source's list. One pass, nothing is held.
    """
    sought, places = same_page(url), []
    nearest, likeness = "", 0
    for edition in editions:
        rows = _retracted(edition) if retracted else edition.stories
        for row in rows:
            if same_page(row.url) == sought:
                places.append(Place(edition, row))
            elif (alike := _likeness(same_page(row.url), sought)) > likeness:
                nearest, likeness = row.url, alike
    return Found(tuple(places), nearest)


def reprint(
    old: Edition,
    revision: int,
    printed_at: datetime,
    retractions: Sequence[Retraction] = (),
    given_back: Sequence[Story] = (),
) -> Edition:
    """*old* printed again, without what *retractions* cover and with *given_back* (pure)."""
    back = {story.url for story in given_back}
    failures = [failure for failure in old.failures if failure.url not in back]
    rows = withhold([*old.stories, *given_back, *failures], retractions)
    rows.sort(key=lambda row: row.rank)
    update = {
        "stories": tuple(row for row in rows if isinstance(row, Story)),
        "failures": tuple(row for row in rows if isinstance(row, Failure)),
    }
    new = redrawn(old, revision, printed_at).model_copy(update=update)
    return following(new, old) if compare(old, new) else new


async def take_back(
    archive: Archive,
    settings: Settings,
    workers: Workers,
    place: Place,
    *,
    reason: str,
    by: str,
    at: datetime,
) -> Published:
    """The edition without the story: recorded first, so that whatever prints next keeps it out.

    Raises:
        EditionBusy: another run is printing the edition; what it prints may have the story still.
        PressrunError: the edition cannot be read, or no renderer made anything.
    """
    edition, story = place
    retraction = Retraction(
        url=story.url,
        text_sha256=story.text_sha256 if isinstance(story, Story) else None,
        title=story.title,
        reason=reason,
        by=by,
        at=at,
    )
    records = Retractions(archive.files)
    await asyncio.to_thread(records.add, edition.paper, edition.edition_date, retraction)
    return await _print_again(archive, settings, workers, edition, at)


async def give_back(
    archive: Archive, settings: Settings, workers: Workers, place: Place, *, by: str, at: datetime
) -> Published:
    """The edition with the story again, as the last printing had it that did.

    Raises:
        EditionBusy: another run is printing the edition.
        PressrunError: as `take_back`, or no printing has the story any more.
    """
    (paper, day), url = (place.edition.paper, place.edition.edition_date), place.story.url
    await asyncio.to_thread(Retractions(archive.files).undo, paper, day, url, by=by, at=at)
    return await _print_again(archive, settings, workers, place.edition, at, url)


async def _print_again(
    archive: Archive,
    settings: Settings,
    workers: Workers,
    edition: Edition,
    at: datetime,
    given_back: str = "",
) -> Published:
    paper, day = edition.paper, edition.edition_date
    async with hold_lease(archive, paper, day, ttl_s=settings.lease_s):
        old = await asyncio.to_thread(archive.settle, paper, day)
        if old is None:
            raise ArchiveError(f"{paper} {day}: the edition has gone; nothing was printed")
        back = (_story(archive, old, given_back),) if given_back else ()
        plan = archive.editions.plan(paper, day, old.revision)
        plan = plan.model_copy(update={"created_at": at, "redraws": old.revision})
        revision = await asyncio.to_thread(archive.editions.begin, plan)
        in_force = Retractions(archive.files).of(paper, day)
        edition = reprint(old, revision, at, in_force, back)
        made = [await _rendered(workers, settings, edition, name) for name in plan.formats]
        edition, files = add_renditions(edition, made)
        return await asyncio.to_thread(archive.publish, edition, files)


async def _rendered(
    workers: Workers, settings: Settings, edition: Edition, name: str
) -> tuple[str, tuple[Rendition, ...] | Exception]:
    try:
        options = settings.renderers.options(name)
        return name, await render_edition(workers, edition, name, options)
    except PressrunError as exc:
        return name, exc


def _story(archive: Archive, old: Edition, url: str) -> Story:
    paper, day = old.paper, old.edition_date
    for number in reversed(archive.editions.revisions(paper, day)):
        with suppress(ArchiveError):  # begun and never printed, or damaged
            printing = archive.editions.revision(paper, day, number)
            if story := next((s for s in printing.stories if s.url == url), None):
                return story
    raise PressrunError(
        f"{paper} {day}: no printing has {url} any more; later printings may have it again: "
        f"pressrun backfill {day} {day} --paper {paper} --refresh pages"
    )


def _retracted(edition: Edition) -> tuple[Failure, ...]:
    return tuple(failure for failure in edition.failures if failure.kind == RETRACTED)


def _likeness(url: str, sought: str) -> int:
    """How many characters two addresses share at both ends."""
    return _common(url, sought) + _common(url[::-1], sought[::-1])


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
