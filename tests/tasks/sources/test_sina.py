"""Sina's top list: addresses by date and category, and answers of every kind."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from pressrun import plugins
from pressrun.errors import FetchError, SettingsError, SourceError
from pressrun.models import ListRequest
from settings import FetchSettings, SinaSettings
from tasks.fetch import Fetcher
from tasks.sources.sina import SinaSource, parse_list, published, read_rows
from tasks.sources.sina_lists import TOP_LISTS
from tasks.sources.sina_rows import category_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def row(**changes: Any) -> dict[str, Any]:
    """A row as the service gives it."""
    return {
        "id": "1",
        "title": "黄河上游第三座水电站并网",
        "media": "江城日报",
        "url": "https://news.sina.com.cn/c/2026-11-21/doc-a.shtml",
        "create_date": "2026-11-21",
        "create_time": "08:30:15",
        "top_num": "12,345",
        "ext3": "",
        "time": "Sat, 21 Nov 2026 08:30:15 +0800",
        **changes,
    }


def answer(rows: Any, *, before: str = "var data = ", after: str = ";\n") -> bytes:
    return f"{before}{json.dumps({'conf': {'top_cat': 'x'}, 'data': rows})}{after}".encode()


def address(day: str, category: str = "all", ranking: str = "clicks", limit: int = 20) -> URL:
    request = ListRequest(
        edition_date=date.fromisoformat(day), category=category, ranking=ranking, limit=limit
    )
    return URL(SinaSource().address(request, NOW))


@pytest.mark.parametrize(
    ("day", "category", "ranking", "host", "name"),
    [
        ("2026-11-21", "all", "clicks", "top.news.sina.com.cn", "www_www_all_suda_suda"),
        ("2015-04-16", "all", "clicks", "top.news.sina.com.cn", "www_www_all_suda_suda"),
        ("2015-04-15", "all", "clicks", "top.news.sina.com.cn", "www_all"),
        ("2014-05-10", "china", "clicks", "top.news.sina.com.cn", "news_china_suda"),
        ("2014-05-09", "china", "clicks", "top.news.sina.com.cn", "china"),
        ("2014-05-09", "sports", "clicks", "top.sports.sina.com.cn", "all"),
        ("2026-11-21", "finance", "clicks", "top.finance.sina.com.cn", "finance_0_suda"),
        ("2026-11-21", "entertainment", "comments", "top.ent.sina.com.cn", "ylxwpl"),
        ("2012-01-01", "all", "comments", "top.news.sina.com.cn", "qbpdpl"),
        ("2026-11-21", "all", "shares", "top.collection.sina.com.cn", "wbrmzf_qz"),
    ],
)
def test_a_list_is_asked_by_its_name_of_that_day(
    day: str, category: str, ranking: str, host: str, name: str
) -> None:
    url = address(day, category, ranking)
    assert (url.scheme, url.host, url.path) == ("https", host, "/ws/GetTopDataList.php")
    assert url.query["top_cat"] == name
    assert url.query["top_type"] == "day"
    assert url.query["top_time"] == day.replace("-", "")


def test_every_ranking_has_every_category() -> None:
    words = [
        *["all", "china", "world", "society", "sports", "finance"],
        *["entertainment", "technology", "military"],
    ]
    assert [list(lists) for lists in TOP_LISTS.values()] == [words] * 3
    assert list(TOP_LISTS) == ["clicks", "comments", "shares"]


@pytest.mark.parametrize(("limit", "rows"), [(1, "10"), (20, "40"), (60, "100"), (200, "100")])
def test_more_rows_are_asked_for_than_needed(limit: int, rows: str) -> None:
    assert address("2026-11-21", limit=limit).query["top_show_num"] == rows


def test_the_lists_address_is_a_setting() -> None:
    source = plugins.build("sources", "sina", {"list_url": "http://127.0.0.1:8/{channel}/l?x=1"})
    request = ListRequest(edition_date=date(2026, 11, 21), category="sports")
    url = URL(source.address(request, NOW))
    assert (url.path, url.query["x"], url.query["top_cat"]) == ("/sports/l", "1", "sports_suda")
    with pytest.raises(SettingsError):
        plugins.build("sources", "sina", {"list_url": "file:///etc/passwd"})
    assert plugins.build("sources", "sina", SinaSettings().model_dump()) == SinaSource()


def test_today_is_shanghais() -> None:
    late = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # midnight there
    request = ListRequest(edition_date=date(2026, 11, 22))
    assert SinaSource().address(request, late)
    with pytest.raises(SourceError, match="it is 2026-11-21 in Shanghai") as caught:
        SinaSource().address(request, late.replace(hour=15, minute=59))
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("day", "category", "ranking", "message"),
    [
        ("2026-11-21", "weather", "clicks", "no category 'weather'; there are all, china, world"),
        ("2026-11-21", "all", "likes", "no ranking 'likes'; there are clicks, comments, shares"),
        ("2014-05-09", "military", "clicks", "not known up to 2014-05-09"),
    ],
)
def test_a_list_that_is_not_there_names_those_that_are(
    day: str, category: str, ranking: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        address(day, category, ranking)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("var data = ", ";"),
        ("", ""),
        ("\ufeff/* list */ var a_1 = ", ";\nif (typeof show != 'undefined') { show(a_1); }"),
        ("try{cb(", ");}catch(e){};"),
        ("function f(){return 1};var data = ", ";var other = {'data': 1};"),
    ],
)
def test_javascript_around_the_list_is_looked_past(before: str, after: str) -> None:
    assert parse_list(answer([row()], before=before, after=after)) == [row()]


def test_semicolons_escapes_and_raw_tabs_in_titles_survive() -> None:
    body = (
        '\ufeffvar d = {"conf":{},"data":[{"title":"a};\\/\\u4e2d&quot;b\tc","url":"x"}]};'.encode()
    )
    assert parse_list(body)[0]["title"] == "a};/中&quot;b\tc"


def test_an_answer_in_gb18030_is_read() -> None:
    body = 'var d = {"conf":{},"data":[{"title":"“㐀”—镕"}]};'.encode("gb18030")
    assert parse_list(body)[0]["title"] == "“㐀”—镕"


def test_an_empty_list_has_no_headlines() -> None:
    assert read_rows(parse_list(answer([])), "all", 20) == ((), ())


@pytest.mark.parametrize(
    ("body", "transient"),
    [
        (b"<html><title>502</title>", True),
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML>{}", True),
        (b"", True),
        (answer([row()])[:-40], True),
        (b'var data = {"conf":' + b"[" * 100_000, True),
        (b'var data = {"conf": {}, "data": [' + b"9" * 5000 + b"]}", True),
        (b"{" * 100_000, True),
        (b"no such list", False),
        (answer(None), False),
        (answer({"0": row()}), False),
        (answer("gone"), False),
        (b'var data = {"conf": {"error": "top_cat"}};', False),
        (b"\x00\xff\xfe\x1b[2J", False),
    ],
)
def test_what_is_no_list_is_an_error_with_an_excerpt(body: bytes, transient: bool) -> None:
    with pytest.raises(SourceError) as caught:
        parse_list(body)
    assert caught.value.transient is transient
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_list_by_rank_numbers_begins_with_the_first() -> None:
    rows = [row(top_num=str(number)) for number in (3, 2, 1)]
    assert [entry["top_num"] for entry in parse_list(answer(rows))] == ["1", "2", "3"]
    counts = [row(top_num=number) for number in ("9,000", "12,000", "7")]
    assert parse_list(answer(counts)) == counts


def test_a_row_becomes_a_headline() -> None:
    (headline,), skipped = read_rows([row(ext3="//n.sinaimg.cn/a.jpg")], "china", 20)
    assert skipped == ()
    assert headline.model_dump() == {
        "rank": 1,
        "title": "黄河上游第三座水电站并网",
        "url": "https://news.sina.com.cn/c/2026-11-21/doc-a.shtml",
        "medium": "江城日报",
        "published": datetime(2026, 11, 21, 0, 30, 15, tzinfo=UTC),
        "category": "china",
        "image_url": "https://n.sinaimg.cn/a.jpg",
        "source": "sina",
    }


@pytest.mark.parametrize(
    ("url", "category"),
    [
        ("https://news.sina.com.cn/c/2026-11-21/doc-a.shtml", "china"),
        ("https://news.sina.com.cn/gov/xlxw/2026-11-21/doc-a.shtml", "china"),
        ("http://news.sina.com.cn/w/2012-01-01/063023730000.shtml", "world"),
        ("https://news.sina.com.cn/s/2026-11-21/doc-a.shtml", "society"),
        ("https://news.sina.com.cn/world/2026-11-21/doc-a.shtml", "world"),
        ("https://news.sina.com.cn/o/2026-11-21/doc-a.shtml", "all"),
        ("https://mil.news.sina.com.cn/china/2026-11-21/doc-a.shtml", "military"),
        ("https://finance.sina.com.cn/china/2026-11-21/doc-a.shtml", "finance"),
        ("http://roll.finance.sina.com.cn/s/2026-11-21/doc-a.shtml", "finance"),
        ("https://sports.sina.com.cn/nba/2026-11-21/doc-a.shtml", "sports"),
        ("https://ent.sina.com.cn/s/m/2026-11-21/doc-a.shtml", "entertainment"),
        ("https://tech.sina.com.cn/t/2026-11-21/doc-a.shtml", "technology"),
        ("http://blog.sina.com.cn/s/blog_1.html", "all"),
        ("https://k.sina.com.cn/article_1.html", "all"),
        ("http://127.0.0.1:8/sports/2026-11-21/doc-a.shtml", "sports"),
    ],
)
def test_in_the_list_of_everything_the_address_tells_the_category(url: str, category: str) -> None:
    (headline,), _ = read_rows([row(url=url)], "all", 20)
    assert headline.category == category
    assert category_of(url, "society") == "society"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A&amp;B &quot;甲&quot;&#39;", 'A&B "甲"\''),
        ("<font color=red>急</font>讯<br/>到<!-- x -->了", "急讯到了"),
        ("3 < 5 > 2，《<雨>》", "3 < 5 > 2，《<雨>》"),
        ("&lt;script&gt;", "<script>"),
        ("  a\u3000b\n\tc\u00a0 ", "a b c"),
        ("ab\u202egnp\u200b\x00\x1b[2J", "abgnp [2J"),
        ("half \ud83d a pair", "half a pair"),
        ("e\u0301", "é"),
        ("字" * 300, "字" * 199 + "…"),
    ],
)
def test_titles_are_one_plain_line(title: str, shown: str) -> None:
    (headline,), _ = read_rows([row(title=title)], "all", 20)
    assert headline.title == shown


def test_rows_that_cannot_be_used_are_skipped_and_counted() -> None:
    rows = [
        row(title=False),
        row(title=" <b></b> "),
        row(url=""),
        row(url=None),
        row(url="javascript:alert(1)"),
        row(url="http://["),
        row(url="https://a.example/\nX"),
        row(url="https://a.example/" + "x" * 3000),
        row(url="http:\\\\a.example\\"),
        row(url={"a": 1}),
        "text",
        None,
        row(url="//news.sina.com.cn/1.shtml"),
        row(url="http://news.sina.com.cn/1.shtml#comments"),
        row(url="https://slide.news.sina.com.cn/s/slide_1.html"),
        row(url="http://video.sina.com.cn/p/news/1.html"),
        row(url="https://news.sina.com.cn/zt_d/2026/"),
        row(url="http://127.0.0.1:8/2.html"),
    ]
    headlines, skipped = read_rows(rows, "all", 20)
    assert [(headline.rank, headline.url) for headline in headlines] == [
        (1, "https://news.sina.com.cn/1.shtml"),
        (2, "http://127.0.0.1:8/2.html"),
    ]
    assert [reason.partition(": ")[2] for reason in skipped] == (
        ["no title"] * 2
        + ["no address"] * 2
        + ["not an http address"] * 6
        + ["not a row"] * 2
        + ["listed before"]
        + ["a slide show, a video or a topic page"] * 3
    )


def test_the_limit_counts_usable_headlines_and_no_row_after_it_is_looked_at() -> None:
    rows = [row(url=f"https://a.example/{n}", title=n != 1 and "题") for n in range(5)]
    headlines, skipped = read_rows(rows, "all", 2)
    assert [headline.url[-1] for headline in headlines] == ["0", "2"]
    assert skipped == ("row 2: no title",)


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"time": "Sat, 21 Nov 2026 08:30:15 +0800"}, (2026, 11, 21, 0, 30, 15)),
        ({"time": "Sat, 21 Nov 2026 08:30:15"}, (2026, 11, 21, 0, 30, 15)),
        ({"time": None}, (2026, 11, 21, 0, 30, 15)),
        ({"time": "yesterday"}, (2026, 11, 21, 0, 30, 15)),
        ({"time": "", "create_time": "07:00"}, (2026, 11, 20, 23, 0, 0)),
        ({"time": "", "create_time": ""}, None),
        ({"time": "", "create_date": "2012-13-45"}, None),
        ({"time": "", "create_date": "0001-01-01"}, None),
        ({"time": "Sat, 01 Jan 9999 23:59:59 -1200"}, None),
        ({"time": 7, "create_date": ["x"]}, None),
    ],
)
def test_the_moment_is_that_of_publication(
    fields: dict[str, Any], moment: tuple[int, int, int, int, int, int] | None
) -> None:
    expected = datetime(*moment, tzinfo=UTC) if moment else None
    assert published(row(**fields)) == expected


async def test_a_list_is_read_over_http() -> None:
    asked: list[str] = []
    body = answer([row(), row(title=False), row(url="https://a.example/2")])

    async def handler(request: web.BaseRequest) -> web.Response:
        asked.append(request.path_qs)
        if "20200101" in request.path_qs:
            return web.Response(status=404)
        return web.Response(body=body, content_type="text/html")

    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/{{channel}}"
    source = SinaSource(list_url=url)
    try:
        async with Fetcher(FetchSettings(private_hosts=True, host_delay_s=0)) as http:
            listing = await source.headlines(
                ListRequest(edition_date=date(2020, 2, 29), category="world"), http
            )
            with pytest.raises(FetchError, match="404"):
                await source.headlines(ListRequest(edition_date=date(2020, 1, 1)), http)
    finally:
        await runner.cleanup()
    assert listing.raw == body
    assert [headline.rank for headline in listing.headlines] == [1, 2]
    assert listing.skipped == ("row 2: no title",)
    assert URL(listing.url).path_qs == asked[0]
    assert asked[0].startswith("/news?top_type=day&top_cat=news_world_suda&top_time=20200229")
