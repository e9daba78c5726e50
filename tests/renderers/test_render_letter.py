"""The letter: the edition in a mail program, and as plain text."""

import re
from html import unescape

import html5lib

from pressrun.models import Overview, Point, Style, Way
from renderers.letter import write_letter
from tests.renderers.edition_samples import (
    SHA,
    empty_edition,
    full_edition,
    make_edition,
    make_story,
    make_thumbnail,
    mixed_edition,
)

LINK = "https://news.test/daily/2026-10-31/"


def test_the_html_is_valid_and_has_every_story_and_every_gap() -> None:
    letter = write_letter(mixed_edition(), LINK, ())
    html5lib.HTMLParser(strict=True).parse(letter.html)
    for story in mixed_edition().stories[:9]:
        assert story.title in unescape(letter.html)
        assert story.title in letter.text
    assert f'href="{LINK}"' in letter.html
    assert "未能刊登" in letter.html


def test_it_loads_nothing_and_no_title_gets_out_of_its_place() -> None:
    html = write_letter(mixed_edition(), None, ()).html
    assert not re.search(r"<(script|link|style|iframe)\b", html)
    assert not re.search(r'src="(?!cid:)', html)
    assert not re.search(r"url\(|@import|javascript:", re.sub(r">[^<]*<", "><", html))
    assert "&lt;script&gt;" in html


def test_every_link_leads_to_the_web() -> None:
    html = write_letter(mixed_edition(), LINK, ()).html
    links = re.findall(r'href="([^"]*)"', html)
    assert links
    assert all(link.startswith(("http://", "https://")) for link in links)


def test_what_was_left_out_is_named_in_both_bodies() -> None:
    letter = write_letter(mixed_edition(), LINK, ("edition.pdf", "edition.png"))
    for body in (letter.html, letter.text):
        assert "未随信附上：edition.pdf, edition.png" in body


def test_the_subject_is_one_line_with_paper_day_and_revision() -> None:
    letter = write_letter(mixed_edition(), None, ())
    assert letter.subject.startswith("每日要闻 · 2026年10月31日 星期六 截至 15:04 第 2 ")
    assert letter.title == "每日要闻"
    hostile = make_edition((make_story(1),), title="每日\r\nBcc: x@y.test")
    assert len(write_letter(hostile, None, ()).subject.splitlines()) == 1


def test_it_shows_the_pictures_that_go_with_it_each_beside_its_story() -> None:
    edition = full_edition()
    letter = write_letter(edition, None, ())
    html5lib.HTMLParser(strict=True).parse(letter.html)
    (picture,) = letter.pictures  # of two stories
    assert letter.html.count(f'<img src="cid:{picture.name}"') == 2
    assert picture.data == make_thumbnail().data
    without = (one.model_copy(update={"thumbnail": None}) for one in edition.stories)
    plain = write_letter(edition.model_copy(update={"stories": tuple(without)}), None, ())
    assert "<img" not in plain.html
    assert plain.pictures == ()


def test_headlines_are_in_reading_order() -> None:
    first, second = make_story(1), make_story(2)
    second = second.model_copy(
        update={"summary": second.summary.model_copy(update={"importance": 5})}
    )
    letter = write_letter(make_edition((first, second)), None, ())
    assert letter.headlines == (second.title, first.title)


def test_a_frame_in_traditional_characters_has_a_letter_in_them() -> None:
    edition = make_edition((make_story(1),), style=Style(frame="zh-TW"))
    letter = write_letter(edition, LINK, ("edition.pdf",))
    assert "在網頁上閱讀" in letter.html
    assert "未隨信附上" in letter.text


def test_an_english_paper_has_an_english_letter_even_without_a_story() -> None:
    letter = write_letter(empty_edition(), LINK, ())
    html5lib.HTMLParser(strict=True).parse(letter.html)
    assert "Read it on the web" in letter.text
    assert letter.headlines == ()


def test_the_day_in_brief_comes_first() -> None:
    story = make_story(1)
    overview = Overview(
        points=(Point(text="降准落地，雪到北方。", urls=(story.url,)),),
        language="zh",
        way=Way.SELECTED,
        engine="embedded",
        model="m",
        prompt_sha256=SHA,
    )
    letter = write_letter(make_edition((story,), overview=overview), None, ())
    for body in (letter.html, letter.text):
        assert body.index("降准落地，雪到北方。") < body.index(story.title)
