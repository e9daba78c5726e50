"""Sina's rolling list: addresses by day and section, answers of every kind, pages over HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from pressrun import plugins
from pressrun.errors import HttpStatus, SettingsError, SourceError
from pressrun.models import ListRequest
from pressrun.newsroom import DEMO_DATE, Newsroom
from pressrun.newsroom.loader import SITE_ZONE, every_article
from settings import FetchSettings, SinaRollSettings
from tasks.fetch import Fetcher
from tasks.sources.sina_roll import SECTIONS, SinaRollSource
from tasks.sources.sina_roll_pages import Day, RollPage, later_pages, of_day, parse_page
from tests.fakes import LocalServer

PAST = date(2026, 11, 20)
DAY = Day.of(PAST)
NOON = DAY.begin + 12 * 3600
NEXT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai: the day is over."""


def row(moment: int = NOON, **changes: Any) -> dict[str, Any]:
    """A row as the service gives it, one of its own for each moment."""
    return {
        "docid": f"comos:{moment}",
        "url": f"https://news.sina.com.cn/c/2026-11-20/doc-{moment}.shtml",
        "wapurl": f"https://news.sina.cn/{moment}.html",
        "title": f"第{moment}号水电站并网",
        "intro": "",
        "media_name": "江城日报",
        "ctime": str(moment),
        "mtime": str(moment),
        "images": [],
        "keywords": "",
        **changes,
    }


def answer(
    rows: Any, *, total: Any = None, code: Any = 0, before: str = "", after: str = ""
) -> bytes:
    result = {
        "status": {"code": code, "msg": "succ"},
        "timestamp": "Fri Nov 20 23:59:00 +0800 2026",
        "total": total if total is not None or not isinstance(rows, list) else len(rows),
        "lid": 2509,
        "data": rows,
    }
    return f"{before}{json.dumps({'result': result})}{after}".encode()


def page(*rows: Any, total: Any = None) -> RollPage:
    return parse_page(answer(list(rows), total=total))


def request(day: date = PAST, category: str = "all", limit: int = 20) -> ListRequest:
    return ListRequest(edition_date=day, category=category, limit=limit)


def test_a_page_is_asked_for_by_section_and_the_seconds_of_the_day_in_shanghai() -> None:
    url = URL(SinaRollSource().address(request(category="society"), 3))
    assert str(url.with_query(None)) == "https://feed.mix.sina.com.cn/api/roll/get"
    assert dict(url.query) == {
        "pageid": "153",
        "lid": "2669",
        "etime": "1795104000",
        "stime": "1795190400",
        "ctime": "1795190400",
        "date": "2026-11-20",
        "k": "",
        "num": "50",
        "page": "3",
    }


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        (date(2026, 11, 20), (2026, 11, 19, 16), (2026, 11, 20, 16)),
        (date(2027, 1, 1), (2026, 12, 31, 16), (2027, 1, 1, 16)),
        (date(2028, 2, 29), (2028, 2, 28, 16), (2028, 2, 29, 16)),
        # Shanghai had summer time from 1986 to 1991.
        (date(1991, 4, 14), (1991, 4, 13, 16), (1991, 4, 14, 15)),
    ],
)
def test_a_day_begins_at_midnight_in_shanghai(
    day: date, begin: tuple[int, int, int, int], end: tuple[int, int, int, int]
) -> None:
    span = Day.of(day)
    assert datetime.fromtimestamp(span.begin, UTC) == datetime(*begin, tzinfo=UTC)
    assert datetime.fromtimestamp(span.end, UTC) == datetime(*end, tzinfo=UTC)


def test_every_category_of_the_top_list_has_a_section_and_no_two_are_one() -> None:
    assert {
        *("all", "china", "world", "society", "sports", "finance"),
        *("entertainment", "technology", "military"),
    } < set(SECTIONS)
    assert len(set(SECTIONS.values())) == len(SECTIONS)


def test_a_category_without_a_section_names_those_that_have_one() -> None:
    with pytest.raises(
        SourceError, match=r"'weather'; there are all, china, .*us-stocks"
    ) as caught:
        SinaRollSource().address(request(category="weather"), 1)
    assert not caught.value.transient


