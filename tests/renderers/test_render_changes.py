"""What a later printing says of itself: the note, the marks, and what was taken back."""

from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest

from pressrun.models import DUPLICATE, LATE, RETRACTED, Change, ChangeKind, Edition, Failure, Step
from renderers.document import make_document
from renderers.html import HtmlRenderer
from renderers.pdf import PdfRenderer
from tests.renderers.edition_samples import make_edition, make_story

PRINTED = datetime(2026, 10, 30, 23, 20, tzinfo=UTC)


def change(kind: ChangeKind, rank: int) -> Change:
    story = make_story(rank)
    return Change(kind=kind, rank=rank, title=story.title, url=story.url)


def second(*changes: Change, **facts: Any) -> Edition:
    stories = tuple(make_story(rank) for rank in range(1, 5))
    return make_edition(
        stories, revision=2, follows=1, printed_at=PRINTED, changes=changes, **facts
    )


def gone(kind: str, reason: str, step: Step = Step.ASSEMBLE) -> Failure:
    url = "https://news.example.com/gone"
    return Failure(rank=5, title="第五条", url=url, step=step, kind=kind, reason=reason)


CHANGES = (
    change(ChangeKind.ARTICLE, 1),
    change(ChangeKind.LATE, 2),
    change(ChangeKind.LATE, 3),
    change(ChangeKind.RETRACTED, 5),
)


def test_a_later_printing_says_when_and_what_changed() -> None:
    assert make_document(second(*CHANGES)).changes == (
        "第 2 次印刷（07:20）：截稿后补入 2 篇（2、3）；撤回 1 篇（5）；1 篇原文已更改（1）"
    )
    assert make_document(second(*CHANGES, language="en")).changes == (
        "Revision 2, printed 07:20: added after the deadline: 2 (2, 3); retracted: 1 (5); "
        "articles changed: 1 (1)"
    )


def test_many_changes_are_counted_and_not_listed() -> None:
    many = [change(ChangeKind.SUMMARY, rank) for rank in range(1, 14)]
    assert make_document(second(*many)).changes == "第 2 次印刷（07:20）：13 篇摘要重写"


def test_a_printing_without_changes_has_no_note() -> None:
    assert make_document(second()).changes == ""
    (page,) = HtmlRenderer().render(second())
    assert b'class="changes"' not in page.data
    assert b'class="mark"' not in page.data


def test_stories_that_came_later_or_whose_article_changed_are_marked() -> None:
    marks = [item.mark for item in make_document(second(*CHANGES)).items]
    assert marks == ["原文已更改", "截稿后补入", "截稿后补入", ""]


def test_the_page_shows_the_note_and_the_marks() -> None:
    (page,) = HtmlRenderer().render(second(*CHANGES))
    text = page.data.decode()
    assert '<p class="changes">第 2 次印刷（07:20）：' in text
    assert '<span class="mark">原文已更改</span>' in text


def test_the_pdf_shows_the_note() -> None:
    (file,) = PdfRenderer().render(second(*CHANGES))
    document = pypdfium2.PdfDocument(file.data)  # type: ignore[no-untyped-call]
    text = document[0].get_textpage().get_text_bounded()
    document.close()  # type: ignore[no-untyped-call]
    assert "撤回 1 篇" in text
    assert "原文已更改" in text


@pytest.mark.parametrize(
    ("failure", "why", "reason"),
    [
        (gone(RETRACTED, RETRACTED), "已撤回", ""),
        (gone(RETRACTED, "来源更正; 数字有误"), "已撤回", "来源更正; 数字有误"),
        (gone(DUPLICATE, "same"), "不再重复刊登：与本期另一条同文", "same"),
        (gone(LATE, "late"), "未刊登：截稿时尚未完成", ""),
        (gone(LATE, "late", Step.FETCH), "抓取失败：截稿时尚未完成", ""),
        (gone("FetchError", "no way to 10.0.0.7:3128", Step.FETCH), "抓取失败：无法取得页面", ""),
    ],
)
def test_a_gap_says_why_it_is_one_and_an_errors_own_words_are_no_readers(
    failure: Failure, why: str, reason: str
) -> None:
    (gap,) = make_document(second(failures=(failure,))).gaps
    assert (gap.why, gap.reason) == (why, reason)


def test_nothing_links_to_a_story_that_was_taken_back() -> None:
    (page,) = HtmlRenderer().render(second(failures=(gone(RETRACTED, "更正"),)))
    text = page.data.decode()
    assert "news.example.com/gone" not in text
    assert '<small lang="zh-Hans"><bdi>更正</bdi></small>' in text
