import hashlib
from datetime import UTC, datetime

import pytest

from pressrun.errors import ExtractionError
from pressrun.models import Headline, Page
from tasks.extract import EXTRACTOR, extract_article, read_page
from tasks.extraction import rejects
from tasks.extraction.tidy import paragraphs, plain, trim

URL = "https://news.example.cn/c/2026-03-12/doc-1.shtml"
FETCHED = datetime(2026, 3, 13, tzinfo=UTC)
PARAGRAPHS = (
    "沱川河开河在即，下游四个县十二日启动凌汛三级应急响应。水利部门说，目前封河长度为二百一十七公里，比去年同期多三十公里。",
    "“我们把船都拉上了岸。”在河边住了四十年的王大爷对记者说，今年的冰比往年厚，最厚的地方有八十厘米。",
    "按照预案，沿河两岸的三千二百名居民将在四十八小时之内转移到安置点。当地学校已经停课，恢复时间另行通知。",
)
TITLE = "沱川河开河在即 下游四县启动凌汛应急响应"
ENGLISH = (
    "The harbour ferries will run every twelve minutes from Monday, the port authority said, after "
    "a winter in which passengers waited up to forty minutes on the western pier.",
    "Officials expect the new timetable to carry about 18,000 people a day, a third more than now, "
    "and have hired twenty-six deckhands to staff the additional sailings.",
    "“We missed the ferry more often than we caught it,” said Maria Lind, a nurse who crosses "
    "twice a day, as she waited for the evening boat with her bicycle and her groceries.",
)


def html_of(
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    *,
    title: str = TITLE,
    head: str = "",
    after: str = "",
    date: str = "2026年03月12日 10:24",
) -> str:
    body = "".join(f"<p>　　{text}</p>\n" for text in paragraphs)
    links = "".join(f'<li><a href="/{n}">春节档票房第{n}名是谁</a></li>' for n in range(30))
    return (
        f"<html><head><title>{title}_国内新闻_北川新闻网</title>{head}</head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/c'>国内</a> 2026年3月13日 星期五</div>"
        f"<h1>{title}</h1><div class='meta'>{date} 来源：北川新闻网</div>"
        f"<div class='content'>{body}<p>责任编辑：石小编 SN737</p></div>{after}"
        f"<div class='related'><h2>相关新闻：大桥今年通车</h2><ul>{links}</ul></div></body></html>"
    )


def page_of(html: str | bytes, url: str = URL, content_type: str = "") -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    return Page(url=url, final_url=url, content_type=content_type, body=body, fetched_at=FETCHED)


def test_a_chinese_page_gives_its_paragraphs_title_and_date_and_nothing_else() -> None:
    page = page_of(html_of())
    article = extract_article(page)
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.title == TITLE
    assert article.published == datetime(2026, 3, 12, 2, 24, tzinfo=UTC)
    assert article.language == "zh"
    assert article.extractor == EXTRACTOR
    assert article.page_sha256 == hashlib.sha256(page.body).hexdigest()


def test_a_mislabelled_gbk_page_reads_the_same() -> None:
    page = page_of(html_of().encode("gbk"), content_type="text/html; charset=utf-8")
    article = extract_article(page)
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.encoding == "gb18030"


def test_an_english_page_gives_its_text_and_title() -> None:
    body = "".join(f"<p>{text}</p>" for text in ENGLISH)
    head = '<meta property="article:published_time" content="2026-03-10T08:00:00Z">'
    html = (
        f"<html><head><title>Ferries to run every twelve minutes - The Pier</title>{head}</head>"
        "<body><nav><a href='/'>Home</a></nav><article>"
        f"<h1>Ferries to run every twelve minutes</h1>{body}"
        "</article><footer>Copyright The Pier</footer></body></html>"
    )
    article = extract_article(page_of(html, "https://pier.example/news/ferries"))
    assert article.text == "\n".join(ENGLISH)
    assert article.title == "Ferries to run every twelve minutes"
    assert article.language == "en"
    assert article.published == datetime(2026, 3, 10, tzinfo=UTC)


