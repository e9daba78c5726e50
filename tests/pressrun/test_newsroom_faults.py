"""The date of the faults stands beside the others, and its pages are as faulty as they say."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from pressrun.newsroom import Newsroom, articles, dates
from pressrun.newsroom.faults import FAULTS_DATE, FAULTY_ROWS, fault_articles
from pressrun.newsroom.faults.answers import ANSWERS, ATTRIBUTES, TOO_MANY_BYTES, UNPACKED_BYTES
from settings import FetchSettings

PATHS = {article.slug: article.path for article in fault_articles()}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


async def ask(
    session: aiohttp.ClientSession, newsroom: Newsroom, slug: str
) -> tuple[int, aiohttp.ClientResponse, bytes]:
    url = newsroom.url + PATHS[slug]
    async with session.get(url, allow_redirects=False) as response:
        return response.status, response, await response.read()


def test_no_other_date_has_a_faulty_page() -> None:
    sound = {article.path for day in dates() for article in articles(day)}
    assert FAULTS_DATE not in dates()
    assert sound.isdisjoint(PATHS.values())
    assert articles(FAULTS_DATE) == ()


def test_what_answers_badly_is_listed() -> None:
    assert ANSWERS.keys() <= PATHS.keys()
    assert {article.listed for article in fault_articles()} == {FAULTS_DATE}


async def test_the_list_stands_amid_other_javascript_and_has_spoiled_rows(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    query = {"top_cat": "www_www_all_suda_suda", "top_time": f"{FAULTS_DATE:%Y%m%d}"}
    query |= {"top_show_num": "100", "js_var": "answer"}
    async with session.get(newsroom.list_url, params=query) as response:
        text = await response.text()
    before, found, after = text.partition("var answer = ")
    assert "{" in before
    assert found
    rows, end = json.JSONDecoder().raw_decode(after)
    assert "{" in after[end:]
    assert len(rows["data"]) == len(PATHS) + len(FAULTY_ROWS[FAULTS_DATE])


@pytest.mark.parametrize(("slug", "status"), [("tide-clock", 500), ("library-night", 429)])
async def test_a_page_that_fails_at_first_serves_its_article_then(
    newsroom: Newsroom, session: aiohttp.ClientSession, slug: str, status: int
) -> None:
    first, response, _ = await ask(session, newsroom, slug)
    second, _, body = await ask(session, newsroom, slug)
    assert (first, second) == (status, 200)
    assert response.headers.get("Retry-After") == ("1" if status == 429 else None)
    [article] = [one for one in fault_articles() if one.slug == slug]
    assert article.paragraphs[0] in body.decode()


async def test_large_pages_are_over_the_limit_that_fetching_has_by_itself(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    limit = FetchSettings().max_bytes
    _, response, body = await ask(session, newsroom, "oversized")
    assert len(body) > TOO_MANY_BYTES > limit
    assert "Content-Length" not in response.headers
    _, response, body = await ask(session, newsroom, "bomb")
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(body) < 100_000 < limit < UNPACKED_BYTES


async def test_a_page_goes_in_circles_and_one_is_a_maze(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    status, response, _ = await ask(session, newsroom, "loop")
    assert (status, response.headers["Location"]) == (302, PATHS["loop"])
    _, _, body = await ask(session, newsroom, "labyrinth")
    assert body.count(b'=""') > ATTRIBUTES - 1
    assert len(body) < FetchSettings().max_bytes


async def test_a_page_lies_about_its_charset(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    _, response, body = await ask(session, newsroom, "stone-bridge")
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert b"charset=utf-8" in body.lower()
    assert "云岭古石桥" in body.decode("gb18030")