def test_the_options_are_those_of_its_table() -> None:
    source = plugins.build("sources", "sina-roll", {"list_url": "http://127.0.0.1:8/r?x=1"})
    assert URL(source.address(request(), 1)).query["x"] == "1"
    assert (
        plugins.build("sources", "sina-roll", SinaRollSettings().model_dump()) == source.__class__()
    )
    for options in ({"page_rows": 51}, {"list_url": "file:///etc/passwd"}):
        with pytest.raises(SettingsError, match=r"\[sources\.sina-roll\]"):
            plugins.build("sources", "sina-roll", options)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\ufeff", "\n"),
        ("try{feedCardJsonpCallback(", ");}catch(e){};"),
        ("callback(", ")"),
    ],
)
def test_javascript_around_the_answer_is_looked_past(before: str, after: str) -> None:
    found = parse_page(answer([row()], total=120, before=before, after=after))
    assert (len(found.rows), found.size, found.total) == (1, 1, 120)


@pytest.mark.parametrize(
    ("total", "read"),
    [("7", 7), (0, 0), ("", None), ("many", None), (-1, None), (1.5, None), (["7"], None)],
)
def test_a_total_is_a_number_or_not_known(total: object, read: int | None) -> None:
    assert page(row(), total=total).total == read


@pytest.mark.parametrize("rows", [[], {}])
def test_an_answer_without_rows_is_an_empty_page(rows: object) -> None:
    found = parse_page(answer(rows))
    assert (found.rows, found.skipped, found.size) == ((), (), 0)
    assert found.ends(DAY)


@pytest.mark.parametrize(
    ("body", "transient", "says"),
    [
        (b"<html><title>502</title>", True, "web page in place of a list: <html>"),
        (b"", True, "holds no list, or is cut: nothing"),
        (answer([row()])[:-20], True, "holds no list, or is cut"),
        (b'{"result": null}', True, "holds no list"),
        (b'{"result":' + b"[" * 100_000, True, "holds no list"),
        (answer([], code=11), True, "status 11 (succ); a list has 0"),
        (answer([row()], code="1"), True, "status 1 (succ)"),
        (b'{"result": {"data": []}}', True, "status None (no message)"),
        (b'{"result": {"status": 0, "data": []}}', True, "status None"),
        (b"no such list", False, "no such list"),
        (answer("gone"), False, "data is no array"),
        (answer({"0": row()}), False, "data is no array"),
    ],
)
def test_what_is_no_list_is_an_error_that_says_what_it_is(
    body: bytes, transient: bool, says: str
) -> None:
    with pytest.raises(SourceError) as caught:
        parse_page(body)
    assert caught.value.transient is transient
    assert says in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_rows_that_cannot_be_used_are_skipped_with_the_reason() -> None:
    found = page(
        *(row(title=False), row(url=""), row(url="javascript:alert(1)"), "text"),
        *(row(ctime=""), row(ctime="soon"), row(ctime=None), row(ctime="9" * 400)),
        row(url="https://slide.news.sina.com.cn/s/slide_1_2841.html"),
        row(url="http://video.sina.com.cn/p/news/1.html"),
        row(url="https://news.sina.com.cn/zt_d/2026/"),
        row(title="A&amp;B <b>并网</b>", ctime=NOON),
    )
    assert [(one.title, one.medium, one.moment) for one in found.rows] == [
        ("A&B 并网", "江城日报", NOON)
    ]
    assert found.skipped == (
        *("no title", "no address", "not an http address", "not a row"),
        *["no time"] * 4,
        *["a slide show, a video or a topic page"] * 3,
    )


@pytest.mark.parametrize(
    ("images", "url"),
    [
        (
            [{"u": "//n.sinaimg.cn/a.jpg", "w": "9"}, {"u": "http://x.test/b.jpg"}],
            "https://n.sinaimg.cn/a.jpg",
        ),
        (["http://x.test/b.jpg"], "http://x.test/b.jpg"),
        ([{"u": "javascript:alert(1)"}, {}, 7, None], ""),
        ("http://x.test/b.jpg", ""),
        (None, ""),
    ],
)
def test_the_first_image_that_has_an_address_is_the_storys(images: object, url: str) -> None:
    [found] = page(row(images=images)).rows
    assert found.image_url == url


