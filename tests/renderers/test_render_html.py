import re
from html.parser import HTMLParser

import html5lib
import pytest

from pressrun.errors import RenderError
from pressrun.models import Edition
from renderers.document import make_document
from renderers.html import HtmlRenderer
from renderers.markup import anchors_in, fill, require_placed
from tests.renderers.edition_samples import (
    HOSTILE_TITLES,
    RARE,
    empty_edition,
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
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    body = tree.find("body")
    assert body is not None
    return " ".join(" ".join(body.itertext()).split())


@pytest.mark.parametrize("edition", [mixed_edition(), empty_edition()], ids=["mixed", "empty"])
def test_the_page_is_valid_html(edition: Edition) -> None:
    (page,) = HtmlRenderer().render(edition)
    parser = html5lib.HTMLParser(strict=True)  # raises at the first error
    assert parser.parse(page.data) is not None


def test_each_story_is_an_article_with_its_title_and_summary() -> None:
    document = make_document(mixed_edition())
    tree = html5lib.parse(mixed_html(), namespaceHTMLElements=False)
    articles = {node.get("id"): node for node in tree.iter("article")}
    assert list(articles) == [item.anchor for item in document.items]
    for item in document.items:
        assert item.title in (
            articles[item.anchor].findtext("h2/a/bdi")
            or articles[item.anchor].findtext("h2/bdi")
            or ""
        )
        assert item.summary in "".join(articles[item.anchor].itertext())
        assert articles[item.anchor].get("lang") == item.lang


def test_titles_and_texts_are_inert() -> None:
    tags = Tags(mixed_html()).seen
    assert {"script", "img", "b"}.isdisjoint(tag for tag, _ in tags)
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    assert [tag for tag, _ in tags].count("style") == 1
    assert HOSTILE_TITLES[0] in text_of(mixed_html())
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\x07]", mixed_html())


def test_links_are_http_only_and_an_unsafe_one_leaves_its_title() -> None:
    links = [attrs["href"] or "" for tag, attrs in Tags(mixed_html()).seen if tag == "a"]
    assert len(links) == 11  # ten stories and one failure have safe addresses
    assert all(link.startswith("https://news.example.com/") for link in links)


def test_the_page_loads_nothing_and_forbids_scripts() -> None:
    tags = Tags(mixed_html()).seen
    assert not [attrs for tag, attrs in tags if "src" in attrs or tag in {"link", "iframe"}]
    style = mixed_html().split("<style>")[1].split("</style>")[0]
    addresses = re.findall(r"url\(([^)]*)\)", style)
    assert len(addresses) == 2
    assert all(re.fullmatch(r'"data:font/woff2;base64,[\w+/=]+"', url) for url in addresses)
    assert "@import" not in style
    policies = [attrs["content"] or "" for tag, attrs in tags if attrs.get("http-equiv")]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; font-src data:", policies[0]
    )


def test_the_page_keeps_a_character_that_our_fonts_lack() -> None:
    (page,) = HtmlRenderer().render(mixed_edition())
    assert RARE in page.data.decode()
    assert page.missing_glyphs == ()


def test_the_page_says_way_model_notes_and_what_is_missing() -> None:
    text = text_of(mixed_html())
    for words in (
        "抽取式摘要 · gemma3-270m 选句",
        "由 qwen3:4b 撰写",
        "模型读了原文 12,000 字中的前 4,000 字",
        "未能刊登",
        "抓取失败：服务器返回错误",
        "HTTP 503 after 4 attempts",
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
    placed = anchors_in(fill(document, "")) - {"story-2"}
    with pytest.raises(RenderError, match="1 of 2 stories were not placed: 2 '失踪的一条'"):
        require_placed(document, placed, "index.html")