def test_title_date_and_medium_of_the_list_come_first() -> None:
    listed = datetime(2026, 3, 12, 1, 2, tzinfo=UTC)
    headline = Headline(
        rank=1, title="沱川河凌汛\u200b应急响应启动", url=URL, published=listed, medium="北川日报"
    )
    article = extract_article(page_of(html_of()), headline)
    assert article.title == "沱川河凌汛应急响应启动"
    assert (article.published, article.medium) == (listed, "北川日报")


def test_the_title_is_not_a_related_articles_heading() -> None:
    html = html_of().replace("<body>", "<body><h1>英国美女转行当美人鱼，每小时收入近千元</h1>")
    assert read_page(page_of(html)).title == TITLE


@pytest.mark.parametrize(
    ("date", "head", "expected"),
    [
        ("2026-03-12 10:24", "", "2026-03-12T10:24"),
        ("２０２６年３月１２日　１０：２４", "", "2026-03-12T10:24"),
        ("2026/3/12 9:05", "<meta name=pubdate content='2001-01-01 00:00'>", "2026-03-12T09:05"),
        ("", "<meta itemprop=datePublished content='2026-03-11T18:00:00Z'>", "2026-03-12T02:00"),
        ("", "", "2026-03-12T00:00"),
        ("2026-13-45 10:24", "", "2026-03-12T00:00"),
        ("2031-01-01 08:00", "", "2026-03-12T00:00"),
    ],
    ids=["iso", "wide", "visible-first", "offset", "address", "impossible", "future"],
)
def test_the_date_is_the_one_by_the_title_then_the_pages_then_the_addresss(
    date: str, head: str, expected: str
) -> None:
    moment = read_page(page_of(html_of(date=date, head=head))).published
    assert moment is not None
    assert moment.isoformat().startswith(expected)


def test_text_has_no_control_zero_width_or_direction_characters() -> None:
    dirty = PARAGRAPHS[0][:10] + "\u200b\u202e\u2066\x07\ufeff\xad" + PARAGRAPHS[0][10:]
    article = extract_article(page_of(html_of((dirty, *PARAGRAPHS[1:]))))
    assert article.text == "\n".join(PARAGRAPHS)
    assert plain("e\u0301\r\n\ue5e5x\0") == "é\n x"
    assert paragraphs(" a \n\n　b　c ") == ["a", "b c"]


def test_a_line_break_of_the_source_within_a_chinese_sentence_is_nothing() -> None:
    broken = PARAGRAPHS[0][:20] + "\n    " + PARAGRAPHS[0][20:]
    assert extract_article(page_of(html_of((broken, *PARAGRAPHS[1:])))).text.startswith(
        PARAGRAPHS[0]
    )


def test_only_what_is_no_sentence_is_trimmed_from_the_ends() -> None:
    lines = ["首页 > 国内", TITLE, "2026-03-12 10:24 来源：新华社", "分享到：", *PARAGRAPHS]
    tail = ["（责任编辑：石小编）", "版权所有，未经授权不得转载。", "扫描二维码"]
    assert trim([*lines, *tail], TITLE) == [*PARAGRAPHS]
    kept = ["2026年3月12日，河开了。", "关闭该工厂后，居民松了一口气。", "举报电话12345已经开通。"]
    assert trim(kept, "标题") == kept
    assert trim(["责任编辑：石小编"], "标题") == ["责任编辑：石小编"]


def test_a_page_that_readability_misses_is_read_by_resiliparse() -> None:
    # Each paragraph is a link, to the page in large type: readability takes them for a menu.
    links = "".join(f"<p><a href='/large'>{text}</a></p>" for text in PARAGRAPHS)
    html = f"<h1>{TITLE}</h1><div class='comment'>{links}</div>"
    assert extract_article(page_of(html)).text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "url",
    [
        "http://slide.news.sina.com.cn/c/slide_1_86058_530000.html",
        "https://video.sina.com.cn/news/2026-03-12/detail-1.d.html",
        "https://news.sina.com.cn/zt_d/2026lianghui/",
        "https://www.example.com/gallery/storm-in-pictures",
    ],
)
def test_galleries_videos_and_topic_pages_are_known_by_their_address(url: str) -> None:
    with pytest.raises(ExtractionError, match="by its address") as caught:
        extract_article(page_of(html_of(), url))
    assert not caught.value.transient


