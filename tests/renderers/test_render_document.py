import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tasks.sources
from pressrun.errors import RenderError
from pressrun.models import Finding, FindingKind, ListNote, Rung, Telling
from pressrun.reading import anchor_of, reading_order
from renderers.document import make_document
from renderers.fonts import characters, face_bytes, fit
from renderers.inert import language_tag, plain, web_link
from renderers.words_zh import ZH
from tests.renderers.edition_samples import (
    RARE,
    ROCKET,
    full_edition,
    make_edition,
    make_story,
    make_summary,
    mixed_edition,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        (" a\n\x00 b\u2028c\u3000d ", "a b c d"),
        ("e\u0301", "é"),
        ("a" + "\u0335" * 40, "a\u0335\u0335"),
        ("❤\ufe0f", "❤"),
        ("abcdefghijkl", "abcdefghi…"),
    ],
)
def test_text_is_one_line_without_what_steers_the_page(text: str, shown: str) -> None:
    assert plain(text, 10) == shown


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("HTTP://A.example:8080/a b".replace(" ", "%20"), "http://a.example:8080/a%20b"),
        ("http://http/x", "http://http/x"),
        (
            "https://例子.测试/路?径=值",
            "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF?%E5%BE%84=%E5%80%BC",
        ),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_a_web_address_becomes_an_ascii_link(url: str, link: str) -> None:
    assert web_link(url) == link


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//a.example/x",
        "/x",
        "",
        "https://",
        "https://user:password@a.example/",
        "https://a.example\\@b.example/",
        "https://a.example/x y",
        "http://[bad/",
        "http://a.example:99999/",
        "http://a<b/",
        "https://a.example/" + "x" * 5000,
    ],
)
def test_any_other_address_is_no_link(url: str) -> None:
    assert web_link(url) is None


def test_a_language_tag_cannot_carry_markup() -> None:
    assert language_tag("zh", "en") == "zh-Hans"
    assert language_tag("pt-BR", "en") == "pt-BR"
    assert language_tag('"><b>', "en") == "en"


def test_the_front_says_day_counts_revision_and_what_is_missing_in_words() -> None:
    document = make_document(mixed_edition())
    assert document.day.split() == ["2026年10月31日", "星期六"]
    assert document.counts == "刊出 16 条，榜单共 18 条"
    assert document.stamps == ("截至 15:04", "第 2 次印刷")
    first, second = document.gaps
    assert (first.why, first.reason) == ("抓取失败：服务器返回错误", "")
    assert (second.why, second.reason, second.link) == ("未能提取正文", "", None)


def test_who_tells_a_story_too_is_counted_only_where_something_is_missing() -> None:
    other = Telling(rank=2, title="又一条", url="https://b.example.com/2", medium="乙报")
    story = make_story(1).model_copy(update={"also": (other,)})
    assert make_document(make_edition((story,), listed=2)).counts == "共 1 条"
    assert make_document(make_edition((story,), listed=3)).counts == "刊出 2 条，榜单共 3 条"


def test_an_english_frame_speaks_english_around_chinese_stories() -> None:
    document = make_document(make_edition((make_story(1),), language="en", listed=3))
    assert (document.lang, document.day) == ("en", "Saturday, 31 October 2026")
    assert document.counts == "1 of 3 stories"
    assert document.items[0].lang == "zh-Hans"
    assert document.items[0].byline == "Sentences of the article, chosen by gemma3-270m"


def test_sentences_that_the_model_did_not_choose_are_not_said_to_be_its_choice() -> None:
    ladder = (Rung(name="asked"), Rung(name="first sentences"))
    story = make_story(1, summary=make_summary(ladder=ladder))
    for language, byline in (
        ("zh", "原文开头 · gemma3-270m 未作选择"),
        ("en", "Opening sentences of the article; gemma3-270m chose none"),
    ):
        document = make_document(make_edition((story,), language=language))
        assert document.items[0].byline == byline


def test_a_story_says_when_its_article_was_cut_or_its_summary_repaired() -> None:
    summary = make_summary(chars_read=4000, chars_total=12000, repairs=("cut", "cut at a clause"))
    (item,) = make_document(make_edition((make_story(1, summary=summary),))).items
    assert item.notes == (
        "原文 12,000 字，读了前 4,000\u00a0字",
        "摘要经过修整：cut；在分句处截短",
    )


