"""What was taken back of an edition is named by no later one that is drawn again."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.models import RETRACTED, Earlier, Failure, Step, Story
from tasks.earlier import carried_on_in, still_told, without
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

values = Desk()
BEFORE = DAY - timedelta(days=1)
FIRST = DAY - timedelta(days=2)
URL = "http://news.test/1.html"


@pytest.fixture
def archive(archive_dir: Path) -> Archive:
    return Archive.open(str(archive_dir))


def carrying(*days: date, url: str = URL) -> Story:
    earlier = tuple(Earlier(edition_date=day, title="第1条", url=url) for day in days)
    return values.story(1, earlier=earlier, day=len(days) + 1)


def printed(archive: Archive, day: date, story: Story, *failures: Failure) -> None:
    number = archive.editions.begin(values.plan(day=day))
    edition = values.edition(number, 1, day=day, failures=failures)
    archive.publish(edition.model_copy(update={"stories": (story,)}), values.renditions())


def taken_back(url: str = URL) -> Retraction:
    return Retraction(url=url, title="第1条", by="ed@desk", at=MOMENT)


def test_a_day_is_named_no_more_and_its_number_stays_while_another_is() -> None:
    edition = values.edition(stories=1).model_copy(update={"stories": (carrying(BEFORE, FIRST),)})
    [story] = without(edition, {FIRST: {URL}, BEFORE: {"http://other.test/"}}).stories
    assert ([one.edition_date for one in story.earlier], story.day) == ([BEFORE], 3)
    [story] = without(edition, {FIRST: {URL}, BEFORE: {URL}}).stories
    assert (story.earlier, story.day) == ((), 1)
    assert without(edition, {}) == edition


def test_what_is_recorded_or_printed_as_taken_back_is_told_no_more(archive: Archive) -> None:
    copy = "http://news.test/9.html"
    gone = Failure(rank=2, title="x", url=copy, step=Step.ASSEMBLE, kind=RETRACTED, reason="x")
    printed(archive, BEFORE, values.story(1), gone)
    Retractions(archive.files).add("daily", BEFORE, taken_back())
    stories = (carrying(BEFORE, FIRST), carrying(BEFORE, url=copy))
    edition = values.edition().model_copy(update={"stories": stories})
    told = still_told(archive, edition).stories
    assert [[one.edition_date for one in story.earlier] for story in told] == [[FIRST], []]


def test_later_editions_that_still_name_a_story_are_found(archive: Archive) -> None:
    printed(archive, FIRST, values.story(1))
    printed(archive, BEFORE, carrying(FIRST))
    printed(archive, DAY, carrying(BEFORE, FIRST))
    printed(archive, DAY + timedelta(days=1), carrying(BEFORE))
    assert carried_on_in(archive, "daily", FIRST) == ()
    Retractions(archive.files).add("daily", FIRST, taken_back())
    assert carried_on_in(archive, "daily", FIRST) == (BEFORE, DAY)
