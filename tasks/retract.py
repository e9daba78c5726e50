"""A story is taken back, or given back: the edition is printed again without or with it.

Neither model nor network is needed: the stories are those of the manifest.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from pressrun.archive import Archive, Published, hold_lease
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.errors import ArchiveError, PressrunError
from pressrun.models import RETRACTED, Edition, Failure, Rendition, Story, Telling
from settings import Settings
from tasks.assemble import add_renditions, following, is_copy, make_failure, redrawn, withhold
from tasks.compare import compare
from tasks.earlier import still_told
from tasks.render import render_edition
from tasks.sources.text import same_page
from tasks.styling import styled
from tasks.summaries.overview_selected import left_of
from tasks.tellings import joined
from tasks.thumbnail import illustrated
from tasks.workers import Workers


class Place(NamedTuple):
    """An edition, and the story in it, or what stands in its place, or who took it back."""

    edition: Edition
    story: Story | Telling | Failure | Retraction


class Found(NamedTuple):
    """What a search brought; *nearest* is the address most like the one that was sought."""

    places: tuple[Place, ...]
    nearest: str


def find(editions: Iterable[Edition], url: str, *, retractions: Retractions | None = None) -> Found:
    """Where *url* is printed in *editions*, or with *retractions* where it was taken back.

    Also where that is recorded and not printed yet. Scheme and fragment do not count, as in a
    source's list. One pass, nothing is held.

    Raises:
        ArchiveError: a record of retractions is damaged.
    """
    sought, places = same_page(url), []
    nearest, likeness = "", 0
    for edition in editions:
        rows = _taken_back(edition, retractions) if retractions else _printed(edition)
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
    given_back: Sequence[Story | Failure] = (),
) -> Edition:
    """*old* printed again, without what *retractions* cover and with *given_back* (pure).

    What was taken back, and is not by *retractions*, is tried again by the next run.
    """
    again = [row for row in given_back if isinstance(row, Story)]
    back = {row.url for row in given_back}
    back |= {telling.url for story in again for telling in story.also}
    failures = [_kept_out(row, retractions) for row in old.failures if row.url not in back]
    others = [row for row in given_back if isinstance(row, Failure)]
    rows = withhold([*joined(old.stories, again), *others, *failures], retractions)
    rows.sort(key=lambda row: row.rank)
    update = {
        "stories": tuple(row for row in rows if isinstance(row, Story)),
        "failures": tuple(row for row in rows if isinstance(row, Failure)),
    }
    new = redrawn(old, revision, printed_at).model_copy(update=update)
    new = new.model_copy(update={"overview": left_of(old.overview, new)})
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

    Nothing is printed where the retraction was recorded and not printed.

    Raises:
        EditionBusy: another run is printing the edition.
        PressrunError: as `take_back`, or no printing has the story any more, or it is a copy of
            another that was taken back.
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
        in_force = Retractions(archive.files).of(paper, day)
        back: tuple[Story | Failure, ...] = ()
        if given_back:
            if given_back not in _retracted(old):
                return Published(old, is_current=True)
            back = _given_back(archive, old, given_back, in_force)
        plan = archive.editions.plan(paper, day, old.revision)
        plan = plan.model_copy(update={"created_at": at, "redraws": old.revision})
        revision = await asyncio.to_thread(archive.editions.begin, plan)
        edition = styled(reprint(old, revision, at, in_force, back), settings.papers.get(paper))
        edition = await asyncio.to_thread(still_told, archive, edition)
        shown = await asyncio.to_thread(illustrated, archive.store, edition)
        made = await asyncio.gather(
            *(_rendered(workers, settings, shown, name) for name in plan.formats)
        )
        edition, files = add_renditions(edition, made)
        return await asyncio.to_thread(archive.publish, edition, files)


async def _rendered(
    workers: Workers, settings: Settings, edition: Edition, name: str
) -> tuple[str, tuple[Rendition, ...] | Exception]:
    try:
        options = settings.renderers.options(name)
        return name, await render_edition(workers, edition, name, options)
    except Exception as exc:  # noqa: BLE001 - the fan-in, as of any printing
        return name, exc


def _given_back(
    archive: Archive, old: Edition, url: str, in_force: Sequence[Retraction]
) -> tuple[Story | Failure, ...]:
    """What *old* says was taken back of the story at *url* and its copies, as last printed."""
    paper, day, retracted = old.paper, old.edition_date, _retracted(old)
    printing, story = _last_printed(archive, old, url)
    if keeping := next((r for r in in_force if r.covers(story.url, story.text_sha256)), None):
        raise PressrunError(
            f"{paper} {day}: {url} has the text with which {keeping.url} was taken back; give that "
            f"back: pressrun retract {keeping.url} --undo"
        )
    rows: tuple[Story | Failure, ...] = (story, *printing.failures)
    return tuple(
        row for row in rows if row is story or (row.url in retracted and is_copy(row, story))
    )


def _last_printed(archive: Archive, old: Edition, url: str) -> tuple[Edition, Story]:
    """The last printing with the story at *url*, or with that of which it is a copy."""
    paper, day = old.paper, old.edition_date
    for number in reversed(archive.editions.revisions(paper, day)):
        with suppress(ArchiveError):  # begun and never printed, or damaged
            printing = archive.editions.revision(paper, day, number)
            rows = [row for row in printing.failures if row.url == url]
            for story in printing.stories:
                beside = url in {telling.url for telling in story.also}
                if story.url == url or beside or any(is_copy(row, story) for row in rows):
                    return printing, story
    raise PressrunError(
        f"{paper} {day}: no printing has {url} any more; later printings may have it again: "
        f"pressrun backfill {day} {day} --paper {paper} --refresh pages"
    )


def _kept_out(row: Failure, retractions: Sequence[Retraction]) -> Failure:
    """*row*; where a retraction is no more that it tells of, what the next run tries again.

    The text of what it stands for is not known: any that has one may be the one.
    """
    if row.kind != RETRACTED or any(r.text_sha256 or r.covers(row.url) for r in retractions):
        return row
    error = ArchiveError(
        "was taken back, and is not any more; the next run prints it", transient=True
    )
    return make_failure(row, row.step, error)


def _printed(edition: Edition) -> Iterator[Story | Telling]:
    for story in edition.stories:
        yield story
        yield from story.also


def _taken_back(edition: Edition, records: Retractions) -> tuple[Failure | Retraction, ...]:
    rows = _retracted(edition)
    in_force = records.of(edition.paper, edition.edition_date)
    return (*rows.values(), *(one for one in in_force if one.url not in rows))


def _retracted(edition: Edition) -> dict[str, Failure]:
    return {failure.url: failure for failure in edition.failures if failure.kind == RETRACTED}


def _likeness(url: str, sought: str) -> int:
    """How many characters two addresses share at both ends."""
    return _common(url, sought) + _common(url[::-1], sought[::-1])


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
