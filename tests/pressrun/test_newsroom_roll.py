"""The newsroom's rolling list has the form of Sina's, over real HTTP."""

import json
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from pressrun.newsroom import DEMO_DATE, Newsroom
from pressrun.newsroom.loader import SITE_ZONE, every_article

MIDNIGHT = datetime(DEMO_DATE.year, DEMO_DATE.month, DEMO_DATE.day, tzinfo=SITE_ZONE)


async def ask(newsroom: Newsroom, **query: object) -> str:
    asked = {"pageid": "153", "lid": "2509", "k": "", "num": "50", "page": "1"}
    asked |= {key: str(value) for key, value in query.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.get(newsroom.roll_url, params=asked) as response,
    ):
        assert response.status == 200
        return (await response.read()).decode("ascii")


async def result(newsroom: Newsroom, **query: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await ask(newsroom, **query))["result"]
    return found


def day(days: int = 0) -> dict[str, object]:
    begin = MIDNIGHT + timedelta(days=days)
    end = begin + timedelta(days=1)
    return {
        "etime": int(begin.timestamp()),
        "stime": int(end.timestamp()),
        "ctime": int(end.timestamp()),
        "date": f"{begin:%Y-%m-%d}",
    }


async def test_without_dates_every_article_is_listed_the_newest_first(newsroom: Newsroom) -> None:
    found = await result(newsroom)
    assert found["status"] == {"code": 0, "msg": "succ"}
    assert found["lid"] == 2509
    seconds = [int(row["ctime"]) for row in found["data"]]
    assert seconds == sorted(seconds, reverse=True)
    listed = {row["url"] for row in found["data"]}
    assert {newsroom.url + article.path for article in every_article()} <= listed


async def test_a_row_has_the_fields_of_sinas_and_its_time_as_a_string(newsroom: Newsroom) -> None:
    found = await result(newsroom, **day())
    assert set(found["data"][0]) == {
        *("docid", "url", "wapurl", "title", "intro", "media_name", "ctime", "mtime"),
        *("images", "keywords"),
    }
    assert all(row["ctime"].isdigit() for row in found["data"])
    assert len({row["docid"] for row in found["data"]}) == len(found["data"])


async def test_a_day_has_what_was_published_between_its_two_moments_and_a_topic_page(
    newsroom: Newsroom,
) -> None:
    for days in range(-3, 2):
        found = await result(newsroom, **day(days))
        expected = [
            article
            for article in every_article()
            if article.published.astimezone(SITE_ZONE).date() == DEMO_DATE + timedelta(days=days)
        ]
        paths = [row["url"].removeprefix(newsroom.url) for row in found["data"]]
        assert {path for path in paths if "/zt_d/" not in path} == {one.path for one in expected}
        assert found["total"] == len(found["data"]) == len(expected) + 1
    assert (await result(newsroom, **day(-400)))["data"] == []


async def test_pages_hold_num_rows_and_together_all(newsroom: Newsroom) -> None:
    whole = await result(newsroom, **day())
    pages = [await result(newsroom, num=4, page=page, **day()) for page in range(1, 6)]
    assert [len(page["data"]) for page in pages] == [4, 4, 4, 2, 0]
    assert [row for page in pages for row in page["data"]] == whole["data"]
    assert {page["total"] for page in pages} == {14}
    assert newsroom.requests["/api/roll/get"] == 6


@pytest.mark.parametrize(("lid", "category"), [(2512, "sports"), (2514, "military")])
async def test_a_section_has_its_own_articles(newsroom: Newsroom, lid: int, category: str) -> None:
    found = await result(newsroom, lid=lid)
    expected = {newsroom.url + one.path for one in every_article() if one.category == category}
    assert {row["url"] for row in found["data"]} == expected


async def test_an_unknown_section_is_told_by_the_status(newsroom: Newsroom) -> None:
    found = await result(newsroom, lid=7)
    assert found["status"]["code"] != 0
    assert found["data"] == []


async def test_a_callback_is_wrapped_around_the_answer_if_it_is_a_name(newsroom: Newsroom) -> None:
    text = await ask(newsroom, callback="feedCard_1")
    assert text.startswith("try{feedCard_1({")
    assert text.endswith("});}catch(e){};")
    assert (await ask(newsroom, callback="x;alert(1)//")).startswith('{"result":')