def test_rows_of_other_days_are_dropped_to_the_second() -> None:
    moments = (DAY.end, DAY.end - 1, DAY.begin, DAY.begin - 1)
    rows, skipped = of_day([page(*map(row, moments))], DAY)
    assert [one.moment for one in rows] == [DAY.end - 1, DAY.begin]
    assert skipped == ("of another day",) * 2


def test_a_page_a_docid_and_a_title_are_each_listed_once_over_all_pages() -> None:
    first = page(row(NOON), row(NOON + 1))
    second = page(
        row(NOON),
        row(NOON + 2, url=row(NOON)["url"].replace("https", "http") + "#x"),
        row(NOON + 3, docid=f"comos:{NOON}"),
        row(NOON + 4, title=f"<b>第{NOON}号水电站并网</b>"),
        row(NOON + 5, docid=""),
        row(NOON + 6, docid=""),
    )
    rows, skipped = of_day([first, second], DAY)
    assert [one.moment - NOON for one in rows] == [0, 1, 5, 6]
    assert skipped == ("listed before",) * 4


@pytest.mark.parametrize(
    ("total", "most", "sampled", "expected"),
    [
        (50, 40, True, []),
        (51, 40, True, [2]),
        (2000, 40, True, list(range(2, 41))),
        (500, 4, True, [3, 6, 9]),
        (500, 4, False, [2, 3, 4]),
        (500, 1, True, []),
        (None, 4, True, [2, 3, 4]),
        (10**10, 3, True, [50_000_001, 150_000_001]),
    ],
)
def test_pages_are_read_to_the_last_or_spread_over_too_many(
    total: int | None, most: int, sampled: bool, expected: list[int]
) -> None:
    first = RollPage((), (), 50, total)
    assert list(later_pages(first, most, sampled=sampled)) == expected


def test_reading_ends_at_a_page_of_older_rows() -> None:
    assert page(row(DAY.begin - 1), row(DAY.begin - 9)).ends(DAY)
    assert not page(row(DAY.begin), row(DAY.begin - 9)).ends(DAY)
    assert not page(row(DAY.end + 5)).ends(DAY)
    assert not page("unusable").ends(DAY)


class Roll(LocalServer):
    """Serves *rows* in pages; a page number in `down` answers 503 so often."""

    def __init__(self, rows: list[Any]) -> None:
        super().__init__()
        self.rows = rows
        self.down: dict[int, int] = {}
        self.asked: list[int] = []
        self.referers: set[str | None] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/roll", self._roll)]

    def source(self, **options: int) -> SinaRollSource:
        return SinaRollSource(list_url=f"{self.url}/roll", **options)

    async def _roll(self, request: web.Request) -> web.Response:
        number, size = int(request.query["page"]), int(request.query["num"])
        self.asked.append(number)
        self.referers.add(request.headers.get("Referer"))
        if self.down.get(number, 0):
            self.down[number] -= 1
            return web.Response(status=503)
        shown = self.rows[(number - 1) * size : number * size]
        return web.Response(body=answer(shown, total=len(self.rows)), content_type="text/plain")


@pytest.fixture
async def http() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchSettings(private_hosts=True, host_delay_s=0)) as fetcher:
        yield fetcher


def of_hours(*hours: float) -> list[dict[str, Any]]:
    """Rows of these hours of the day, the newest first."""
    return [row(DAY.begin + int(hour * 3600)) for hour in sorted(hours, reverse=True)]


async def test_of_a_past_day_all_pages_are_read_and_headlines_are_spread_over_it(
    http: Fetcher,
) -> None:
    async with Roll(of_hours(*(number / 10 for number in range(240)))) as roll:
        listing = await roll.source().listing(request(limit=4), http, NEXT)
        assert roll.asked == [1, 2, 3, 4, 5]
    shanghai = timedelta(hours=8)
    moments = [one.published + shanghai for one in listing.headlines if one.published]
    assert [f"{moment:%H:%M}" for moment in moments] == ["21:00", "15:00", "09:00", "03:00"]
    assert [one.rank for one in listing.headlines] == [1, 2, 3, 4]
    assert (listing.source, listing.ranking) == ("sina-roll", "spread")
    assert roll.referers == {"https://news.sina.com.cn/"}


