"""Editions for the renderers' tests, and what each renderer makes of them, made once."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from pressrun.models import (
    Edition,
    Failure,
    ListRecord,
    ModelIdentity,
    Rendition,
    Step,
    Story,
    Summary,
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
        make_story(rank, title=title, url="javascript:alert(1)", medium='"><b>x</b>')
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
