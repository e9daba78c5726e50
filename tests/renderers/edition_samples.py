"""Editions for the renderers' tests, and what each renderer makes of them, made once."""

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from PIL import Image

from pressrun.models import (
    DROPPED,
    RETRACTED,
    Earlier,
    Edition,
    Evidence,
    Failure,
    Finding,
    FindingKind,
    ListRecord,
    ModelIdentity,
    Overview,
    Point,
    Rendition,
    Step,
    Story,
    Style,
    Summary,
    Telling,
    Thumbnail,
    Way,
)
from renderers.html import HtmlRenderer
from renderers.image import ImageRenderer
from renderers.pdf import PdfRenderer

SHA = "a" * 64
ZH_TITLES = ("央行下调存款准备金率0.25个百分点", "北方多地迎来初雪", "长三角推出“一码通行”")
ZH_TEXT = "方案明确2027年至2029年分三批支持重点行业更新设备，首批安排资金1480亿元。" * 3
EN_TEXT = "Engineers completed the spillway on Friday, two months early. “We used it,” she said."

RARE = "𪚥"  # in no font of ours
ROCKET = "🚀"
HOSTILE_TITLES = (
    "<script>alert(1)</script></style><img src=x onerror=alert(2)> & &lt;b&gt;",
    "反转\u202e标题\u202c零\u200b宽\x07",
    "{{ 7*7 }} {% raw %} @import url(http://evil.example/x); }",
    "W" * 300,
    "长" * 600,
    f"罕见字{RARE}{ROCKET}",
)


def make_summary(text: str = ZH_TEXT, **facts: Any) -> Summary:
    given: dict[str, Any] = {
        "language": "zh",
        "way": Way.SELECTED,
        "engine": "embedded",
        "model": "gemma3-270m",
        "prompt_sha256": SHA,
        "chars_read": 900,
        "chars_total": 900,
    }
    return Summary(text=text, **given | facts)


def make_story(rank: int, **facts: Any) -> Story:
    given: dict[str, Any] = {
        "title": f"{ZH_TITLES[rank % 3]}之{rank}",
        "url": f"https://news.example.com/a/{rank}.shtml?x=1&y=2",
        "medium": "江城晚报",
        "published": datetime(2026, 10, 31, 3, tzinfo=UTC) + timedelta(minutes=rank),
        "language": "zh",
        "summary": make_summary(f"第{rank}条。{ZH_TEXT}"),
        "article_chars": 900,
        "page_sha256": SHA,
        "extractor": "readability",
    }
    return Story(rank=rank, **given | facts)


def make_edition(stories: tuple[Story, ...], **facts: Any) -> Edition:
    given: dict[str, Any] = {
        "pressrun_version": "0.1.0",
        "paper": "daily",
        "title": "每日要闻",
        "edition_date": date(2026, 10, 31),
        "time_zone": "Asia/Shanghai",
        "language": "zh",
        "revision": 1,
        "printed_at": datetime(2026, 10, 31, 7, 6, tzinfo=UTC),
        "listing": ListRecord(
            source="sina",
            url="https://list.example.com/top?n=20",
            sha256=SHA,
            category="all",
            ranking="clicks",
        ),
        "model": ModelIdentity(engine="embedded", model="gemma3-270m", digest=SHA),
        "content_sha256": SHA,
        "listed": len(stories),
        "stories": stories,
    }
    return Edition(**given | facts)


@cache
def mixed_edition() -> Edition:
    """Chinese and English stories, hostile ones, and two failures; revision 2, day not over."""
    plain = [make_story(rank) for rank in range(1, 9)]
    english = make_story(
        9,
        title="Reservoir repairs finish early",
        language="en",
        medium="The Valley Ledger",
        summary=make_summary(EN_TEXT, language="en", way=Way.WRITTEN, model="qwen3:4b"),
    )
    hostile = [
        make_story(rank, title=title, url=f"javascript:alert({rank})", medium='"><i>x</i>')
        for rank, title in enumerate(HOSTILE_TITLES, 10)
    ]
    cut = make_story(
        20, summary=make_summary(chars_read=4000, chars_total=12000, repairs=("cut at a sentence",))
    )
    failures = (
        Failure(
            rank=21,
            title="某地发布<b>通知</b>",
            url="https://news.example.com/f/21",
            step=Step.FETCH,
            kind="HttpStatus",
            reason="https://news.example.com/f/21: HTTP 503 after 4 attempts; run it again",
        ),
        Failure(
            rank=22,
            title="图集",
            url="data:text/html,x",
            step=Step.EXTRACT,
            kind="SomethingNew",
            reason="34 characters of text",
        ),
    )
    stories = (*plain, english, *hostile, cut)
    return make_edition(
        stories,
        failures=failures,
        listed=len(stories) + 2,
        revision=2,
        as_of=datetime(2026, 10, 31, 7, 4, tzinfo=UTC),
    )


FIGURE, QUOTATION, NAME = FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME

LEAD_TEXT = (
    "青禾县的盐矿里存进了52万立方米压缩空气。“它转得很稳”，站长沈霁川说。全年可发电1.8亿度。"
)
LEAD_SENTENCES = (
    "两个溶洞合起来有52万立方米，站长沈霁川记得清楚。",
    "他说：“它转得很稳，比我们想的还要稳。”",
)
EN_TITLE = "Reservoir repairs finish early"
EN_LONG = f"Work on all 14 gates is over. {EN_TEXT}"


