"""Stories that carry on those of the days before."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import same_story as labelled
from pressrun.archive import Archive
from pressrun.models import Edition, Story
from tasks.threads import DAYS_BACK, MOST_SHOWN, carried_on, with_threads
from tests.pressrun.archive.archive_desk import DAY, Desk

values = Desk()
FLOOD = {
    "title": "沱川河凌汛",
    "keywords": ("沱川河", "凌汛"),
    "text": "沱川河凌汛橙色预警。",
}
TEA = {"title": "雁回毛尖开采", "keywords": ("雁回毛尖", "鲜叶"), "text": "雁回毛尖鲜叶跌价。"}
FILM = {"title": "影片票房破两亿", "keywords": ("渡口的灯",), "text": "《渡口的灯》票房破两亿元。"}
VOTE = {"title": "洛维尼亚大选", "keywords": ("洛维尼亚",), "text": "洛维尼亚执政联盟失去多数。"}


def story(rank: int, day: date, told: dict[str, Any], **changes: Any) -> Story:
    summary = values.summary(told["text"]).model_copy(update={"keywords": told["keywords"]})
    url = f"http://news.test/{day}/{rank}.html"
    return values.story(rank, title=told["title"], url=url, summary=summary, **changes)


def edition(back: int, *told: dict[str, Any], **changes: Any) -> Edition:
    """The edition of *back* days before, with stories that tell of *told*."""
    day = DAY - timedelta(days=back)
    stories = tuple(story(rank, day, one, **changes) for rank, one in enumerate(told, start=1))
    return values.edition(stories=2, day=day).model_copy(update={"stories": stories})


def test_the_labelled_stories_are_seldom_tied_wrongly() -> None:
    judged = [one for one in labelled.judge() if one.task == "going on"]
    assert labelled.counts(judged)["precision"] >= labelled.PRECISION
    assert labelled.counts(judged)["recall"] >= 0.7


def test_a_story_names_those_it_carries_on_and_counts_its_days() -> None:
    before = [edition(1, TEA, FLOOD), edition(2, VOTE, FILM), edition(3, FLOOD, FILM)]
    flood, tea = carried_on(edition(0, FLOOD, TEA), before).stories
    assert [one.edition_date for one in flood.earlier] == [DAY - timedelta(1), DAY - timedelta(3)]
    assert flood.earlier[0].url == before[0].stories[1].url
    assert (flood.day, tea.day) == (3, 2)


def test_a_story_without_one_before_is_in_its_first_day() -> None:
    [film] = carried_on(edition(0, FILM), [edition(1, FLOOD, TEA), edition(2, VOTE)]).stories
    assert (film.earlier, film.day) == ((), 1)


def test_days_that_a_story_had_before_are_counted_and_at_most_five_are_named() -> None:
    today = edition(8, FLOOD, TEA)
    for back in range(7, -1, -1):
        before = [today, edition(back + 8, VOTE, FILM)]
        today = carried_on(edition(back, FLOOD, FILM), before)
    flood = today.stories[0]
    assert (flood.day, len(flood.earlier)) == (9, MOST_SHOWN)
    assert [one.edition_date for one in flood.earlier] == [
        DAY - timedelta(days=back) for back in range(1, MOST_SHOWN + 1)
    ]


def test_what_was_taken_back_since_is_not_named() -> None:
    first = edition(2, FLOOD, VOTE)
    second = carried_on(edition(1, FLOOD, FILM), [first])
    emptied = first.model_copy(update={"stories": first.stories[1:]})
    flood = carried_on(edition(0, FLOOD, TEA), [second, emptied]).stories[0]
    assert [one.edition_date for one in flood.earlier] == [DAY - timedelta(1)]


def test_the_same_address_is_the_same_story() -> None:
    before = edition(1, FLOOD, TEA)
    today = edition(0, VOTE, FILM)
    same = today.stories[0].model_copy(update={"url": before.stories[0].url})
    today = today.model_copy(update={"stories": (same, today.stories[1])})
    assert [one.day for one in carried_on(today, [before]).stories] == [2, 1]


async def test_days_before_are_read_and_later_ones_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive.open(str(tmp_path / "archive"))
    for back in (-1, 1, 8):
        archive.editions.begin(values.plan(day=DAY - timedelta(days=back)))
        archive.editions.publish(edition(back, FLOOD, TEA), values.renditions())
    read: list[date] = []
    current = archive.editions.current

    def noted(paper: str, day: date) -> Edition | None:
        read.append(day)
        return current(paper, day)

    monkeypatch.setattr(archive.editions, "current", noted)
    flood, _ = (await with_threads(archive, edition(0, FLOOD, FILM))).stories
    assert [one.edition_date for one in flood.earlier] == [DAY - timedelta(days=1)]
    assert sorted(read) == [DAY - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]


async def test_a_day_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path / "archive"))
    day = DAY - timedelta(days=1)
    archive.editions.begin(values.plan(day=day))
    archive.editions.publish(edition(1, FLOOD, TEA), values.renditions())
    manifest = tmp_path / "archive" / "editions" / "daily" / str(day) / "r0001" / "edition.json"
    manifest.write_text('{"schema_version": 99}')
    today = edition(0, FLOOD, FILM)
    assert await with_threads(archive, today) == today
