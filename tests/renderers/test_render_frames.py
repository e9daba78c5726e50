from dataclasses import fields
from datetime import date
from string import Formatter
from typing import Any

import pytest

from pressrun.models import Style
from renderers.frames import frame_for
from renderers.words import Words
from renderers.words_en import EN
from renderers.words_tw import taiwanese
from renderers.words_zh import ZH

CHINESE = frame_for("zh", Style())
TAIWANESE = frame_for("zh", Style(frame="zh-TW"))


def places(value: Any) -> Any:
    """What a fixed word, or each of several, has in braces."""
    if isinstance(value, str):
        return {name for _, name, _, _ in Formatter().parse(value) if name}
    if isinstance(value, tuple):
        return [places(said) for said in value]
    return {key: places(said) for key, said in value.items()}


@pytest.mark.parametrize("field", [field.name for field in fields(Words)])
def test_every_frame_says_the_same_with_the_same_facts(field: str) -> None:
    chinese, taiwan, english = (getattr(words, field) for words in (ZH, taiwanese(), EN))
    if field in ("categories", "skips", "repairs"):  # in English they are words already
        assert places(chinese) == places(taiwan)
    elif field not in ("lunar", "converted", "full_date"):  # one of them alone has these
        assert places(chinese) == places(taiwan) == places(english)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 17), "农历丙午年正月初一 春节"),
        (date(2026, 2, 16), "农历乙巳年十二月廿九 除夕"),
        (date(2025, 8, 1), "农历乙巳年闰六月初八"),
        (date(2026, 4, 5), "农历丙午年二月十八 清明"),
        (date(2026, 3, 20), "农历丙午年二月初二 龙头节 春分"),
        (date(2026, 12, 22), "农历丙午年十一月十四 冬至"),
        (date(2026, 10, 31), "农历丙午年九月廿二"),
    ],
)
def test_the_date_line_has_the_lunar_date_with_feast_and_solar_term(day: date, said: str) -> None:
    assert CHINESE.lunar(day) == said


def test_the_lunar_date_is_in_the_frames_characters_and_in_english_there_is_none() -> None:
    assert TAIWANESE.lunar(date(2026, 2, 17)) == "農曆丙午年正月初一 春節"
    assert frame_for("en", Style()).lunar(date(2026, 2, 17)) == ""


@pytest.mark.parametrize(
    ("language", "frame", "tag"),
    [
        ("zh", "", "zh-Hans"),
        ("zh-Hant", "", "zh-Hans"),
        ("en", "", "en"),
        ("fr", "", "en"),
        ("zh", "en", "en"),
        ("en", "zh-CN", "zh-Hans"),
        ("zh", "zh-TW", "zh-Hant-TW"),
    ],
)
def test_the_frame_is_the_one_asked_for_or_the_papers_language(
    language: str, frame: str, tag: str
) -> None:
    assert frame_for(language, Style(frame=frame)).words.tag == tag


def test_taiwans_characters_replace_the_mainlands_and_every_word_stays() -> None:
    assert TAIWANESE.text("他支持这个项目，列车运行正常", "zh") == "他支持這個項目，列車運行正常"
    assert TAIWANESE.text("后天发布", "zh") == "後天發佈"
    assert TAIWANESE.text("發布 后", "en") == "發布 后"
    assert CHINESE.text("后天发布", "zh") == "后天发布"


def test_fixed_words_are_taiwans_own() -> None:
    words = TAIWANESE.words
    assert words.kinds["FetchTimeout"].startswith("伺服器")
    assert words.rankings["clicks"] == "依點閱數排行"
    assert words.converted
    assert not ZH.converted
