"""The newsroom's lists have the form of Sina's, over real HTTP."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from pressrun.newsroom import DEMO_DATE, Newsroom, articles, dates
from pressrun.newsroom.faults import FAULTY_ROWS
from pressrun.newsroom.toplist import LISTS

ALL = "www_www_all_suda_suda"
FAULTY_DATE = date(2026, 3, 10)


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as running:
        yield running


async def ask(newsroom: Newsroom, day: date | str, **query: str) -> tuple[str, dict[str, Any]]:
    """The raw answer of a list, and the object in it."""
    asked = {"top_type": "day", "top_cat": ALL, "top_show_num": "100", "js_var": "answer"} | query
    asked["top_time"] = day if isinstance(day, str) else f"{day:%Y%m%d}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(newsroom.list_url, params=asked) as response,
    ):
        assert response.status == 200
        text = (await response.read()).decode("utf-8")
    found, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
    return text, found


def usable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row["title"], str) and row.get("url")]


async def test_a_list_assigns_conf_and_data_to_the_name_that_was_asked_for(
    newsroom: Newsroom,
) -> None:
    text, found = await ask(newsroom, DEMO_DATE, js_var="all_1_data")

    assert text.startswith('var all_1_data = {"conf":{')
    assert text.endswith("]};")
    assert found["conf"]["top_cat"] == ALL
    assert set(found["data"][0]) == {
        *("id", "title", "media", "author", "url", "comment_url", "create_date", "create_time"),
        *("cat_name", "top_time", "top_num", "ext3", "time"),
    }


async def test_a_name_that_is_no_javascript_name_is_not_repeated(newsroom: Newsroom) -> None:
    text, found = await ask(newsroom, DEMO_DATE, js_var="x;alert(1)//")

    assert text.startswith("var data = {")
    assert found["conf"]["js_var"] == "data"


async def test_rows_come_by_clicks_with_commas_and_say_the_same_time_twice(
    newsroom: Newsroom,
) -> None:
    _, found = await ask(newsroom, DEMO_DATE)
    rows, expected = found["data"], articles(DEMO_DATE)

    clicks = [int(row["top_num"].replace(",", "")) for row in rows]
    assert clicks == sorted(clicks, reverse=True)
    assert rows[0]["top_num"] == "1,284,503"
    assert [row["url"] for row in rows] == [newsroom.url + article.path for article in expected]
    for row, article in zip(rows, expected, strict=True):
        local = f"{row['create_date']}T{row['create_time']}+08:00"
        assert parsedate_to_datetime(row["time"]).isoformat() == local
        assert parsedate_to_datetime(row["time"]) == article.published
        assert row["top_time"] == "20260312"


async def test_order_and_number_are_honoured(newsroom: Newsroom) -> None:
    _, most = await ask(newsroom, DEMO_DATE, top_show_num="10")
    _, least = await ask(newsroom, DEMO_DATE, top_show_num="10", top_order="ASC")
    _, odd = await ask(newsroom, DEMO_DATE, top_show_num="many")

    everything = [newsroom.url + article.path for article in articles(DEMO_DATE)]
    assert [row["url"] for row in most["data"]] == everything[:10]
    assert [row["url"] for row in least["data"]] == everything[:-11:-1]
    assert len(odd["data"]) == len(everything) == 16


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_each_of_sinas_names_gives_its_category_and_ranking(
    newsroom: Newsroom, name: str
) -> None:
    category, ranking = LISTS[name]
    for day in dates():
        _, found = await ask(newsroom, day, top_cat=name)
        expected = [newsroom.url + row.path for row in articles(day, category, ranking)]
        wanted = [row["url"] for row in usable(found["data"])]
        assert wanted == expected


def test_sinas_names_of_both_eras_and_three_rankings_are_known() -> None:
    assert LISTS["www_all"] == LISTS[ALL] == ("all", "clicks")
    assert LISTS["society"] == LISTS["news_society_suda"] == ("society", "clicks")
    assert LISTS["kjxwpl"] == ("technology", "comments")
    assert LISTS["wbrmzfjsxw"] == ("military", "shares")
    assert len(LISTS) == 9 * 3 + 4


async def test_rankings_differ(newsroom: Newsroom) -> None:
    orders = []
    for name in (ALL, "qbpdpl", "wbrmzf_qz"):
        _, found = await ask(newsroom, DEMO_DATE, top_cat=name)
        orders.append([row["id"] for row in found["data"]])

    assert len({tuple(order) for order in orders}) == 3
    assert len({frozenset(order) for order in orders}) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"day": "20010101"},
        {"day": "2026-03-12"},
        {"day": "20260399"},
        {"day": ""},
        {"day": "20260312", "top_cat": "news_moon_suda"},
        {"day": "20260312", "top_type": "week"},
        {"day": "20260312", "top_cat": "news_mil_suda"},
    ],
)
async def test_what_is_not_listed_is_an_empty_list(
    newsroom: Newsroom, query: dict[str, str]
) -> None:
    _, found = await ask(newsroom, **query)

    assert found["data"] == []


async def test_one_date_has_a_row_without_title_and_one_without_address(
    newsroom: Newsroom,
) -> None:
    _, found = await ask(newsroom, FAULTY_DATE)
    rows = found["data"]

    assert [row["title"] is False for row in rows] == [False, True, False, False, False]
    assert ["url" in row for row in rows] == [True, True, True, True, False]
    assert len(usable(rows)) == len(articles(FAULTY_DATE)) == 3
    assert DEMO_DATE not in FAULTY_ROWS


async def test_slashes_non_ascii_and_markup_are_escaped_as_php_does(newsroom: Newsroom) -> None:
    text, found = await ask(newsroom, FAULTY_DATE)

    assert text.isascii()
    assert not re.search(r"(?<!\\)/", text)
    assert "Halloran &amp; Pike" in found["data"][-1]["title"]


def test_five_days_in_a_row_have_lists_and_no_article_is_on_two() -> None:
    days = dates()
    listed = [article.path for day in days for article in articles(day)]

    assert [day - days[0] for day in days] == [timedelta(days=n) for n in range(5)]
    assert len(listed) == len(set(listed)) == 28