def test_a_story_says_in_how_many_parts_it_was_read_and_what_could_not_be_verified() -> None:
    doubtful = Finding(kind=FindingKind.NAME, text="<b>沈霁川", reason="", warning=True)
    copied = Finding(kind=FindingKind.COPIED, text="全文", reason="", warning=True)
    summary = make_summary(chars_read=30000, chars_total=30000, parts=9).model_copy(
        update={"findings": (copied, doubtful)}
    )
    (item,) = make_document(make_edition((make_story(1, summary=summary),))).items
    assert item.notes == (
        "原文 30,000 字，分 9 段读完再概括",
        "未能在原文中核实：<b>沈霁川",
    )


def test_the_overview_leads_to_the_first_story_of_each_point_that_is_printed() -> None:
    document = make_document(full_edition())
    assert document.brief is not None
    titles = {item.anchor: item.title for item in document.items}
    lead, snow, gone = document.brief.points
    assert (lead.anchor, lead.title) == (document.items[0].anchor, document.items[0].title)
    assert snow.anchor == anchor_of("https://news.example.com/a/2.shtml?x=1&y=2")
    assert snow.title == titles[snow.anchor]
    assert (gone.anchor, gone.title) == ("", "")


def test_stories_stand_in_the_one_reading_order_and_under_their_sections() -> None:
    edition = full_edition()
    document = make_document(edition)
    order = [anchor_of(story.url) for story in reading_order(edition)]
    assert [item.anchor for item in document.items] == order
    assert [part.title for part in document.parts] == ["国内", "国际", "其他"]
    (only,) = make_document(make_edition((make_story(1), make_story(2)))).parts
    assert only.title == ""


def test_a_story_says_where_else_it_is_told_and_which_days_it_carries_on() -> None:
    items = {item.rank: item for item in make_document(full_edition()).items}
    assert [(one.text, one.link, one.note) for one in items[1].also] == [
        ("北岸新闻网", "https://b.example.com/1", ""),
        ("江城晚报", None, "转载"),
    ]
    assert items[2].goes_on == "第3天"
    assert [(one.note, one.text) for one in items[2].earlier] == [
        ("10月30日", "初雪将至"),
        ("10月29日", "寒潮预警"),
    ]
    anchor = anchor_of("https://x.example/1")
    assert items[2].earlier[0].link == f"../2026-10-30/index.html#{anchor}"
    assert items[5].goes_on == ""


def test_who_else_tells_a_story_is_named_by_what_can_be_read_of_it() -> None:
    def telling(medium: str, title: str) -> Telling:
        return Telling(rank=2, title=title, url="https://b.example.com/2", medium=medium)

    also = (telling("某报", "x"), telling("\u200b\u2060", "初雪"), telling("\u200b", "\u200b"))
    [item] = make_document(make_edition((make_story(1, also=also),))).items
    assert [one.text for one in item.also] == ["某报", "初雪", "（无标题）"]


def test_the_colophon_says_what_was_checked_left_out_and_how_long_it_took() -> None:
    rows = dict(make_document(full_edition()).colophon)
    assert rows["核对"] == ("2 个数字、1 处引语、1 个名称，均在原文中找到出处",)
    assert rows["取舍"] == ("按本报取舍，未登 1 条", "双色球开奖：“双色球”")
    assert rows["印制"][-1] == "用时 3 分 23 秒"


def test_a_taiwanese_frame_writes_everything_but_english_in_its_characters() -> None:
    plain_frame, frame = make_document(full_edition()), make_document(full_edition(frame="zh-TW"))
    assert frame.lang == "zh-Hant-TW"
    assert frame.items[0].title.startswith("廢鹽礦裡存電")
    assert "".join(span.text for span in frame.items[0].summary).startswith("青禾縣的鹽礦")
    assert [item.anchor for item in frame.items] == [item.anchor for item in plain_frame.items]
    assert frame.items[0].proofs[0].spans[1].kind == "claim"
    english = next(item for item in frame.items if item.lang == "en")
    assert english.title == "Reservoir repairs finish early"


