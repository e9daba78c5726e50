"""Searching the texts of the site, as the command does."""

from datetime import date, timedelta

import pytest

from pressrun.archive import Archive
from pressrun.archive.searching import Asked, fold, marks, search, words_in
from tests.pressrun.archive.archive_desk import DAY, Desk


def put(
    archive: Archive, desk: Desk, day: date, *titles: str, paper: str = "daily", **summary: object
) -> None:
    made = desk.summary().model_copy(update=summary)
    stories = tuple(
        desk.story(rank, title=title, summary=made) for rank, title in enumerate(titles, 1)
    )
    number = archive.editions.begin(desk.plan(paper, day))
    edition = desk.edition(number, paper=paper, day=day).model_copy(update={"stories": stories})
    archive.publish(edition, desk.renditions())


def titles(archive: Archive, query: str, **asked: object) -> list[str]:
    _, index = archive.site.shards.index()
    assert index
    wanted = Asked(words_in(query), **asked)  # type: ignore[arg-type]
    return [hit.story.title for hit in search(archive.site.shards, index, wanted)]


def test_every_word_is_found_wherever_its_characters_stand(archive: Archive, desk: Desk) -> None:
    put(archive, desk, DAY, "长江禁渔三年", "黄河开渔", "江苏长跑", "NASA tests engines")
    assert titles(archive, "长江") == ["长江禁渔三年"]
    assert titles(archive, "渔 江") == ["长江禁渔三年"]
    assert titles(archive, "nasa Engine") == ["NASA tests engines"]
    assert titles(archive, "ＮＡＳＡ") == ["NASA tests engines"]
    assert titles(archive, "不在其中") == []


def test_what_stands_in_straight_quotes_is_one_word_and_chinese_quotes_are_looked_for(
    archive: Archive, desk: Desk
) -> None:
    put(archive, desk, DAY, "New York opens", "York has a new mayor", "称“熄灭”是误会", "熄灭以后")
    assert titles(archive, "new york") == ["New York opens", "York has a new mayor"]
    assert titles(archive, '"New York"') == titles(archive, "＂new york＂") == ["New York opens"]
    assert titles(archive, "“熄灭”") == ["称“熄灭”是误会"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('"a b" c', ("a b", "c")),
        ('12" pizza', ('12"', "pizza")),
        ('"a b', ('"a', "b")),
        ('"" " "', ()),
        ("水 ferry　港", ("水", "ferry", "港")),
    ],
)
def test_a_query_is_words_and_phrases(query: str, words: tuple[str, ...]) -> None:
    assert words_in(query) == words


def test_marks_that_nobody_sees_hide_nothing(archive: Archive, desk: Desk) -> None:
    put(archive, desk, DAY, "零\u200b宽的\u00ad字")
    assert titles(archive, "\ufeff宽的字") == ["零\u200b宽的\u00ad字"]
    assert marks("零\u200b宽", ("零宽",)) == [(0, 3)]


def test_summaries_and_keywords_are_searched(archive: Archive, desk: Desk) -> None:
    put(archive, desk, DAY, "甲", text="船队昨日启航。", keywords=("远洋", "补给"))
    assert titles(archive, "启航") == titles(archive, "补给") == ["甲"]


def test_the_newest_comes_first_and_dates_and_paper_bound_it(archive: Archive, desk: Desk) -> None:
    for back in (0, 1, 40, 400):
        put(archive, desk, DAY - timedelta(days=back), f"渔 {back}")
    put(archive, desk, DAY - timedelta(days=1), "渔 world", paper="world")
    assert titles(archive, "渔") == ["渔 0", "渔 1", "渔 world", "渔 40", "渔 400"]
    assert titles(archive, "渔", paper="world") == ["渔 world"]
    since, until = DAY - timedelta(days=40), DAY - timedelta(days=1)
    assert titles(archive, "渔", since=since, until=until) == ["渔 1", "渔 world", "渔 40"]
    assert titles(archive, "渔", since=DAY, until=until) == []


def test_a_story_is_linked_to_its_place_in_the_page(archive: Archive, desk: Desk) -> None:
    put(archive, desk, DAY, "长江")
    _, index = archive.site.shards.index()
    assert index
    (hit,) = search(archive.site.shards, index, Asked(("长江",)))
    assert hit.href.startswith("daily/2026-11-21/index.html#s-")
    assert hit.paper.title == "每日要闻"


def test_months_before_enough_was_found_are_not_read(
    local: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for months in range(20):
        put(local, desk, date(2024 + months // 12, months % 12 + 1, 1), "渔")
    _, index = local.site.shards.index()
    assert index
    read, keys = local.files.read, list[str]()

    def noted(key: str) -> bytes | None:
        keys.append(key)
        return read(key)

    monkeypatch.setattr(local.files, "read", noted)
    next(search(local.site.shards, index, Asked(("渔",))))
    assert sorted(keys)[-1] == "site/daily/2025-08.json"
    assert len(keys) <= 8


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("长江禁渔，长江", "长江", [(0, 2), (5, 7)]),
        ("NASA和ＮＡＳＡ", "nasa", [(0, 4), (5, 9)]),
        ("重㎏", "kg", [(1, 2)]),
        ("禁渔令", "禁渔 渔令", [(0, 3)]),
        ("ab", "a b", [(0, 2)]),
        ("🐟江", "江", [(1, 2)]),
    ],
)
def test_words_are_marked_where_they_stand(
    text: str, query: str, marked: list[tuple[int, int]]
) -> None:
    assert marks(text, words_in(query)) == marked


def test_folding_leaves_neither_case_nor_width() -> None:
    assert fold("Ａbc１２") == "abc12"
