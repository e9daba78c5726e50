"""How the stories of an edition are spread."""

from collections.abc import Iterable

from pressrun.models import Edition, Style
from renderers.charts import BARS
from renderers.document import make_document
from tests.renderers.edition_samples import full_edition, make_edition, make_story


def from_media(media: Iterable[str], frame: str = "") -> Edition:
    stories = (make_story(rank, medium=medium) for rank, medium in enumerate(media, 1))
    return make_edition(tuple(stories), style=Style(frame=frame))


def test_charts_count_stories_by_section_and_medium_and_one_row_is_no_chart() -> None:
    sections, media = make_document(full_edition()).charts
    assert [(bar.label, bar.count) for bar in sections.bars] == [
        *(("国内", 2), ("其他", 2), ("财经", 1), ("国际", 1)),
    ]
    assert [bar.count for bar in media.bars] == [6, 1, 1]
    assert sections.bars[0].share == 1.0
    assert make_document(make_edition((make_story(1),))).charts == ()


def test_of_many_media_those_with_one_story_are_added_up_in_a_row_without_a_bar() -> None:
    media = [*"甲甲甲乙乙", *(f"第{number}报" for number in range(20))]
    (chart,) = make_document(from_media(media)).charts
    assert [(bar.label, bar.count) for bar in chart.bars] == [
        ("甲", 3),
        ("乙", 2),
        ("其余 20 家", 20),
    ]
    assert [round(bar.share, 2) for bar in chart.bars] == [1.0, 0.67, 0.0]


def test_a_chart_has_no_more_bars_than_can_be_taken_in() -> None:
    media = [f"第{number}报" for number in range(2 * BARS)] * 2
    (chart,) = make_document(from_media(media)).charts
    assert len(chart.bars) == BARS + 1
    assert sum(bar.count for bar in chart.bars) == 4 * BARS


def test_where_every_medium_has_one_story_a_line_says_so_in_place_of_a_chart() -> None:
    for frame, label, line in (
        ("", "稿件来源", "15 家媒体各 1 条"),
        ("en", "Stories by publisher", "15 publishers, one story each"),
    ):
        document = make_document(from_media((f"第{number}报" for number in range(15)), frame))
        assert document.charts == ()
        assert document.colophon[0] == (label, (line,))
