import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from pressrun.models import Edition
from renderers.card import FOOT_PX, MOST, CardRenderer, composed, cover
from tests.renderers.edition_samples import (
    HOSTILE_TITLES,
    RARE,
    ROCKET,
    empty_edition,
    full_edition,
    make_edition,
    make_story,
    make_summary,
)


def many(count: int, **facts: Any) -> Edition:
    stories = (make_story(rank, **facts) for rank in range(1, count + 1))
    return make_edition(tuple(stories))


def laid_out(edition: Edition) -> Any:
    return composed(cover(edition), edition.style.theme).layout


def words_on(edition: Edition) -> str:
    open_pdf: Any = pypdfium2.PdfDocument
    with open_pdf(laid_out(edition).write_pdf()) as pdf:
        assert len(pdf) == 1
        return "".join(pdf[0].get_textpage().get_text_bounded().split())


def test_the_card_is_one_picture_of_1080_by_1440() -> None:
    (card,) = CardRenderer().render(full_edition())
    picture = Image.open(io.BytesIO(card.data))
    assert (card.name, card.media_type) == ("card.png", "image/png")
    assert picture.size == (1080, 1440)
    assert picture.mode == "P"
    assert len(card.data) < 300_000


def test_it_shows_masthead_day_counts_and_the_most_prominent_headlines() -> None:
    shown = words_on(full_edition())
    for words in ("每日要闻", "2026年10月31日", "星期六", "废盐矿里存电", "头条"):
        assert words in shown
    ranked = [item.title for item in cover(full_edition()).items]
    assert ranked[0].startswith("废盐矿里存电")
    assert all("".join(title.split()) in shown for title in ranked)


@pytest.mark.parametrize("frame", ["zh-TW", "en"])
def test_it_is_in_the_language_of_the_frame(frame: str) -> None:
    shown = words_on(full_edition(frame=frame))
    assert ("廢鹽礦裡存電" in shown) is (frame == "zh-TW")
    assert ("Saturday" in shown) is (frame == "en")


def test_five_to_seven_headlines_fit_whatever_their_length() -> None:
    for title in ("短标题", "一则长短合宜、读来顺口的新闻标题写在这里", "长" * 500, "W" * 300):
        layout = laid_out(many(20, title=title))
        (page,) = layout.pages
        headlines = [box for name, box in page.anchors.items() if name.startswith("s-")]
        assert 5 <= len(headlines) <= MOST
        assert max(box[3] for box in headlines) <= 1440 - FOOT_PX
    assert len(cover(many(20)).items) == MOST


def test_hostile_titles_are_words_within_the_card() -> None:
    stories = tuple(make_story(rank, title=title) for rank, title in enumerate(HOSTILE_TITLES, 1))
    edition = make_edition(stories, title="报" * 80)
    shown = words_on(edition)
    assert "<script>alert(1)</script>" in shown
    (card,) = CardRenderer().render(edition)
    assert {RARE, ROCKET} >= set(card.missing_glyphs)


def test_an_edition_of_one_story_or_none_is_a_card_all_the_same() -> None:
    assert "第1条" in words_on(make_edition((make_story(1, summary=make_summary("第1条。")),)))
    assert "Nostorycouldbeprinted" in words_on(empty_edition())


def test_the_same_edition_makes_the_same_card() -> None:
    assert CardRenderer().render(many(3)) == CardRenderer().render(many(3))
