"""Sentences are exact, whole and never torn out of a quotation."""

import random
import unicodedata
from itertools import pairwise

import pytest

from tasks.summaries.sentences import fit, fit_clause, is_balanced, is_finished, split_sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["今年利润增长3.5亿元。", "去年为2.1亿元！", "会继续吗？"],
        ["他说：“我们赢了。”", "第二天，球队返回北京。"],
        ["“今年客流量大。我们增开了列车。”铁路负责人表示。", "预计客流还将增加。"],
        ["《谁动了我的奶酪？》一书畅销全国。", "作者感到意外。"],
        ["“星期天去哪儿？”节目收视率居首。", "观众很满意。"],
        ["他想了想……然后走了。", "没有人挽留。"],
        ["会议通过了决定（此前曾两度推迟。）并立即生效。", "代表们鼓掌。"],
        ["详见https://a.example/b?x=1!y。", "下一句在这里。"],
        ["真的吗?", "我不信!", "走着瞧。"],
        ["Mr. Smith paid $3.5 million to J. K. Rowling of the U.S. office.", "He left at 5 p.m."],
        ["He lives in the U.S. and works for Acme Inc. in Ohio.", "The firm is No. 5 there."],
        ["“Don’t mind me!” he told them.", "They laughed."],
        ['"We won. It was hard." Ms. Jones said.', "Then they left."],
        ["ST. JOSEPH, Mich. (AP) — Health officials met.", "Sens. Cory Booker and Al Gore spoke."],
        ["1. Wash the rice.", "2. Boil it."],
        ["Really?!", "Yes...", "Maybe."],
        ["She paused ... and went on.", "Nobody spoke."],
    ],
)
def test_a_paragraph_splits_into_these_sentences(sentences: list[str]) -> None:
    chinese = any("\u4e00" <= char <= "\u9fff" for char in sentences[0])
    paragraph = ("" if chinese else " ").join(sentences)
    assert texts(paragraph) == sentences


def test_an_acronym_ends_a_sentence_only_before_a_word_that_opens_one() -> None:
    assert texts("It opens at 10 a.m. The doors are blue.") == [
        "It opens at 10 a.m.",
        "The doors are blue.",
    ]
    assert len(texts("It opens at 10 a.m. Tuesday and closes late.")) == 1


def test_a_line_break_ends_a_sentence_without_a_stop() -> None:
    assert texts("标题\n　　第一段。\r\n\u2028- 列表") == ["标题", "第一段。", "- 列表"]
    assert not is_finished("标题")
    assert is_finished("第一段。”")


ALPHABET = (
    '。！？!?….,;；，：“”"「」（）《》 \n\u3000\u2028\u0301\ufe0f\u200d👨é'
    "他说表示中AaZz19.3亿Mr. U.S. "
)


def hostile_texts(count: int) -> list[str]:
    chance = random.Random(20261122)
    return [
        unicodedata.normalize("NFC", "".join(chance.choices(ALPHABET, k=chance.randint(0, 120))))
        for _ in range(count)
    ]


def test_sentences_are_exact_and_cover_every_visible_character() -> None:
    for text in hostile_texts(1500):
        found = split_sentences(text)
        assert all(text[s.start : s.end] == s.text == s.text.strip() != "" for s in found)
        assert all(a.end <= b.start for a, b in pairwise(found))
        assert "".join("".join(s.text.split()) for s in found) == "".join(text.split())


def test_a_fitted_text_is_a_beginning_of_whole_sentences_within_the_limit() -> None:
    for text in hostile_texts(1500):
        for limit in (1, 20, 60):
            fitted = fit(text, limit)
            assert len(fitted) <= limit
            assert text.strip().startswith(fitted)
            assert not fitted or fitted == text.strip() or is_finished(fitted)


def test_a_cut_keeps_accents_with_their_letters() -> None:
    text = "x\u0301" * 10 + "." + " Y" * 20 + "."
    assert fit(text, 25) == "x\u0301" * 10 + "."


def test_no_sentence_that_fits_gives_nothing() -> None:
    assert fit("很" * 30 + "。", 20) == ""


def test_a_clause_is_cut_before_a_comma_and_marked() -> None:
    sentence = (
        "国家统计局今天公布，今年前三季度增长5.2%，其中消费品零售总额1,234.5亿元，同比增加很多。"
    )
    assert fit_clause(sentence, 30) == "国家统计局今天公布，今年前三季度增长5.2%…"
    assert len(fit_clause(sentence, 26)) <= 26


@pytest.mark.parametrize(
    "sentence",
    [
        "他在会上说：“第一，要加快建设，第二，要保护环境，第三，要改善民生，第四，要继续努力。”",
        "总额达到1,234,567,890,123,456,789元人民币无人知晓其来历与去向。",
        "没有任何标点的一句话它一直写下去写下去写下去写下去写下去写下去写下去",
    ],
)
def test_a_clause_is_never_cut_inside_a_quotation_a_number_or_a_word(sentence: str) -> None:
    cut = fit_clause(sentence, 28)
    assert cut in {"", "他在会上说…"}


def test_random_clauses_keep_to_the_limit_and_to_pairs() -> None:
    for text in hostile_texts(1500):
        for sentence in texts(text):
            cut = fit_clause(sentence, 24)
            assert len(cut) <= 24
            if cut:
                assert sentence.startswith(cut.removesuffix("…"))
                assert is_balanced(cut) or not is_balanced(sentence)


def test_a_long_hostile_line_takes_linear_time() -> None:
    for mark in ("“", "”", ".", "(", "(“", "a.", "www.!", "？”", '"', "。》"):
        assert "".join(texts(mark * 20_000)) == mark * 20_000
