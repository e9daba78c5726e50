import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import html5lib
import pytest

from pressrun.errors import RenderError
from pressrun.models import Edition
from pressrun.reading import anchor_of, reading_order
from renderers.document import make_document
from renderers.html import HtmlRenderer
from renderers.markup import anchors_in, fill, require_placed
from renderers.words_zh import ZH
from tests.renderers.edition_samples import (
    HOSTILE_TITLES,
    LEAD_SENTENCES,
    RARE,
    empty_edition,
    full_edition,
    full_html,
    make_edition,
    make_story,
    mixed_edition,
    mixed_html,
)

Tag = tuple[str, dict[str, str | None]]


class Tags(HTMLParser):
    """Collects start tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[Tag] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def text_of(page: str) -> str:
    body = tree_of(page).find("body")
    return " ".join(" ".join(body.itertext()).split())


def tree_of(page: str) -> Any:
    return html5lib.parse(page, namespaceHTMLElements=False)


def drawn(edition: Edition) -> str:
    (page,) = HtmlRenderer().render(edition)
    return page.data.decode()


EDITIONS = {
    "mixed": mixed_edition(),
    "full": full_edition(),
    "english": full_edition(language="en", overview=None, title="The Daily Digest"),
    "taiwanese": full_edition(frame="zh-TW"),
    "one": make_edition((make_story(1),)),
    "empty": empty_edition(),
}


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_the_page_is_valid_html(edition: Edition) -> None:
    parser = html5lib.HTMLParser(strict=True)  # raises at the first error
    assert parser.parse(drawn(edition)) is not None


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_each_id_is_there_once_and_each_link_within_the_page_leads_to_one(edition: Edition) -> None:
    tags = Tags(drawn(edition)).seen
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = {attrs["href"] or "" for tag, attrs in tags if tag == "a"}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    named = {attrs["aria-labelledby"] for _, attrs in tags if "aria-labelledby" in attrs}
    assert named <= set(ids)


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_headings_are_in_order(edition: Edition) -> None:
    levels = [int(tag[1]) for tag, _ in Tags(drawn(edition)).seen if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_the_site_can_put_its_links_after_the_masthead() -> None:
    assert re.search(r"</header>\s*<!--pressrun:site-->", full_html())
    assert full_html().count("<!--pressrun:site-->") == 1


def test_each_story_is_an_article_with_its_title_and_summary() -> None:
    document = make_document(mixed_edition())
    articles = {node.get("id"): node for node in tree_of(mixed_html()).iter("article")}
    assert list(articles) == [item.anchor for item in document.items]
    for item in document.items:
        article = articles[item.anchor]
        assert item.title == "".join(article.find("h3").itertext())
        assert "".join(span.text for span in item.summary) in "".join(article.itertext())
        assert article.get("lang") == item.lang


def test_articles_stand_in_the_one_reading_order() -> None:
    articles = [node.get("id") for node in tree_of(full_html()).iter("article")]
    assert articles == [anchor_of(story.url) for story in reading_order(full_edition())]


def test_each_verified_claim_leads_to_the_sentence_that_supports_it_and_says_so() -> None:
    lead = next(tree_of(full_html()).iter("article"))
    proofs = {
        node.get("id"): "".join(node.itertext()) for node in lead.find(".//details").iter("li")
    }
    claims = [node for node in lead.iter("a") if (node.get("class") or "").startswith("claim")]
    assert [(claim.text, claim.get("aria-label")) for claim in claims] == [
        ("52万立方米", "52万立方米：原文为证 1"),
        ("“它转得很稳”", "“它转得很稳”：原文为证 2"),
        ("沈霁川", "沈霁川：原文为证 1"),
    ]
    led = [proofs[claim.get("href")[1:]] for claim in claims]
    assert led == [LEAD_SENTENCES[0], LEAD_SENTENCES[1], LEAD_SENTENCES[0]]
    assert [node.text for node in lead.iter("mark")] == ["52万立方米", "沈霁川", "它转得很稳"]
    assert "核对了 1 个数字、1 处引语、1 个名称" in "".join(lead.find(".//summary").itertext())


def test_what_was_not_verified_is_marked_and_says_so_in_words() -> None:
    summary = next(
        node for node in tree_of(full_html()).iter("p") if node.get("class") == "summary"
    )
    doubtful, said = summary.find("span"), summary.find("small")
    assert (doubtful.get("class"), doubtful.text) == ("doubtful", "1.8亿度")
    assert said.text.strip() == ZH.doubtful
    assert full_html().count('class="doubtful"') == 2  # in the overview too


def test_a_story_without_claims_has_no_evidence() -> None:
    page = drawn(make_edition((make_story(1),)))
    assert "<details" not in page
    assert 'class="claim' not in page


def test_a_point_of_the_overview_leads_to_its_story_by_name() -> None:
    brief = next(node for node in tree_of(full_html()).iter("section") if node.get("id") == "brief")
    lead, snow = (node for node in brief.iter("a"))
    assert lead.get("aria-label") == "读这一篇：废盐矿里存电：青禾压缩空气储能电站并网满负荷运行"
    assert snow.get("href") == f"#{anchor_of('https://news.example.com/a/2.shtml?x=1&y=2')}"


def test_thumbnails_come_with_the_page_and_their_size() -> None:
    pictures = [attrs for tag, attrs in Tags(full_html()).seen if tag == "img"]
    assert [(picture["width"], picture["height"], picture["alt"]) for picture in pictures] == [
        *[("480", "320", "")] * 2
    ]
    assert all((picture["src"] or "").startswith("data:image/jpeg;base64,") for picture in pictures)


def test_a_long_edition_has_links_to_its_sections() -> None:
    navigation = next(node for node in tree_of(full_html()).iter("nav"))
    assert ["".join(link.itertext()) for link in navigation.iter("a")] == ["国内", "国际", "其他"]
    assert "<nav" not in drawn(make_edition((make_story(1), make_story(2))))


def test_titles_and_texts_are_inert() -> None:
    tags = Tags(mixed_html()).seen
    assert {"script", "img", "i", "iframe"}.isdisjoint(tag for tag, _ in tags)
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    assert [tag for tag, _ in tags].count("style") == 1
    assert HOSTILE_TITLES[0] in text_of(mixed_html())
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\x07]", mixed_html())


def test_links_are_http_only_and_an_unsafe_one_leaves_its_title() -> None:
    links = [attrs["href"] or "" for tag, attrs in Tags(mixed_html()).seen if tag == "a"]
    assert links.pop(0) == "#stories"
    assert links.pop(0) == "#gaps"
    assert len(links) == 11  # ten stories and one failure have safe addresses
    assert all(link.startswith("https://news.example.com/") for link in links)


def test_the_page_loads_nothing_and_forbids_scripts() -> None:
    tags = Tags(mixed_html()).seen
    assert not [attrs for tag, attrs in tags if "src" in attrs or tag in {"link", "iframe"}]
    style = mixed_html().split("<style>")[1].split("</style>")[0]
    addresses = re.findall(r"url\(([^)]*)\)", style)
    assert len(addresses) == 3
    assert all(re.fullmatch(r'"data:font/woff2;base64,[\w+/=]+"', url) for url in addresses)
    assert "@import" not in style
    policies = [attrs["content"] or "" for tag, attrs in tags if attrs.get("http-equiv")]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; font-src data:; img-src data:",
        policies[0],
    )


def test_the_page_keeps_a_character_that_our_fonts_lack() -> None:
    (page,) = HtmlRenderer().render(mixed_edition())
    assert RARE in page.data.decode()
    assert page.missing_glyphs == ()


def test_the_page_says_way_model_notes_and_what_is_missing() -> None:
    text = text_of(mixed_html())
    for words in (
        "摘自原文 · gemma3-270m 选句",
        ZH.written.format(model="qwen3:4b"),
        "原文 12,000 字，读了前 4,000 字",
        "未能刊登",
        "抓取失败：服务器返回错误",
        "Pressrun 0.1.0",
    ):
        assert words in text


def test_an_empty_edition_says_so() -> None:
    (page,) = HtmlRenderer().render(empty_edition())
    text = text_of(page.data.decode())
    assert "No story could be printed in this edition." in text
    assert "The day’s list is empty" in text


def test_a_story_that_is_not_on_the_page_is_named() -> None:
    document = make_document(make_edition((make_story(1), make_story(2, title="失踪的一条"))))
    placed = anchors_in(fill(document, "", "page")) - {document.items[1].anchor}
    with pytest.raises(RenderError, match="1 of 2 stories were not placed: 2 '失踪的一条'"):
        require_placed(document, placed, "index.html")
