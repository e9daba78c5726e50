"""A story is taken back: printed without it, kept out of what is printed later, given back."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pressrun.archive import Archive, Lease, Published
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.errors import EditionBusy, PressrunError
from pressrun.models import (
    DUPLICATE,
    RETRACTED,
    ChangeKind,
    Earlier,
    Edition,
    Failure,
    Point,
    Step,
    Story,
    Telling,
)
from settings import Settings, load_settings
from tasks.assemble import assemble, withhold
from tasks.compare import compare
from tasks.order import Todo, assign, overrides, place_order
from tasks.retract import Place, find, give_back, reprint, take_back
from tasks.workers import Workers
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

LATER = datetime(2026, 11, 23, 8, tzinfo=UTC)
ONE, TWO = "1" * 64, "2" * 64
URL = "http://news.test/1.html"
values = Desk()


def taken_back(story: Story, reason: str = "") -> Retraction:
    return Retraction(
        url=story.url,
        text_sha256=story.text_sha256,
        title=story.title,
        reason=reason,
        by="ed@desk",
        at=LATER,
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(str(tmp_path / "archive"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings()


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as open_workers:
        yield open_workers


def printed(archive: Archive, stories: int = 2) -> Edition:
    archive.editions.begin(values.plan(formats=("html",)))
    return archive.publish(values.edition(1, stories), values.renditions()).edition


def refreshed(archive: Archive) -> Published:
    """Printed once more of two reprints, as a run does that summarises them again."""
    plan = values.plan(formats=("html",))
    reprints = [values.story(rank, text_sha256=ONE) for rank in (1, 2)]
    others = [values.story(3)]
    in_force = Retractions(archive.files).of("daily", DAY)
    revision = archive.editions.begin(plan)
    edition = assemble(plan, revision, [*reprints, *others], MOMENT, (), in_force)
    return archive.publish(edition, values.renditions())


def place(edition: Edition, rank: int = 1) -> Place:
    return Place(edition, edition.stories[rank - 1])


def test_a_reprint_differs_by_what_was_taken_back_alone() -> None:
    old = values.edition(stories=2)
    new = reprint(old, 2, LATER, [taken_back(old.stories[0], "更正")])
    assert (new.revision, new.follows, new.printed_at) == (2, 1, LATER)
    assert new.stories == old.stories[1:]
    (failure,) = new.failures
    assert (failure.kind, failure.reason, failure.transient) == (RETRACTED, "更正", False)
    assert [(change.kind, change.rank) for change in new.changes] == [(ChangeKind.RETRACTED, 1)]
    assert new.is_complete


def test_the_overview_of_a_reprint_tells_of_no_story_that_was_taken_back() -> None:
    stories = tuple(
        values.story(rank, summary=values.summary(f"第{rank}件事。")) for rank in range(1, 5)
    )
    points = tuple(Point(text=f"有{story.rank}件。", urls=(story.url,)) for story in stories)
    written = values.overview(points=points)
    old = values.edition(stories=4).model_copy(update={"stories": stories, "overview": written})
    again = reprint(old, 2, LATER).overview
    assert again == written
    new = reprint(old, 2, LATER, [taken_back(stories[1])])
    assert new.overview
    assert new.overview.points == (points[0], *points[2:])
    less = reprint(new, 3, LATER, [taken_back(stories[0]), taken_back(stories[1])])
    assert less.overview is None, "of two stories there is none"


def test_a_retraction_keeps_out_the_same_text_at_another_address() -> None:
    story = values.story(1, text_sha256=ONE)
    copy = values.story(2, text_sha256=ONE)
    kept = withhold([story, copy], [taken_back(story)])
    assert [getattr(one, "kind", "") for one in kept] == [RETRACTED, RETRACTED]
    edition = assemble(values.plan(), 2, [story, copy], MOMENT, (), [taken_back(story)])
    assert not edition.stories
    assert DUPLICATE not in {failure.kind for failure in edition.failures}


def test_a_copy_of_what_is_kept_out_by_its_address_stays_out_too() -> None:
    story = values.story(1, text_sha256=ONE)
    changed = [values.story(1, text_sha256=TWO), values.story(2, text_sha256=TWO)]
    for outcomes in (changed, changed[::-1]):
        assert not assemble(values.plan(), 2, outcomes, MOMENT, (), [taken_back(story)]).stories


def test_a_reprint_takes_back_the_duplicates_too_and_no_others() -> None:
    one, copy = values.story(1, text_sha256=ONE), values.story(2, text_sha256=ONE)
    other, its_copy = values.story(3, text_sha256=TWO), values.story(4, text_sha256=TWO)
    old = assemble(values.plan(), 1, [one, copy, other, its_copy], MOMENT)
    new = reprint(old, 2, LATER, [taken_back(one)])
    kinds = [(failure.rank, failure.kind) for failure in new.failures]
    assert kinds == [(1, RETRACTED), (2, RETRACTED)]
    assert [(story.rank, len(story.also)) for story in new.stories] == [(3, 1)]


def test_duplicates_of_an_old_manifest_are_taken_back_with_their_story() -> None:
    one = values.story(1, text_sha256=ONE)
    copy = Failure(
        rank=2,
        title="第2条",
        url="http://news.test/2.html",
        step=Step.ASSEMBLE,
        kind=DUPLICATE,
        reason="http://news.test/2.html: the same text as number 1, http://news.test/1.html",
    )
    old = values.edition(stories=2, failures=(copy,)).model_copy(update={"stories": (one,)})
    new = reprint(old, 2, LATER, [taken_back(one)])
    assert [(row.rank, row.kind) for row in new.failures] == [(1, RETRACTED), (2, RETRACTED)]


def telling(rank: int, *, same_text: bool = False) -> Telling:
    url = f"http://other.test/{rank}.html"
    return Telling(rank=rank, title=f"另{rank}", url=url, same_text=same_text)


def test_who_tells_in_other_words_what_was_taken_back_is_printed_by_the_next_run() -> None:
    story = values.story(1, also=(telling(2, same_text=True), telling(3)))
    old = values.edition(stories=1, listed=3, failures=()).model_copy(update={"stories": (story,)})
    new = reprint(old, 2, LATER, [taken_back(story)])
    assert not new.stories
    rows = [(row.rank, row.kind, row.transient) for row in new.failures]
    assert rows == [
        (1, RETRACTED, False),
        (2, RETRACTED, False),
        (3, "ArchiveError", True),
    ]
    again = reprint(new, 3, LATER, (), [story])
    assert (again.stories, again.failures) == ((story,), ())


def test_who_also_tells_a_story_can_be_taken_back_and_given_back_alone() -> None:
    story = values.story(1, also=(telling(2), telling(3)))
    old = values.edition(stories=1, listed=3, failures=()).model_copy(update={"stories": (story,)})
    [place] = find([old], telling(2).url).places
    retraction = Retraction(url=place.story.url, title=place.story.title, by="ed", at=LATER)
    new = reprint(old, 2, LATER, [retraction])
    assert [one.rank for one in new.stories[0].also] == [3]
    assert [(row.rank, row.kind) for row in new.failures] == [(2, RETRACTED)]
    assert [(change.kind, change.rank) for change in new.changes] == [(ChangeKind.RETRACTED, 2)]
    again = reprint(new, 3, LATER, (), [story])
    assert (again.stories, again.failures) == ((story,), ())
    assert [(change.kind, change.rank) for change in again.changes] == [(ChangeKind.ADDED, 2)]


def test_a_story_of_which_a_reprint_is_taken_back_is_taken_back_too() -> None:
    story = values.story(1, also=(telling(2, same_text=True),))
    kept = withhold([story], [Retraction(url=telling(2).url, title="", by="ed", at=LATER)])
    assert [one.kind for one in kept if isinstance(one, Failure)] == [RETRACTED, RETRACTED]


def test_what_no_retraction_keeps_out_any_more_is_tried_again_by_the_next_run() -> None:
    old = values.edition(stories=2)
    without = reprint(old, 2, LATER, [taken_back(old.stories[0])])
    (failure,) = reprint(without, 3, LATER).failures
    assert (failure.rank, failure.kind, failure.transient) == (1, "ArchiveError", True)
    others = taken_back(values.story(9, text_sha256=ONE))
    assert reprint(without, 3, LATER, [others]).failures == without.failures  # its text may be that


def test_what_is_given_back_takes_its_place_by_rank() -> None:
    old = values.edition(stories=2)
    without = reprint(old, 2, LATER, [taken_back(old.stories[0])])
    again = reprint(without, 3, LATER, (), [old.stories[0]])
    assert again.stories == old.stories
    assert again.failures == old.failures
    assert compare(old, again) == ()


def test_scheme_fragment_and_closing_slash_of_an_address_do_not_count() -> None:
    editions = [values.edition(stories=2)]
    found = find(editions, "https://news.test/2.html#comments")
    assert [(at.edition.edition_date, at.story.title) for at in found.places] == [(DAY, "第2条")]


def test_the_nearest_address_is_named() -> None:
    found = find([values.edition(stories=2)], "http://news.test/2.htm")
    assert found.places == ()
    assert found.nearest == "http://news.test/2.html"


async def test_the_site_shows_the_new_printing_and_the_old_one_is_kept(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old = printed(archive)
    facts = {"reason": "来源已更正。", "by": "ed@desk", "at": LATER}
    new, is_current = await take_back(archive, settings, workers, place(old), **facts)  # type: ignore[arg-type]
    assert is_current
    assert archive.editions.current("daily", DAY) == new
    assert archive.site.shown("daily", DAY) == 2
    page = (archive.files.read(f"site/daily/{DAY}/index.html") or b"").decode()
    assert "来源已更正。" in page
    assert old.stories[0].url not in page
    assert archive.editions.revision("daily", DAY, 1) == old
    (record,) = Retractions(archive.files).of("daily", DAY)
    assert (record.by, record.at, record.url) == ("ed@desk", LATER, old.stories[0].url)


async def test_a_story_that_is_given_back_is_as_it_was(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old = printed(archive)
    new, _ = await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    gone = Place(new, new.failures[0])
    again, is_current = await give_back(archive, settings, workers, gone, by="b", at=LATER)
    assert is_current
    assert again.stories == old.stories
    assert Retractions(archive.files).of("daily", DAY) == ()


async def test_a_reprint_that_is_given_back_keeps_no_later_printing_aside(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    desk, first = (archive, settings, workers), refreshed(archive).edition
    without, _ = await take_back(*desk, place(first), reason="", by="a", at=LATER)
    assert [row.kind for row in without.failures] == [RETRACTED, RETRACTED]
    between, is_current = refreshed(archive)
    assert is_current
    assert between.failures == without.failures
    again, is_current = await give_back(
        *desk, Place(between, between.failures[0]), by="b", at=LATER
    )
    assert is_current
    assert (again.stories, again.failures) == (first.stories, first.failures)
    last, is_current = refreshed(archive)
    assert is_current
    assert (last.stories, last.failures) == (first.stories, first.failures)


async def test_a_copy_is_given_back_with_the_story_that_was_taken_back(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    desk, first = (archive, settings, workers), refreshed(archive).edition
    without, _ = await take_back(*desk, place(first), reason="", by="a", at=LATER)
    remedy = f"{URL} was taken back; give that back: pressrun retract {URL} --undo"
    with pytest.raises(PressrunError, match=re.escape(remedy)):
        await give_back(*desk, Place(without, without.failures[1]), by="b", at=LATER)
    assert archive.editions.revisions("daily", DAY) == (1, 2)


async def test_a_retraction_that_was_recorded_and_not_printed_is_found_and_undone(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old, records = printed(archive), Retractions(archive.files)
    records.add("daily", DAY, taken_back(old.stories[0]))
    (found,) = find([old], "https://news.test/1.html", retractions=records).places
    assert (found.edition, found.story.url) == (old, URL)
    same, is_current = await give_back(archive, settings, workers, found, by="b", at=LATER)
    assert is_current
    assert same == old
    assert records.of("daily", DAY) == ()
    assert archive.editions.revisions("daily", DAY) == (1,)
    assert find([old], URL, retractions=records).places == ()


async def test_an_edition_less_a_story_is_complete_and_not_printed_again(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    settings = load_settings(overrides("daily", formats=("html",)))
    order = place_order(settings, "daily", DAY, LATER)
    facts: dict[str, Any] = {"content_sha256": order.content_sha256}
    archive.editions.begin(values.plan(formats=("html",), **facts))
    old = archive.publish(values.edition(1, **facts), values.renditions()).edition
    assert assign(archive, order).todo is Todo.NOTHING
    new, _ = await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    assert new.is_complete
    assert assign(archive, order).todo is Todo.NOTHING


async def test_the_last_story_may_go(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old = printed(archive, stories=1)
    new, is_current = await take_back(
        archive, settings, workers, place(old), reason="", by="a", at=LATER
    )
    assert is_current
    assert new.stories == ()


async def test_a_retraction_is_recorded_although_the_edition_is_being_printed(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old = printed(archive)
    lease = Lease.acquire(archive.files, "daily", DAY)
    with pytest.raises(EditionBusy):
        await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    lease.release()
    assert len(Retractions(archive.files).of("daily", DAY)) == 1
    new, _ = await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    assert len(new.stories) == 1
    assert len(Retractions(archive.files).of("daily", DAY)) == 1


async def test_a_renderer_that_fails_does_not_keep_a_story_on_the_site(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    archive.editions.begin(values.plan(formats=("html", "unheard")))
    old = archive.publish(values.edition(1), values.renditions()).edition
    new, is_current = await take_back(
        archive, settings, workers, place(old), reason="", by="a", at=LATER
    )
    assert is_current
    assert len(new.render_failures) == 1
    assert archive.files.names(f"site/daily/{DAY}") == ("index.html",)


async def test_formats_are_drawn_beside_one_another_and_none_takes_the_others_down(
    archive: Archive, settings: Settings, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_begun = asyncio.Barrier(2)

    async def draw(_: Workers, edition: Edition, name: str, *given: object) -> object:
        await all_begun.wait()
        if name == "pdf":
            raise ZeroDivisionError("of a width")
        return values.renditions()[:1]

    monkeypatch.setattr("tasks.retract.render_edition", draw)
    archive.editions.begin(values.plan(formats=("pdf", "html")))
    old = archive.publish(values.edition(1), values.renditions()).edition
    new, _ = await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    assert new.render_failures == ("pdf: of a width",)
    assert [record.format for record in new.renditions] == ["html"]


async def test_what_no_printing_has_cannot_be_given_back(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    old = printed(archive)
    without = reprint(old, 1, LATER, [taken_back(old.stories[0])])
    archive.files.delete(f"editions/daily/{DAY}/r0001/edition.json")
    archive.publish(without, values.renditions())
    with pytest.raises(PressrunError, match="no printing has"):
        await give_back(
            archive, settings, workers, Place(without, without.failures[0]), by="b", at=LATER
        )


async def test_an_edition_that_is_printed_again_names_no_story_taken_back_of_a_day_before(
    archive: Archive, settings: Settings, workers: Workers
) -> None:
    before = DAY - timedelta(days=1)
    Retractions(archive.files).add("daily", before, taken_back(values.story(9)))
    told = tuple(
        Earlier(edition_date=before, title="x", url=values.story(rank).url) for rank in (9, 8)
    )
    archive.editions.begin(values.plan(formats=("html",)))
    stories = (values.story(1), values.story(2, earlier=told, day=2))
    edition = values.edition(1).model_copy(update={"stories": stories})
    old = archive.publish(edition, values.renditions()).edition
    new, _ = await take_back(archive, settings, workers, place(old), reason="", by="a", at=LATER)
    assert [story.earlier for story in new.stories] == [told[1:]]
