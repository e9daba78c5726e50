"""What a backfill would do and cost, told from the archive."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.models import Refresh
from settings import load_settings
from tasks.forecast import Rates, Task, forecast, in_words, rates
from tasks.order import Order, place_order
from tests.pressrun.archive.archive_desk import DAY, Desk

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def archive(archive_dir: Any) -> Archive:
    return Archive.open(str(archive_dir))


def order(day: date = DAY, refresh: Refresh | None = None) -> Order:
    settings = load_settings({"papers": {"daily": {"formats": ("html",), "limit": 7}}})
    return place_order(settings, "daily", day, NOW, refresh=refresh)


def test_a_day_without_an_edition_is_listed_fetched_and_summarised(archive: Archive) -> None:
    [task] = forecast(archive, [order()])
    assert (task.what, task.lists, task.pages, task.summaries) == ("print", 1, 7, 7)


@pytest.mark.parametrize(
    ("refresh", "what", "pages", "summaries"),
    [
        (None, "nothing: already printed", 0, 0),
        (Refresh.RENDITIONS, "draw the files again", 0, 0),
        (Refresh.SUMMARIES, "summarise again", 0, 2),
        (Refresh.PAGES, "fetch the pages again", 2, 2),
    ],
)
def test_a_refresh_of_an_edition_costs_what_it_makes_anew(
    archive: Archive, refresh: Refresh | None, what: str, pages: int, summaries: int
) -> None:
    headlines = tuple(Desk().headline(rank) for rank in (1, 2))
    plan = Desk().plan(headlines=headlines)
    number = archive.editions.begin(plan)
    edition = Desk().edition(number, content_sha256=order().content_sha256)
    archive.publish(edition, Desk().renditions())
    [task] = forecast(archive, [order(refresh=refresh)])
    assert (task.what, task.pages, task.summaries) == (what, pages, summaries)


def test_there_is_nothing_to_draw_again_where_nothing_was_printed(archive: Archive) -> None:
    [task] = forecast(archive, [order(refresh=Refresh.RENDITIONS)])
    assert (task.what, task.lists) == ("nothing: no edition yet", 0)


def test_an_edition_that_was_begun_goes_on(archive: Archive) -> None:
    archive.editions.begin(Desk().plan(content_sha256=order().content_sha256))
    [task] = forecast(archive, [order()])
    assert task.what == "go on with what was begun"
    assert task.lists == 0


def test_the_cost_is_by_what_summaries_took_before(archive: Archive) -> None:
    for days in range(3):
        Desk().print(archive, day=DAY - timedelta(days=days))
    by = rates(archive, "daily")
    assert (by.editions, by.summaries, by.calls) == (3, 6, 1)
    todo = [Task(edition_date=DAY, what="print", lists=1, pages=20, summaries=20)]
    slow = Rates(3, 6, 1.5, 400.0, 30.0)
    assert in_words(todo, slow) == (
        "at most 1 lists and 20 pages to fetch, 20 summaries to ask for: about 30 calls, 8,000 "
        "tokens and 10 min of one model's time, by the 6 summaries of the last 3 editions"
    )
    assert in_words(todo, Rates.of([])).endswith("no edition yet tells what a summary takes")
