import re

import pytest
from markdown_it import MarkdownIt

from pressrun.models import Edition
from renderers.markdown import MarkdownRenderer, escaped, linked
from tests.renderers.edition_samples import (
    HOSTILE_TITLES,
    empty_edition,
    full_edition,
    mixed_edition,
)

READERS = (MarkdownIt("commonmark"), MarkdownIt("commonmark").enable(["table", "strikethrough"]))


def written(edition: Edition) -> str:
    (file,) = MarkdownRenderer().render(edition)
    assert (file.name, file.media_type) == ("edition.md", "text/markdown; charset=utf-8")
    return file.data.decode()


def headings(text: str) -> list[tuple[str, str]]:
    tokens = READERS[0].parse(text)
    return [
        (token.tag, "".join(part.content for part in tokens[at + 1].children or ()))
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def test_an_edition_is_headed_by_paper_section_and_story() -> None:
    found = headings(written(full_edition()))
    assert found[:6] == [
        ("h1", "每日要闻"),
        ("h2", "今日要点"),
        ("h2", "头条"),
        ("h3", "废盐矿里存电：青禾压缩空气储能电站并网满负荷运行"),
        ("h2", "国内"),
        ("h3", "北方多地迎来初雪之1"),
    ]
    assert [title for tag, title in found if tag == "h2"][-2:] == ["未能刊登", "本期说明"]


def test_claims_lead_to_nested_quotes_and_what_was_not_verified_says_so() -> None:
    html = READERS[0].render(written(full_edition()))
    assert "存进了52万立方米[1]压缩空气。“它转得很稳”[2]，站长沈霁川[1]说。" in html
    assert "1.8亿度[未核实]" in html
    quote = re.search(
        r"<blockquote>\s*<p>原文为证：.*?</p>\s*<blockquote>\s*<ol>(.*?)</ol>", html, re.DOTALL
    )
    assert quote
    assert "<li>两个溶洞合起来有52万立方米，站长沈霁川记得清楚。</li>" in quote[1]


def test_stories_tell_keywords_other_media_and_days_before() -> None:
    html = READERS[0].render(written(full_edition()))
    assert "关键词：储能、青禾县" in html
    assert '另见：<a href="https://b.example.com/1">北岸新闻网</a>、江城晚报 (转载)' in html
    assert "此前报道：10月30日 初雪将至；10月29日 寒潮预警" in html


@pytest.mark.parametrize("title", HOSTILE_TITLES[:4])
def test_hostile_titles_are_words(title: str) -> None:
    text = written(mixed_edition())
    html = READERS[1].render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert "\u202e" not in text
    shown = "".join(said for tag, said in headings(text) if tag == "h3")
    assert title.replace("\u202e", "").replace("\u202c", "").replace("\u200b", "")[:5] in shown


@pytest.mark.parametrize(
    "text",
    [
        "1. one",
        "12) twelve",
        "- dash",
        "+ plus",
        "=====",
        "---",
        "# head",
        "> quote",
        "*a* _b_ **c** `d` ~~e~~ | f |",
        "[a](http://a.example) ![b](c)",
        "<b>&amp;&#60;&copy;</b>",
        "http://a.example/ www.a.example me@a.example",
        "a\\b\\",
        "    code",
        "[x]: http://a.example",
    ],
)
@pytest.mark.parametrize("reader", READERS)
def test_text_is_shown_as_it_stands(text: str, reader: MarkdownIt) -> None:
    for given in (text, f"甲{text}"):
        (start, inline, _) = reader.parse(escaped(given))
        assert start.type == "paragraph_open"
        children = inline.children or []
        assert {child.type for child in children} <= {"text", "text_special"}
        assert "".join(child.content for child in children) == given.strip()


def test_addresses_are_links_whatever_is_in_them() -> None:
    address = "https://a.example/x_(y)?a=1&copy;=2&b=*3*"
    (_, inline, _) = READERS[0].parse(linked("a]b", address))
    opening = (inline.children or [])[0]
    assert opening.attrs["href"] == address
    assert linked("a", None) == "a"


def test_an_edition_without_stories_says_so() -> None:
    assert "No story could be printed in this edition." in written(empty_edition())
