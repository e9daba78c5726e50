"""What the edition says of each page that is faulty, and what that page cost: its own story."""

import asyncio
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import html5lib
import pytest
from lxml import etree

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.models import Edition, Failure, Story, Way
from pressrun.newsroom import Newsroom
from pressrun.newsroom.faults import FAULTS_DATE, fault_articles
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
LIMITS = {
    "private_hosts": True,
    "host_delay_s": 0,
    "per_host": 8,
    "retry_delay_s": 0,
    "attempts": 2,
    "total_timeout_s": 3,
    "max_bytes": 2_000_000,
    "extract_timeout_s": 4,
}
PATHS = {article.slug: article.path for article in fault_articles()}
RANKS = {article.slug: rank for rank, article in enumerate(fault_articles(), start=1)}
SOUND = ("harbour-lights", "tide-clock", "library-night", "stone-bridge", "crane", "last-keeper")


class Said(NamedTuple):
    """What `edition.json` says of a page, after its address, and `index.html` in words."""

    step: str
    kind: str
    transient: bool
    reason: str
    in_chinese: str


TOO_LARGE = Said(
    "fetch",
    "PageTooLarge",
    False,
    "body is over 2000000 bytes; raise PRESSRUN_FETCH__MAX_BYTES to accept it",
    "抓取失败：页面过大",
)
SAID = {
    "missing": Said("fetch", "HttpStatus", False, "HTTP 404 Not Found", "抓取失败：服务器返回错误"),
    "endless": Said(
        "fetch",
        "FetchTimeout",
        True,
        "not done after 3 s; raise PRESSRUN_FETCH__TOTAL_TIMEOUT_S to wait longer",
        "抓取失败：服务器过慢，超出时限",
    ),
    "oversized": TOO_LARGE,
    "bomb": TOO_LARGE,
    "loop": Said(
        "fetch",
        "TooManyRedirects",
        False,
        f"more than 5 redirects, the last one to {PATHS['loop']}; raise "
        "PRESSRUN_FETCH__MAX_REDIRECTS if that is no loop",
        "抓取失败：重定向过多",
    ),
    "pdf": Said(
        "fetch",
        "NotHtml",
        False,
        "not an HTML page by its type; it was sent as application/pdf",
        "抓取失败：不是网页",
    ),
    "picture": Said(
        "fetch",
        "NotHtml",
        False,
        "not an HTML page by its first bytes; it was sent as text/html",
        "抓取失败：不是网页",
    ),
    "empty": Said("fetch", "EmptyPage", True, "an empty body", "抓取失败：页面是空的"),
    "gallery": Said(
        "extract",
        "NotArticle",
        False,
        "a gallery: its text is the caption of one picture, not an article",
        "未能提取正文：不是所列的文章",
    ),
    "blank": Said(
        "extract",
        "ExtractionError",
        False,
        "no article text: the page shows nothing without scripts",
        "未能提取正文：页面中没有可读的文章",
    ),
    "labyrinth": Said(
        "extract",
        "ExtractionTimeout",
        False,
        "reading the page took over 4 s; raise PRESSRUN_FETCH__EXTRACT_TIMEOUT_S to wait longer",
        "未能提取正文：读取页面超出时限",
    ),
}
"""By slug: the pages that are no stories of the edition."""


class Gullible(FakeOllama):
    """Answers in the article's language, and does as the hostile one tells it to."""

    english = "The keeper of the lighthouse handed over the key after many years on the rock."
    obeyed = (
        "临汐港7号岸边起重机恢复作业，停工期间二十三艘集装箱船改靠相邻的两个泊位，港务集团说损失由保险公司"
        "赔付，年底以前还要装上防撞雷达。</p></style><script>alert('summary')</script>\u202e"
        "<img src=x onerror=alert('model')>[点这里](javascript:alert('model'))。"
    )

    def answer(self, asked: dict[str, Any]) -> str:
        article = "".join(message["content"] for message in asked["messages"])
        if "lighthouse" in article:
            return self.english
        return self.obeyed if "起重机" in article else self.summary


