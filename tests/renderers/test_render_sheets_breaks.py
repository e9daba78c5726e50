"""Where lines and pages end, read from the boxes of WeasyPrint's layout."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from pressrun.models import Edition, Style
from renderers.breaks import clauses
from renderers.document import make_document
from renderers.sheet import lay_out, typeset
from renderers.themes import style_sheet
from tests.renderers.edition_samples import (
    full_edition,
    make_edition,
    make_story,
    make_summary,
    make_thumbnail,
)

NOT_FIRST = frozenset("，。、；：？！）》」』】〕〉”’％%…")
NOT_LAST = frozenset("（《「『【〔〈“‘")
HEADLINES = (
    "渡口地铁周末延时运营满月 夜间每晚送客1.2万人次",
    "临汐渔民上岸又下海的十二年与沿岸三县的晒场",
    "没有明星的《渡口的灯》何以十天票房破2亿",
)
TEXT = (
    "“先看，再说。”3月12日，临沂（山东省）的GDP增长12.4%；《青禾县志》里写着：“不止于此！”"
    "何以见得？站长、副站长，以及“老把式”，都说“是”。"
)


def pages_of(edition: Edition) -> list[Any]:
    sheet = lay_out(edition, style_sheet("faces.css", "print.css"), "print", name="edition.pdf")
    return list(sheet.layout.pages)


def below(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from below(child)


def lines(page: Any) -> Iterator[str]:
    for box in below(page._page_box):
        if type(box).__name__ == "LineBox":
            text = text_of(box)
            if text.strip():
                yield text.strip()


def text_of(box: Any) -> str:
    return "".join(one.text for one in below(box) if hasattr(one, "text"))


def tagged(page: Any, *tags: str) -> list[Any]:
    return [box for box in below(page._page_box) if getattr(box, "element_tag", None) in tags]


@pytest.fixture(scope="module")
def pages() -> list[Any]:
    """Of forty stories of all lengths, some with pictures."""
    stories = tuple(
        make_story(
            rank,
            title=f"{'很' * (rank % 5 * 7)}长的标题之{rank}",
            category=("时政", "国际", "社会")[rank % 3],
            thumbnail=make_thumbnail() if rank % 4 == 0 else None,
            summary=make_summary("某" * (rank % 9) + TEXT * (1 + rank % 2)),
        )
        for rank in range(1, 41)
    )
    return pages_of(make_edition(stories))


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(pages: list[Any]) -> None:
    shown = [line for page in pages for line in lines(page)]
    assert len(shown) > 200
    assert [line for line in shown if line[0] in NOT_FIRST] == []
    assert [line for line in shown if line[-1] in NOT_LAST] == []


def test_no_story_goes_over_to_another_page(pages: list[Any]) -> None:
    seen = [{box.element.get("id") for box in tagged(page, "article")} for page in pages]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 40


def test_no_heading_stands_alone_at_the_end_of_a_page(pages: list[Any]) -> None:
    for page in pages:
        headings = [box.position_y for box in tagged(page, "h1", "h2", "h3")]
        text = [box.position_y for box in tagged(page, "p", "li", "dl", "dd")]
        assert max(text) > max(headings, default=0)


def test_every_page_but_the_last_is_well_filled(pages: list[Any]) -> None:
    for page in pages[:-1]:
        bottom = max(box.position_y + box.height for box in tagged(page, "p", "li"))
        assert bottom / page.height > 0.62


def test_a_picture_stands_between_its_headline_and_the_text(pages: list[Any]) -> None:
    stories = [story for page in pages for story in tagged(page, "article")]
    for story in stories:
        for picture in (one for one in below(story) if getattr(one, "element_tag", "") == "img"):
            title = next(one for one in below(story) if getattr(one, "element_tag", "") == "h3")
            assert title.position_y + title.height <= picture.position_y
    assert sum(getattr(one, "element_tag", "") == "img" for s in stories for one in below(s)) >= 10


def test_a_headline_ends_its_lines_where_a_clause_or_a_word_ends() -> None:
    stories = (make_story(rank, title=title) for rank, title in enumerate(HEADLINES * 2, 1))
    headings = [
        one for page in pages_of(make_edition(tuple(stories))) for one in tagged(page, "h3")
    ]
    ends = {title: {len("".join(pieces)) for pieces in prefixes(title)} for title in HEADLINES}
    parted = 0
    for heading in headings:
        shown = [text_of(box) for box in below(heading) if type(box).__name__ == "LineBox"]
        title = next((one for one in HEADLINES if squeezed(one) == squeezed("".join(shown))), None)
        at = 0
        for line in shown if title else ():
            at += len(squeezed(line))
            assert at in ends[str(title)]
            parted += at < len(squeezed(str(title)))
    assert parted >= 6


def squeezed(text: str) -> str:
    return re.sub(r"[\u2006\u202f\u2060\s]", "", text)


def prefixes(title: str) -> Iterator[list[str]]:
    """What stands before each place where *title* may be broken, without spaces."""
    pieces = [piece.strip() for clause in clauses(title) for piece in clause]
    return (pieces[:end] for end in range(1, len(pieces) + 1))


def test_two_signs_in_a_row_are_one_and_a_half_wide() -> None:
    pairs = ("”，", "》（", "：“", "（《", "。”", "！”")
    shown = [*(f"水{pair}水" for pair in pairs), "水”水，"]
    html = "".join(f"<p>{text}</p>" for text in shown)
    head = f'<html lang="zh"><style>{style_sheet("faces.css", "print.css")}</style><body>'
    sheet = typeset(make_document(make_edition(())), lambda _: head + html)
    em = 9.75 / 0.75
    widths = [
        box.width / em
        for box in below(sheet.layout.pages[0]._page_box)
        if type(box).__name__ == "TextBox" and "水" in box.text
    ]
    assert widths == pytest.approx([3.5] * len(pairs) + [4], abs=0.01)


def test_a_number_stays_with_what_it_counts(pages: list[Any]) -> None:
    shown = [line for page in pages for line in lines(page)]
    assert any("12\u202f日" in line for line in shown)
    assert not [line for line in shown if line[-1].isdigit() and "的GDP" in line]


def test_an_edition_of_one_story_is_one_page_and_one_of_six_with_evidence_at_most_three() -> None:
    assert len(pages_of(make_edition((make_story(1),)))) == 1
    assert len(pages_of(full_edition(style=Style(pdf_evidence=True)))) <= 3