def test_a_summary_in_another_language_than_its_article_is_marked_so() -> None:
    summary = make_summary("水库提前完工。", language="zh")
    story = make_story(1, summary=summary).model_copy(update={"language": "en"})
    (item,) = make_document(make_edition((story,), language="zh")).items
    assert (item.lang, item.summary_lang) == ("en", "zh-Hans")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 10, 30, 16, 5, tzinfo=UTC), "00:05"),
        (datetime(2026, 10, 30, 15, 5, tzinfo=UTC), "10月30日 23:05"),
        (datetime(2025, 12, 31, 15, 5, tzinfo=UTC), "2025-12-31 23:05"),
    ],
)
def test_times_are_in_the_papers_zone_and_dated_off_the_day(moment: datetime, shown: str) -> None:
    (item,) = make_document(make_edition((make_story(1, published=moment),))).items
    assert item.time == shown


def test_an_unknown_time_zone_is_a_render_error() -> None:
    with pytest.raises(RenderError, match="Mars/Olympus"):
        make_document(make_edition((), time_zone="Mars/Olympus"))


def test_the_fonts_have_gbk_and_the_geta_and_english() -> None:
    assert {ord(char) for char in "新闻囍龘〓“”…·A9é€"} <= characters()
    assert len(characters()) > 22_000
    with pytest.raises(KeyError):
        face_bytes("../words.py")


def test_a_character_without_a_glyph_becomes_a_geta_and_is_named() -> None:
    assert fit(f"字{RARE}{ROCKET}{RARE}") == ("字〓〓〓", (ROCKET, RARE))


def test_ten_to_the_sixth_is_never_printed_as_106() -> None:
    assert fit("10\u2076, CO\u2082, m\u00b2") == ("10\u3013, CO2, m\u00b2", ("\u2076",))


def test_a_compatibility_form_is_printed_as_its_like_but_never_as_markup() -> None:
    assert fit("𝟏𝕏") == ("1X", ())
    text, _ = fit("\ufe64b\ufe65")  # small signs that NFKC turns into < and >
    assert "<" not in text


def colophon(language: str = "zh", **facts: object) -> dict[str, tuple[str, ...]]:
    """What the colophon says of an edition whose list has these *facts*."""
    listing = make_edition(()).listing.model_copy(update=facts)
    return dict(make_document(make_edition((), listing=listing, language=language)).colophon)


def test_the_colophon_says_which_sources_had_no_list_and_why_without_their_addresses() -> None:
    notes = (
        ListNote(source="sina", kind="HttpStatus", reason="http://a/: HTTP 503", transient=True),
        ListNote(source="wire\u202e", kind="Empty", reason="no headlines for 2026-10-31"),
        ListNote(source="odd", kind="Unheard", reason="<b>"),
    )
    assert colophon(notes=notes)["备注"] == (
        "来源 sina 未能提供榜单：服务器返回错误",
        "来源 wire 未能提供榜单：当日没有内容",
        "来源 odd 未能提供榜单",
    )
    assert colophon("en", notes=notes)["Notes"][1] == (
        "No list from the source wire: nothing for this day"
    )
    assert colophon(notes=notes * 9)["备注"][12:] == ("…",)


def test_the_colophon_counts_rows_that_were_skipped_by_reason() -> None:
    skipped = ("row 2: no title", "row 5: listed before", "row 9: no title", "of its own kind")
    assert colophon(skipped=skipped)["略过"] == (
        *("榜单中有 4 行未用", "没有标题 × 2", "重复", "of its own kind"),
    )
    assert colophon("en", skipped=skipped)["Skipped"][1] == "no title × 2"


@pytest.mark.parametrize(
    ("ranking", "said"),
    [("clicks", "按点击排行"), ("spread", "全天均匀选取，最新在前"), ("by-hand", "by-hand")],
)
def test_the_colophon_says_what_the_list_is_in_order_of(ranking: str, said: str) -> None:
    (line,) = colophon(ranking=ranking)["来源"]
    assert line == f"sina · list.example.com · 综合 · {said}"


def test_every_reason_for_skipping_a_row_of_ours_has_chinese_words() -> None:
    folder = Path(tasks.sources.__path__[0])
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    reasons = set(re.findall(r'yield "([^"]+)"|skipped\.append\("([^"]+)"\)', code))
    assert {first or second for first, second in reasons} == set(ZH.skips)