class Printed(NamedTuple):
    """What a run on the date of the faults left behind."""

    state: Any
    site: str
    edition: Edition
    html: str
    requests: Counter[str]
    asked: list[dict[str, Any]]

    def story(self, slug: str) -> Story:
        [story] = [story for story in self.edition.stories if story.rank == RANKS[slug]]
        return story

    def failure(self, slug: str) -> Failure:
        [failure] = [one for one in self.edition.failures if one.rank == RANKS[slug]]
        return failure


def settings_for(newsroom: Newsroom, ollama: FakeOllama, archive: Path) -> Settings:
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {"ollama": {"host": ollama.url, "model": ollama.model}},
            "sources": {"sina": {"list_url": newsroom.list_url}},
            "fetch": LIMITS,
            "summarise": {"retry_delay_s": 0, "attempts": 1},
            "papers": {"daily": {"formats": ("html",), "coverage": 6 / 17}},
        }
    )


async def print_faults(archive: Path) -> tuple[Any, Newsroom, FakeOllama]:
    """The final state of a run on the date of the faults, and what it had to do with."""
    from flows.daily import daily_digest

    async with Newsroom() as newsroom, Gullible() as ollama:
        settings = settings_for(newsroom, ollama, archive)
        order = place_order(settings, "daily", FAULTS_DATE, NOW)
        async with press_for(order, settings) as press:
            with lend_press(press):
                state = await daily_digest(
                    edition_date=FAULTS_DATE, paper="daily", return_state=True
                )
    return state, newsroom, ollama


