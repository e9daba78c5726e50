"""The newsroom's articles are what they claim to be, and its pages are served as declared."""

import asyncio
import io
import re
import sys
import unicodedata
from collections import Counter
from datetime import timedelta
from itertools import chain

import aiohttp
import pytest
from lxml import html as lxml_html
from PIL import Image

from pressrun.models import Article
from pressrun.newsroom import DEMO_DATE, NewsArticle, Newsroom, articles, dates
from pressrun.newsroom.pages import page, picture
from pressrun.newsroom.pictures import SCENES, draw_picture
from tasks.same_story import group, sketch_of
from tasks.summaries.keywords import own_keywords
from tasks.threads import going_on, told

EVERY = tuple(chain.from_iterable(articles(day) for day in dates()))
BY_SLUG = {article.slug: article for article in EVERY}

TIMES = r"2026年03月\d\d日 \d\d:\d\d|2026-03-\d\d \d\d:\d\d|March \d+, 2026, \d\d:\d\d [AP]M"

each = pytest.mark.parametrize("article", EVERY, ids=lambda article: article.slug)


def shown(html: str) -> str:
    """All text of a page."""
    return str(lxml_html.document_fromstring(html).xpath("string()"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_demo_date_has_sixteen_articles_in_seven_categories_and_two_languages() -> None:
    rows = articles(DEMO_DATE)

    assert Counter(row.language for row in rows) == {"zh": 13, "en": 3}
    assert {row.category for row in rows} == {
        *("china", "world", "society", "sports", "finance", "entertainment", "technology")
    }
    assert all(articles(day) for day in dates())


def keywords_of(row: NewsArticle) -> tuple[str, ...]:
    article = Article(
        url=row.path,
        title=row.title,
        text=row.text,
        language=row.language,
        extractor="none",
        page_sha256="0" * 64,
    )
    return own_keywords(article)


def test_one_event_of_the_demo_date_is_told_twice() -> None:
    sketches = {
        row.slug: sketch_of(row.title, row.text, row.language) for row in articles(DEMO_DATE)
    }
    assert [one for one in group(sketches) if len(one) > 1] == [["basketball", "basketball-loss"]]


def test_one_event_of_the_demo_date_goes_on_from_the_day_before() -> None:
    before, today = (
        [
            told(day, row.slug, row.language, row.title, row.paragraphs[1], keywords_of(row))
            for row in articles(day)
        ]
        for day in (DEMO_DATE - timedelta(days=1), DEMO_DATE)
    )
    found = going_on(today, before)
    assert {slug: [one.url for one in ones] for slug, ones in found.items()} == {
        "ice-flood": ["ice-watch"]
    }


def test_lengths_are_those_of_real_news() -> None:
    chinese = sorted(len(row.text) for row in EVERY if row.language == "zh")
    english = sorted(len(row.text.split()) for row in EVERY if row.language == "en")

    assert len(chinese) == 22
    assert 400 <= chinese[0] <= chinese[5] <= 600
    assert 1700 <= chinese[-2] <= chinese[-1] <= 2000
    assert sum(750 <= length <= 1200 for length in chinese) >= 8
    assert len(english) == 6
    assert 250 <= english[0] <= english[-1] <= 600


@each
def test_an_article_is_prose_with_figures_and_a_quotation(article: NewsArticle) -> None:
    assert len(article.paragraphs) >= 4
    assert unicodedata.is_normalized("NFC", article.text)
    assert re.search(r"[0-9]|百分之", article.text)
    assert re.search(r"“[^”]+”|「[^」]+」", article.text)
    assert article.published.date() <= article.listed
    assert not re.search(r"[#*_`<>]|\n\n", article.text)


def test_articles_of_a_charset_are_there_and_some_pages_lie_about_theirs() -> None:
    charsets = Counter(row.charset for row in EVERY)
    liars = {
        row.slug
        for row in EVERY
        if {row.header or row.charset, row.meta or row.charset} != {row.charset}
    }

    assert charsets["big5"] == 1
    assert min(charsets["utf-8"], charsets["gbk"], charsets["gb18030"]) >= 4
    assert {"rare-names", "platform-refunds", "lovinia-vote", "mountain-rail"} <= liars
    assert sum(row.header == "" for row in EVERY) >= 5


def test_a_name_on_the_demo_date_is_outside_gbk_and_its_page_holds_it() -> None:
    article = BY_SLUG["rare-names"]

    assert article.listed == DEMO_DATE
    assert "周\U00020bb7林" in article.text
    with pytest.raises(UnicodeEncodeError):
        article.text.encode("gbk")
    assert "周\U00020bb7林".encode("gb18030") in page(article)


@each
async def test_a_page_answers_with_the_declared_bytes_and_holds_its_article(
    article: NewsArticle,
) -> None:
    async with (
        Newsroom() as newsroom,
        aiohttp.ClientSession() as session,
        session.get(newsroom.url + article.path) as response,
    ):
        body = await response.read()
        assert response.status == 200
        assert response.headers["Content-Type"] == article.content_type
        assert newsroom.requests == {article.path: 1}

    html = body.decode(article.charset)
    meta = re.search(r"""charset="?([a-z0-9-]+)""", html)
    assert meta is not None
    assert meta[1] == (article.charset if article.meta is None else article.meta)
    text = squeezed(shown(html))
    place = 0
    for paragraph in article.paragraphs:
        place = text.index(squeezed(paragraph), place)
    assert squeezed(article.title) in text


@each
def test_most_of_a_page_is_not_the_article(article: NewsArticle) -> None:
    html = page(article).decode(article.charset).lower()

    assert html.count("<a ") >= 15
    assert html.count("<script") + html.count("<style") >= 2
    assert re.search("评论|跟贴|留言|comments", html)
    assert re.search("版权|版權|rights reserved|terms of use", html)


@each
def test_the_time_is_visible_before_the_text(article: NewsArticle) -> None:
    text = shown(page(article).decode(article.charset))

    assert re.search(TIMES, text[: text.index(article.paragraphs[0])])


def test_templates_differ() -> None:
    assert Counter(row.template for row in EVERY).keys() == {
        *("sina", "table", "soup", "portal", "county", "bay", "english", "courier")
    }


@pytest.mark.parametrize("article", [row for row in EVERY if row.image], ids=lambda row: row.slug)
def test_a_picture_is_drawn_to_the_edge_and_the_same_each_time(article: NewsArticle) -> None:
    assert article.image is not None
    data = draw_picture(article.image, article.number)
    with Image.open(io.BytesIO(data)) as opened:
        drawn = opened.convert("RGB")

    assert data == draw_picture(article.image, article.number)
    assert drawn.size == (960, 640)
    assert len(data) < 60_000
    colours = drawn.getcolors(1 << 20)
    assert colours is not None
    assert max(count for count, _ in colours) < 0.5 * 960 * 640


def test_every_scene_has_an_article_and_an_article_without_one_has_no_picture() -> None:
    assert {row.image for row in EVERY if row.image} == set(SCENES)
    with pytest.raises(ValueError, match="quarterly has no picture"):
        picture(BY_SLUG["quarterly"])


async def test_listed_pictures_are_there_and_unknown_paths_are_not() -> None:
    article = next(row for row in EVERY if row.image)
    async with Newsroom() as newsroom, aiohttp.ClientSession() as session:
        async with session.get(newsroom.url + article.image_path) as response:
            assert response.content_type == "image/png"
            assert await response.read() == picture(article)
        for path in ("/img/none.png", "/china/2026-03-12/doc-none.shtml", "/x"):
            async with session.get(newsroom.url + path) as response:
                assert response.status == 404
        async with session.get(newsroom.url) as response:
            index = await response.text()

    assert all(row.path in index for row in EVERY)
    assert newsroom.requests["/img/none.png"] == 1


async def test_a_taken_port_is_an_error_and_a_free_one_is_found() -> None:
    async with Newsroom() as first:
        port = int(first.url.rsplit(":", 1)[1])
        assert port > 0
        with pytest.raises(OSError, match=str(port)):
            await Newsroom(port).__aenter__()


async def test_the_module_prints_its_addresses_and_serves() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pressrun.newsroom", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        said = [(await process.stdout.readline()).decode() for _ in range(5)]
        url = said[1].split()[-1]
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            assert (await response.text()).startswith("var data = {")
    finally:
        process.terminate()
        await process.communicate()
    assert said[2].endswith("/api/roll/get\n")
    assert "2026-03-12" in said[3]
