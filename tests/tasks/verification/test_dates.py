"""Dates, weekdays, parts of a year and times of day against the article's."""

import pytest

from tasks.verification.figures import find_figures, support_figures


def _supported(summary: str, article: str) -> bool:
    supports = support_figures(summary, article)
    return bool(supports) and all(it.where for it in supports)


@pytest.mark.parametrize(
    ("article", "summary"),
    [
        ("罢工始于2024年6月18日。", "The strike began on June 18, 2024."),
        ("The strike began on the 18th of June 2024.", "罢工始于2024年6月18日。"),
        ("2024-06-18", "18 June"),
        ("2024/06/18", "2024年6月"),
        ("二〇二四年六月十八日", "2024年6月18日"),
        ("6月18日开幕，20日闭幕", "6月20日闭幕"),
        ("2024年5月开工，6月完工", "2024年6月完工"),
        ("(12 May 2019) The fair opens on 3 June.", "展会2019年6月3日开幕"),
        ("6月18日至20日", "6月18-20日"),
        ("18-20 June", "6月18日至20日"),
        ("in 2013-14", "2013年至2014年"),
        ("last May", "5月"),
        ("on Tuesday", "周二"),
        ("星期日", "on Sunday"),
        ("in the first half", "上半年"),
        ("Q3 revenue", "第三季度"),
        ("the first three quarters", "前三季度"),
        ("上世纪70年代", "the 1970s"),
        ("in the 19th century", "19世纪"),
        ("会议8时30分开始", "上午8点半开会"),
        ("The gates open at 20:30.", "晚上8点半开门"),
        ("比赛于20:30开始", "The match starts at 8.30pm"),
        ("at noon", "正午"),
    ],
)
def test_a_date_is_found_in_any_writing_of_either_language(article: str, summary: str) -> None:
    assert _supported(summary, article)


@pytest.mark.parametrize(
    ("article", "summary"),
    [
        ("罢工始于2024年6月18日。", "罢工始于2024年6月19日。"),
        ("罢工始于2024年6月18日。", "罢工始于2023年6月18日。"),
        ("18 June", "18 July"),
        ("2024年6月18日", "周二"),
        ("on Monday", "on Friday"),
        ("上半年", "下半年"),
        ("first quarter", "second quarter"),
        ("first quarter", "first three quarters"),
        ("1970s", "1980s"),
        ("上午8点半", "晚上8点半"),
        ("8时30分", "9时30分"),
        ("2013-14", "2014-15"),
        ("18 people came in June", "6月18日"),
    ],
)
def test_another_day_part_or_hour_is_no_support(article: str, summary: str) -> None:
    assert not _supported(summary, article)


@pytest.mark.parametrize("text", ["They may march.", "两周一次", "30周年", "5点评论"])
def test_words_that_look_like_dates_are_none(text: str) -> None:
    kinds = {reading.kind for figure in find_figures(text) for reading in figure.readings}
    assert not kinds & {"date", "weekday", "time of day"}