async def test_the_raw_list_is_every_page_as_it_came(http: Fetcher) -> None:
    async with Roll(of_hours(*range(24))) as roll:
        listing = await roll.source(page_rows=10).listing(request(), http, NEXT)
    lines = [json.loads(line) for line in listing.raw.decode().splitlines()]
    assert [URL(line["url"]).query["page"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["url"] == listing.url
    pages = [parse_page(line["body"].encode()) for line in lines]
    assert [one.size for one in pages] == [10, 10, 4]


async def test_of_too_many_pages_such_are_read_as_lie_evenly_among_them(http: Fetcher) -> None:
    async with Roll(of_hours(*range(24))) as roll:
        listing = await roll.source(page_rows=2, max_pages=4).listing(request(), http, NEXT)
        assert roll.asked == [1, 3, 7, 11]
    assert len(listing.headlines) == 8


async def test_of_today_the_newest_are_read_until_there_are_enough(http: Fetcher) -> None:
    rows = of_hours(*range(13))
    rows[1] = row(url="https://slide.news.sina.com.cn/s/1.html")
    async with Roll(rows) as roll:
        now = NEXT - timedelta(seconds=1)
        listing = await roll.source(page_rows=3).listing(request(limit=4), http, now)
        assert roll.asked == [1, 2]
    hours = [one.published.hour + 8 for one in listing.headlines if one.published]
    assert hours == [12, 10, 9, 8]
    assert listing.ranking == "newest"
    assert listing.skipped == ("a slide show, a video or a topic page",)


async def test_a_day_is_today_until_its_last_second_in_shanghai(http: Fetcher) -> None:
    async with Roll(of_hours(1, 23)) as roll:
        for now, ranking in ((NEXT - timedelta(seconds=1), "newest"), (NEXT, "spread")):
            listing = await roll.source().listing(request(), http, now)
            assert listing.ranking == ranking
        tomorrow = request(PAST + timedelta(days=1))
        assert (await roll.source().listing(tomorrow, http, NEXT)).headlines == ()
        with pytest.raises(SourceError, match="sina-roll has no list for 2026-11-21: it is 2026-1"):
            await roll.source().listing(tomorrow, http, NEXT - timedelta(seconds=1))


async def test_a_later_attempt_asks_only_for_the_pages_that_are_missing(http: Fetcher) -> None:
    async with Roll(of_hours(*range(24))) as roll:
        roll.down = {3: 1}
        source = roll.source(page_rows=8)
        with pytest.raises(HttpStatus, match="HTTP 503") as caught:
            await source.listing(request(), http, NEXT)
        assert caught.value.transient
        listing = await source.listing(request(), http, NEXT)
        assert roll.asked == [1, 2, 3, 3]
    assert len(listing.headlines) == 20


async def test_a_day_without_rows_has_no_headlines(http: Fetcher) -> None:
    async with Roll([]) as roll:
        listing = await roll.source().listing(request(), http, NEXT)
        assert roll.asked == [1]
    assert (listing.headlines, listing.skipped) == ((), ())


@pytest.mark.parametrize("page_rows", [3, 50])
@pytest.mark.parametrize("category", ["all", "sports"])
async def test_the_newsrooms_day_is_read_whole(
    http: Fetcher, newsroom: Newsroom, category: str, page_rows: int
) -> None:
    source = SinaRollSource(list_url=newsroom.roll_url, page_rows=page_rows)
    asked = request(DEMO_DATE, category)
    first, again = [await source.headlines(asked, http) for _ in range(2)]
    expected = {
        newsroom.url + one.path: one
        for one in every_article()
        if one.published.astimezone(SITE_ZONE).date() == DEMO_DATE
        and category in ("all", one.category)
    }
    assert {one.url for one in first.headlines} == set(expected)
    for one in first.headlines:
        article = expected[one.url]
        assert (one.title, one.medium) == (article.title, article.medium)
        assert (one.published, one.category) == (article.published, article.category)
    assert first == again
    topics = ["a slide show, a video or a topic page"] if category == "all" else []
    assert list(first.skipped) == topics
    pages = -(-(len(expected) + len(topics)) // page_rows)
    assert newsroom.requests["/api/roll/get"] == pages