def proof(kind: FindingKind, words: str, text: str, sentence: str) -> Evidence:
    """That *sentence* supports *words* of *text*."""
    return Evidence(
        kind=kind, text=words, start=text.index(words), sentence=sentence, sentence_start=0
    )


def doubt(kind: FindingKind, words: str, text: str) -> Finding:
    """That nothing was found to support *words* of *text*."""
    return Finding(kind=kind, text=words, start=text.index(words), reason="x", warning=True)


def make_thumbnail() -> Thumbnail:
    picture, target = Image.new("RGB", (480, 320), "#496"), io.BytesIO()
    picture.save(target, "JPEG")
    data = target.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return Thumbnail(sha256=digest, width_px=480, height_px=320, data=data)


def full_edition(language: str = "zh", frame: str = "", **facts: Any) -> Edition:
    """An edition with everything that one can have: overview, evidence, doubt, retellings, days
    before, thumbnails, sections of one story and of several, what was left out and taken back."""
    lead = make_story(
        3,
        title="废盐矿里存电：青禾压缩空气储能电站并网满负荷运行",
        category="finance",
        thumbnail=make_thumbnail(),
        interest=1,
        summary=make_summary(
            LEAD_TEXT,
            importance=5,
            keywords=("储能", "青禾县"),
            evidence=(
                proof(FIGURE, "52万立方米", LEAD_TEXT, LEAD_SENTENCES[0]),
                proof(NAME, "沈霁川", LEAD_TEXT, LEAD_SENTENCES[0]),
                proof(QUOTATION, "“它转得很稳”", LEAD_TEXT, LEAD_SENTENCES[1]),
            ),
            findings=(doubt(FIGURE, "1.8亿度", LEAD_TEXT),),
        ),
    )
    retold = make_story(
        1,
        category="china",
        also=(
            Telling(rank=11, title="x", url="https://b.example.com/1", medium="北岸新闻网"),
            Telling(rank=12, title="y", url="data:,x", medium="江城晚报", same_text=True),
        ),
    )
    going_on = make_story(
        2,
        category="china",
        day=3,
        earlier=(
            Earlier(edition_date=date(2026, 10, 30), title="初雪将至", url="https://x.example/1"),
            Earlier(edition_date=date(2026, 10, 29), title="寒潮预警", url="https://x.example/2"),
        ),
    )
    english = make_story(
        4,
        title=EN_TITLE,
        category="world",
        language="en",
        medium="The Valley Ledger",
        thumbnail=make_thumbnail(),
        summary=make_summary(
            EN_LONG,
            language="en",
            way=Way.WRITTEN,
            model="qwen3:4b",
            evidence=(proof(FIGURE, "14", EN_LONG, "All 14 gates were renewed."),),
        ),
    )
    unsorted = tuple(make_story(rank) for rank in (5, 6))
    stories = (retold, going_on, lead, english, *unsorted)
    overview = Overview(
        points=(
            Point(
                text="青禾电站存气52万立方米，全年可发电1.8亿度。",
                urls=("https://gone.example.com/", lead.url),
                findings=(doubt(FIGURE, "1.8亿度", "青禾电站存气52万立方米，全年可发电1.8亿度。"),),
            ),
            Point(text="北方多地迎来初雪。", urls=(going_on.url,)),
            Point(text="有一条已经撤回。", urls=("https://gone.example.com/",)),
        ),
        language="zh",
        way=Way.SELECTED,
        engine="embedded",
        model="gemma3-270m",
        prompt_sha256=SHA,
    )

    def failed(rank: int, title: str, **given: Any) -> Failure:
        return Failure(rank=rank, title=title, url=f"https://news.example.com/f/{rank}", **given)

    failures = (
        failed(7, "港口通过验收", step=Step.FETCH, kind="HttpStatus", reason="HTTP 503"),
        failed(8, "双色球开奖", step=Step.ASSEMBLE, kind=DROPPED, reason="“双色球”"),
        failed(9, "一则旧闻", step=Step.ASSEMBLE, kind=RETRACTED, reason="来源更正"),
    )
    given: dict[str, Any] = {
        "language": language,
        "style": Style(frame=frame),
        "sections": ("china", "world"),
        "listed": len(stories) + 2 + len(failures),
        "failures": failures,
        "overview": overview,
        "took_s": 203.2,
    }
    return make_edition(stories, **given | facts)


@cache
def full_html() -> str:
    (page,) = HtmlRenderer().render(full_edition())
    return page.data.decode()


@cache
def empty_edition() -> Edition:
    return make_edition((), language="en", title="The Daily Digest")


@cache
def mixed_html() -> str:
    (page,) = HtmlRenderer().render(mixed_edition())
    return page.data.decode()


@cache
def mixed_pdf() -> Rendition:
    (pdf,) = PdfRenderer().render(mixed_edition())
    return pdf


@cache
def mixed_pictures() -> tuple[Rendition, ...]:
    return tuple(ImageRenderer(max_height_px=2600).render(mixed_edition()))
