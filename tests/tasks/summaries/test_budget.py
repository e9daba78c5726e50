"""Tokens are estimated on the high side, measured, and long texts split without loss."""

import random

import pytest

from pressrun.models import Prompt
from tasks.summaries.budget import (
    CONVINCING,
    DOUBT,
    LOWEST,
    MARGIN,
    REMEMBERED,
    TokenMeter,
    estimate_tokens,
    prompt_words,
    shorten,
    split_parts,
)
from tasks.summaries.sentences import is_finished
from tests.tasks.summarising import LEAD, SECOND, TEXT, THIRD

PROMPT = Prompt(system="你是编辑。", user=TEXT)


def measured(*ratios: float, language: str = "zh", meter: TokenMeter | None = None) -> TokenMeter:
    meter = meter or TokenMeter()
    for ratio in ratios:
        tokens = round(ratio * estimate_tokens(prompt_words(PROMPT)))
        meter.observe(PROMPT, language, tokens)
    return meter


def near(value: float) -> object:
    return pytest.approx(value, rel=0.02)


def test_an_estimate_grows_with_the_text_and_is_high_for_every_script() -> None:
    assert estimate_tokens("") == 1
    assert estimate_tokens("很" * 100) >= 130
    assert estimate_tokens("word " * 100) >= 150
    assert estimate_tokens("2025-11-22") >= 10
    assert estimate_tokens(TEXT + TEXT) > estimate_tokens(TEXT)


def test_before_anything_is_measured_estimates_stand() -> None:
    assert TokenMeter().factor("zh") == 1
    assert TokenMeter().calibrations() == ()


def test_one_costly_prompt_raises_the_estimate_at_once() -> None:
    assert measured(2.0).factor("zh") == near(2.0 * MARGIN)


def test_cheap_prompts_lower_the_estimate_only_when_there_are_several() -> None:
    for count in range(1, CONVINCING):
        assert measured(*[0.5] * count).factor("zh") == 1
    assert measured(*[0.5] * CONVINCING).factor("zh") == near(0.5 * MARGIN)


def test_the_costliest_of_the_last_prompts_counts_and_is_forgotten_in_the_end() -> None:
    meter = measured(1.5, *[0.6] * (REMEMBERED - 1))
    assert meter.factor("zh") == near(1.5 * MARGIN)
    assert measured(0.6, meter=meter).factor("zh") == near(0.6 * MARGIN)


def test_an_estimate_never_falls_below_its_floor() -> None:
    assert measured(*[0.01] * 30).factor("zh") == LOWEST


def test_a_count_of_nothing_says_nothing() -> None:
    meter = TokenMeter()
    meter.observe(PROMPT, "zh", 0)
    assert meter.calibrations() == ()
    assert meter.factor("zh") == 1


def test_languages_are_measured_apart() -> None:
    meter = measured(2.0, meter=measured(0.5, 0.5, 0.5, language="en"))
    assert meter.factor("en") < 1 < meter.factor("zh")
    assert [(one.language, one.requests) for one in meter.calibrations()] == [("en", 3), ("zh", 1)]


def test_a_refusal_raises_what_was_only_estimated_once_however_often_it_is_said() -> None:
    meter = TokenMeter()
    for _ in range(20):
        meter.raise_factor("zh")
    assert meter.factor("zh") == DOUBT
    assert meter.factor("en") == 1


def test_what_was_counted_says_more_than_a_refusal() -> None:
    meter = measured(*[0.6] * CONVINCING)
    meter.raise_factor("zh")
    assert meter.factor("zh") == near(0.6 * MARGIN)


def test_all_that_a_prompt_says_is_counted() -> None:
    turns = ({"role": "assistant", "content": "three"}, {"role": "user", "content": "four"})
    prompt = Prompt.model_validate({"system": "one", "user": "two", "turns": turns})
    assert prompt_words(prompt).split() == ["one", "two", "three", "four"]


def test_a_text_is_shortened_only_between_sentences() -> None:
    assert shorten(TEXT, 10_000, 10_000) == TEXT
    assert shorten(TEXT, 10_000, len(LEAD) + 5) == LEAD
    assert shorten(TEXT, estimate_tokens(LEAD) + 5, 10_000) == LEAD
    assert 0 < len(shorten("很" * 500, 130, 10_000)) <= 100


PIECES = (
    *(
        LEAD,
        SECOND,
        THIRD,
        LEAD,
        "\n",
        "\n\n",
        " \t\n",
        "\u3000",
        "\r\n",
        "\u2028",
        "\xa0",
        "\u200b",
    ),
    *("Mr. Smith of the U.S. said so. ", "“引语没有完", "”", "。", "……", "很" * 900, "a" * 3000),
    *(
        "word " * 300,
        "1.2万 ",
        "http://a.example/?q=1&r=2 ",
        "👨‍👩‍👧",
        "\U00020000" * 50,
        "((((",
        "e\u0301",
    ),
)


def words_of(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("seed", range(60))
def test_parts_lose_nothing_keep_their_order_and_their_limit(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices(PIECES, k=chance.randint(0, 60)))
    limit = chance.choice([8, 40, 150, 600, 2500])
    parts = split_parts(text, limit)
    assert words_of("".join(parts)) == words_of(text)
    assert all(part.strip() == part != "" for part in parts)
    assert all(estimate_tokens(part) <= limit for part in parts)


def test_parts_of_plain_paragraphs_end_where_paragraphs_end() -> None:
    text = "\n".join([LEAD + SECOND, THIRD] * 40)
    parts = split_parts(text, 700)
    assert all(part.endswith((SECOND, THIRD)) for part in parts)
    assert "\n".join(parts) == text


def test_parts_of_one_long_paragraph_end_where_sentences_end() -> None:
    parts = split_parts((LEAD + SECOND + THIRD) * 40, 700)
    assert all(is_finished(part) for part in parts)


def test_parts_are_about_equal() -> None:
    sizes = [estimate_tokens(part) for part in split_parts("\n".join([TEXT] * 30), 1500)]
    assert min(sizes) > 0.6 * max(sizes)


def test_a_sentence_of_30_000_characters_is_cut_where_it_has_to_be() -> None:
    text = "".join(chr(0x4E00 + number % 5000) for number in range(30_000))
    parts = split_parts(text, 1000)
    assert "".join(parts) == text
    assert len(parts) <= 45
    assert all(estimate_tokens(part) <= 1000 for part in parts)


def test_a_text_that_fits_is_one_part_and_white_space_alone_is_none() -> None:
    assert split_parts(f"\n {TEXT} \n", 1000) == [TEXT]
    assert split_parts(" \n\t\u3000" * 1000, 100) == []