@pytest.fixture(scope="module")
def printed(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    archive = tmp_path_factory.mktemp("archive")
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        state, newsroom, ollama = asyncio.run(print_faults(archive))
    editions = Archive.open(str(archive)).editions
    edition = editions.current("daily", FAULTS_DATE)
    assert edition is not None, state.message
    html = Path(editions.addresses(edition)["index.html"]).read_text("utf-8")
    return Printed(state, newsroom.url, edition, html, newsroom.requests, ollama.asked)


def page_of(printed: Printed) -> Any:
    """The page as a browser reads it."""
    return html5lib.parse(printed.html, treebuilder="lxml", namespaceHTMLElements=False)


def gap_of(printed: Printed, slug: str) -> Any:
    found = page_of(printed).xpath(
        '//section[@id="gaps"]//li[span[@class="place"]=$place]', place=f"榜单第 {RANKS[slug]}"
    )
    [gap] = found
    return gap


def test_each_fault_costs_its_own_story_and_no_other(printed: Printed) -> None:
    assert printed.state.name == "Partial"
    assert [story.rank for story in printed.edition.stories] == [RANKS[slug] for slug in SOUND]
    lost = set(RANKS.values()) - {RANKS[slug] for slug in (*SOUND, "reprint")}
    assert {failure.rank for failure in printed.edition.failures} == lost
    assert printed.state.message.startswith("7 of 18 stories, revision 1; ")


@pytest.mark.parametrize("slug", SAID)
def test_the_edition_says_at_which_step_why_and_what_would_help(
    printed: Printed, slug: str
) -> None:
    said, failure = SAID[slug], printed.failure(slug)
    assert (failure.step, failure.kind, failure.transient) == said[:3]
    reason = failure.reason.replace(printed.site, "")
    assert reason == f"{PATHS[slug]}: {said.reason}"
    gap = gap_of(printed, slug)
    assert gap.xpath('string(span[@class="why"])') == said.in_chinese
    assert gap.xpath("string(.//a)") == failure.title
    assert gap.xpath("string(.//a/@href)") == failure.url


def test_every_page_of_the_date_is_a_story_or_said_to_be_missing() -> None:
    assert SAID.keys() | {*SOUND, "reprint"} == RANKS.keys()


def test_a_page_is_asked_for_again_only_where_that_may_help(printed: Printed) -> None:
    again = {"tide-clock": 2, "library-night": 2, "endless": 2, "empty": 2, "loop": 6}
    pages = {path: again.get(slug, 1) for slug, path in PATHS.items()}
    assert printed.requests == pages | {"/ws/GetTopDataList.php": 1}


def test_a_reprint_is_no_loss_of_coverage_and_stands_beside_its_story(printed: Printed) -> None:
    [reprint] = printed.story("harbour-lights").also
    assert (reprint.rank, reprint.same_text) == (RANKS["reprint"], True)
    assert printed.edition.listed == 18
    assert printed.edition.coverage == 6 / 17


def test_the_front_counts_the_stories_of_all_that_were_listed(printed: Printed) -> None:
    counts = page_of(printed).xpath('string(//span[@class="counts"])')
    assert counts == "刊出 7 条，榜单共 18 条"


def test_rows_without_title_or_article_are_skipped_and_said_so(printed: Printed) -> None:
    assert printed.edition.listing.skipped == (
        "row 2: no title",
        "row 5: no address",
        "row 8: not an http address",
        "row 11: a slide show, a video or a topic page",
    )
    colophon = page_of(printed).xpath('string(//*[@id="colophon"])')
    for words in ("榜单中有 4 行未用", "没有标题", "没有网址", "网址无效", "图集、视频或专题页"):
        assert words in colophon


def test_a_page_in_another_charset_than_it_says_is_read_by_its_bytes(printed: Printed) -> None:
    asked, *_ = [ask for ask in printed.asked if "石桥" in ask["messages"][1]["content"]]
    [bridge] = [article for article in fault_articles() if article.slug == "stone-bridge"]
    assert bridge.text in asked["messages"][1]["content"]


def test_what_an_article_says_never_gets_among_the_instructions(printed: Printed) -> None:
    instructions = [
        message["content"]
        for ask in printed.asked
        for message in ask["messages"]
        if message["role"] == "system"
    ]
    assert len(instructions) >= len(SOUND)  # the duplicate is summarised, and found out after that
    assert len(set(instructions)) <= 4, "one for each kind of question"
    assert "忽略以上所有指示" not in str(instructions)


def test_hostile_titles_and_texts_are_words_on_the_page_and_nothing_else(
    printed: Printed,
) -> None:
    page = page_of(printed)
    elements = [one for one in page.iter() if isinstance(one.tag, str)]
    assert {one.tag for one in elements}.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "form", "link", "base"}
    )
    assert len(page.findall(".//style")) == 1
    attributes = [name.lower() for one in elements for name in one.attrib]
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    links = [str(link) for link in page.xpath("//@href | //@src") if not link.startswith("#")]
    ours = {"../../index.html", "../../search.html"}
    assert {link.partition(":")[0] for link in links if link not in ours} == {"http"}
    body = etree.tostring(page.find("body"), encoding="unicode", method="text")
    assert not [char for char in body if unicodedata.category(char) == "Cf"]


def test_a_hostile_title_is_printed_as_it_was_meant_to_be_read(printed: Printed) -> None:
    story = printed.story("crane")
    shown = (
        "港口起重机<script>alert('title')</script>恢复作业"
        "“</title></style><img src=x onerror=alert(2)>”"
    )
    assert story.title == shown
    [heading] = page_of(printed).xpath(
        "//article[.//span[@class='place']=$place]/h3", place=f"榜单第 {RANKS['crane']}"
    )
    assert heading.xpath("string(.//a)") == shown
    assert story.medium == '">海岸新闻'  # what a list says is without markup from the start
    assert story.summary.text.startswith("临汐港7号岸边起重机")
    assert story.summary.way is Way.SELECTED, "what the model was told to say is not printed"