@pytest.mark.parametrize(
    "url",
    [
        "https://news.sina.com.cn/c/2026-03-12/doc-inkvideo1234567.shtml",
        "https://finance.sina.com.cn/stock/video-games-rise.shtml",
        "",
        "http://[broken",
    ],
)
def test_an_address_that_only_contains_such_a_word_is_no_sign(url: str) -> None:
    assert rejects.by_address(url) is None


def test_a_page_that_declares_itself_a_video_is_refused() -> None:
    head = '<meta property="og:type" content="video.other">'
    with pytest.raises(ExtractionError, match=r"video\.other"):
        extract_article(page_of(html_of(head=head)))


def test_the_caption_of_one_picture_of_ten_is_refused() -> None:
    html = html_of(("1/10", PARAGRAPHS[0]))
    with pytest.raises(ExtractionError, match="gallery"):
        extract_article(page_of(html))


def test_an_aggregators_lead_in_is_refused_and_an_article_that_mentions_one_is_not() -> None:
    said = '<meta name="keywords" content="科技资讯,聚合阅读">'
    with pytest.raises(ExtractionError, match="aggregator"):
        extract_article(page_of(html_of(PARAGRAPHS[:1], head=said)))
    assert extract_article(page_of(html_of(PARAGRAPHS * 3, head=said))).text


def test_a_round_up_of_other_papers_headlines_is_refused() -> None:
    items = tuple(
        f"【{medium}】{text}"
        for medium, text in zip(
            ("证券时报网", "第一财经", "经济观察报", "中国新闻社"),
            (*PARAGRAPHS, PARAGRAPHS[0]),
            strict=True,
        )
    )
    with pytest.raises(ExtractionError, match="round-up"):
        extract_article(page_of(html_of(items)))


def test_a_text_that_shares_nothing_with_its_headline_is_refused() -> None:
    headline = Headline(rank=1, title="国足客场一比零击败对手晋级八强", url=URL)
    with pytest.raises(ExtractionError, match="not that of the headline"):
        extract_article(page_of(html_of()), headline)


ZH = "".join(PARAGRAPHS)
HOSTILE = {
    "empty": "",
    "no body": "<html><head><title>x</title></head></html>",
    "refresh": '<html><head><meta http-equiv="refresh" content="0;url=/x"></head></html>',
    "frames": "<frameset><frame src=x></frameset>",
    "unclosed script": "<script>" * 5_000 + ZH,
    "unclosed comment": "<!--" * 5_000 + ZH,
    "deep": "<div>" * 100_000 + ZH,
    "deep tables": "<table><tr><td>" * 30_000 + ZH,
    "deep English": "<div><p>" * 50_000 + "The quick brown fox jumps. " * 50,
    "binary": "\x00\x01\ufffd\x7f" * 5_000,
    "dates": "2019-09-07 " * 20_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_a_page_without_a_text_is_an_extraction_error(html: str) -> None:
    with pytest.raises(ExtractionError, match=r"^https://news\.example\.cn/"):
        extract_article(page_of(html))


ENTITIES = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 9}'>" for n in range(1, 12))
SURVIVABLE = {
    "NULs": html_of().replace("水", "\0水\0"),
    "fonts never closed": "<font>" * 600 + html_of(),
    "entity bomb": f"<!DOCTYPE html [<!ENTITY e0 'x'>{ENTITIES}]>" + html_of(after="<p>&e11;</p>"),
    "huge attribute": html_of(after=f"<p class='{'a ' * 100_000}'>x</p>"),
    "bad base": '<base href="http://[bad">' + html_of(),
    "wild character references": html_of(after="&#x110000;&#0;&#xD800;" * 500),
    "an XML declaration": '<?xml version="1.0" encoding="gb2312"?>' + html_of(),
}


@pytest.mark.parametrize("html", SURVIVABLE.values(), ids=SURVIVABLE)
def test_a_hostile_page_keeps_its_text(html: str) -> None:
    text = extract_article(page_of(html)).text
    assert PARAGRAPHS[1] in text
    assert len(text) < 5_000
    assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}
