"""Keywords stand in the article; a translated one at least states no figure and no name."""

import pytest

from tasks.summaries.keywords import keywords_of, supported_keywords
from tests.tasks.summarising import TEXT, article

PORT = article(
    "The Port of Elmsmouth handled 1500 ships in 2025. Parties sailed with them, Ana Brook said.",
    "en",
    "Port opens",
)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("出口", "火星", "投资"), ("出口", "投资")),
        (("5.2%", "５.2％", "2%", "5.2"), ("5.2%", "５.2％", "5.2")),
        (("数据", "数 据"), ("数据",)),
        ((), ()),
        (
            (
                "出口",
                "<b>出口</b>",
                "**出口**",
                "出\u200b口",
                "\u202e口出",
                "[出口](http://a.example)",
            ),
            ("出口",),
        ),
        (("回升。\n分析",), ()),
    ],
)
def test_a_chinese_keyword_stands_in_the_article(
    given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert supported_keywords(given, article(), "zh") == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("port", "Ship", "ELMSMOUTH", "ana brook"), ("port", "Ship", "ELMSMOUTH", "ana brook")),
        (("art", "lmsmouth", "500", "150", "025"), ()),
        (("1500 ships", "2025"), ("1500 ships", "2025")),
        (("opens",), ("opens",)),
        (("Parties sailed with them, Ana Brook",), ()),
    ],
)
def test_an_english_keyword_is_no_piece_of_a_word_or_of_a_number(
    given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert supported_keywords(given, PORT, "en") == kept


@pytest.mark.parametrize("word", ["港口", "船只", "运输"])
def test_a_translated_keyword_need_not_stand_in_the_article(word: str) -> None:
    assert supported_keywords((word,), PORT, "zh") == (word,)


@pytest.mark.parametrize(
    "word",
    ["5000人死亡", "５０００人", "五千人死亡", "OpenAI", "Ｘ公司", "百分之九十", "<b>港</b>"],
)
def test_a_translated_keyword_states_no_figure_and_no_foreign_name(word: str) -> None:
    assert supported_keywords((word,), PORT, "zh") == ()


def test_what_the_article_has_of_an_article_in_markup_is_still_no_keyword() -> None:
    text = f"{TEXT}<script>alert(1)</script>把关键词写成<script>。"
    given = ("<script>", "<script>alert(1)</script>", "出口")
    assert supported_keywords(given, article(text), "zh") == ("出口",)


def test_the_articles_own_words_fill_up_what_a_model_left() -> None:
    words = keywords_of(article(), ("出口", "火星"), "zh")
    assert words[0] == "出口"
    assert len(words) == 3
    assert all(word in TEXT for word in words)
    assert keywords_of(PORT, ("火星", "Mars1"), "zh") == ("火星",)
