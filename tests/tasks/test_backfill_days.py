"""Which days a backfill prints, what is left of each, and how it is said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.errors import SettingsError
from pressrun.models import Refresh
from settings import load_settings
from tasks.backfill import (
    Came,
    Outcome,
    as_rows,
    days_between,
    in_words,
    left_to_do,
    only_days,
    refuse_relisting,
)
from tasks.order import place_order
from tests.pressrun.archive.archive_desk import DAY, Desk

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_both_ends_are_printed_and_each_so_many_days() -> None:
    assert len(days_between(FIRST, LAST)) == 10
    assert days_between(FIRST, LAST, 7) == (FIRST, date(2026, 3, 8))
    assert days_between(FIRST, FIRST, 7) == (FIRST,)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(LAST, FIRST, "the last is before the first"), (date(2000, 1, 1), LAST, "over 3660")],
)
def test_a_backfill_without_days_or_with_too_many_is_refused(
    start: date, end: date, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        days_between(start, end)


def test_named_days_are_taken_in_the_order_of_the_backfill() -> None:
    days = days_between(FIRST, LAST)
    assert only_days(days, "2026-03-05, 2026-03-02") == (date(2026, 3, 2), date(2026, 3, 5))
    assert only_days(days, None) == days
    with pytest.raises(SettingsError, match="2026-04-01: not among the days"):
        only_days(days, "2026-04-01")
    for text in ("March", ","):
        with pytest.raises(SettingsError, match="YYYY-MM-DD"):
            only_days(days, text)


def test_a_limit_is_no_matter_of_a_refresh() -> None:
    refuse_relisting(None, 3)
    with pytest.raises(SettingsError, match="which a refresh of pages keeps"):
        refuse_relisting(Refresh.PAGES, 3)


def test_a_complete_edition_is_skipped_and_another_is_left(archive_dir: Any) -> None:
    archive = Archive.open(str(archive_dir))
    settings = load_settings({"papers": {"daily": {"formats": ("html",)}}})
    done = place_order(settings, "daily", DAY, NOW)
    other = place_order(settings, "daily", DAY + timedelta(days=1), NOW)
    Desk().print(archive, stories=2, content_sha256=done.content_sha256)
    todo, skipped = left_to_do(archive, [done, other])
    assert todo == [other]
    [one] = skipped
    assert (one.came, one.stories, one.why) == (Came.SKIPPED, 2, "already printed")


def test_the_outcomes_are_counted_in_words_and_listed_by_date() -> None:
    outcomes = [
        Outcome(edition_date=LAST, came=Came.FAILED, why="no list"),
        Outcome(edition_date=FIRST, came=Came.PRINTED, stories=18, listed=20, revision=1),
    ]
    assert in_words(outcomes) == "1 of 2 dates: 1 printed, 1 failed"
    assert [list(row.values()) for row in as_rows(outcomes)] == [
        ["2026-03-01", "printed", "18 of 20", "1", ""],
        ["2026-03-10", "failed", "", "", "no list"],
    ]
    assert in_words([]) == "0 of 0 dates: nothing to print"


def test_a_date_whose_new_printing_was_kept_aside_says_so_and_has_an_edition() -> None:
    aside = Outcome(edition_date=FIRST, came=Came.KEPT_ASIDE, revision=1)
    assert in_words([aside]) == "1 of 1 dates: 1 kept aside"
    assert as_rows([aside])[0]["outcome"] == "kept aside"
