"""The record of what was taken back, and what it means for which printing is the better."""

from pathlib import Path

import pytest

from pressrun.archive import Archive, is_worse
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.errors import ArchiveError
from pressrun.models import RETRACTED, Failure, Step
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

URL = "http://news.test/1.html"


def retraction(url: str = URL) -> Retraction:
    return Retraction(url=url, title="第1条", by="ed@desk", at=MOMENT)


def retracted(rank: int) -> Failure:
    url = f"http://news.test/{rank}.html"
    return Failure(
        rank=rank, title="x", url=url, step=Step.ASSEMBLE, kind=RETRACTED, reason=RETRACTED
    )


def test_a_retraction_is_in_force_until_it_is_undone(archive: Archive) -> None:
    records = Retractions(archive.files)
    assert records.of("daily", DAY) == ()
    records.add("daily", DAY, retraction())
    records.add("daily", DAY, retraction())
    assert records.of("daily", DAY) == (retraction(),)
    records.undo("daily", DAY, URL, by="chief@desk", at=MOMENT)
    assert records.of("daily", DAY) == ()
    records.add("daily", DAY, retraction())
    assert records.of("daily", DAY) == (retraction(),)


def test_the_record_keeps_who_undid_what(local: Archive, folder: Path) -> None:
    records = Retractions(local.files)
    records.add("daily", DAY, retraction())
    records.undo("daily", DAY, URL, by="chief@desk", at=MOMENT)
    text = (folder / f"editions/daily/{DAY}/retractions.json").read_text("utf-8")
    assert "ed@desk" in text
    assert "chief@desk" in text


def test_a_damaged_record_is_an_error_and_not_an_empty_one(local: Archive, folder: Path) -> None:
    Retractions(local.files).add("daily", DAY, retraction())
    (folder / f"editions/daily/{DAY}/retractions.json").write_bytes(b"{")
    with pytest.raises(ArchiveError, match="taken back"):
        Retractions(local.files).of("daily", DAY)


def test_a_record_is_no_printing(archive: Archive) -> None:
    Retractions(archive.files).add("daily", DAY, retraction())
    assert archive.editions.revisions("daily", DAY) == ()
    assert archive.settle("daily", DAY) is None


def test_a_printing_that_takes_a_story_back_is_not_worse(desk: Desk) -> None:
    old = desk.edition(1, stories=2)
    new = desk.edition(2, stories=2).model_copy(
        update={"stories": old.stories[1:], "failures": (retracted(1),)}
    )
    assert not is_worse(new, old)
    assert not is_worse(new.model_copy(update={"render_failures": ("pdf: x",)}), old)


def test_nor_is_one_that_gives_it_back(desk: Desk) -> None:
    old = desk.edition(1, stories=2)
    old = old.model_copy(update={"stories": old.stories[1:], "failures": (retracted(1),)})
    assert not is_worse(desk.edition(2, stories=2), old)


def test_nor_is_one_that_takes_back_fewer_rows_and_has_as_many_stories(desk: Desk) -> None:
    old = desk.edition(1, stories=3)
    old = old.model_copy(update={"failures": (retracted(4), retracted(5))})
    new = old.model_copy(update={"revision": 2, "failures": (retracted(4),)})
    assert not is_worse(new, old)


def test_after_a_retraction_a_printing_with_fewer_stories_is_worse(desk: Desk) -> None:
    old = desk.edition(1, stories=3)
    old = old.model_copy(update={"stories": old.stories[1:], "failures": (retracted(1),)})
    new = old.model_copy(update={"revision": 2, "stories": old.stories[1:]})
    assert is_worse(new, old)


def test_an_edition_whose_last_story_goes_is_printed_empty(desk: Desk) -> None:
    old = desk.edition(1, stories=1, failures=())
    new = old.model_copy(
        update={"stories": (), "failures": (retracted(1),), "content_sha256": "cd" * 32}
    )
    assert not is_worse(new, old)
