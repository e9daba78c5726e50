"""Times of day in Chinese and English writing -> minutes after midnight."""

import re
from fractions import Fraction

from tasks.verification.figures_zh import read_numeral
from tasks.verification.values import Kind, Reading, one

_APM = r"\s?[ap]\.?m\b\.?"
_PART = (
    r"(?:(?:清晨|凌晨|早晨|早上|早|上午|中午|午后|下午|傍晚|晚上|晚间|晚|深夜|夜间|夜里"
    r"|当晚|今晚|今早)\s?)?"
)
_ZH = "[〇零一二三四五六七八九十两]"
SPELLINGS = {
    "clock": rf"{_PART}(?<![\d.:])(?P<h1>[0-2]?\d):(?P<n1>[0-5]\d)(?![\d:])(?:{_APM})?",
    "zh_time": rf"{_PART}(?<![\d.一二三四五六七八九十之])(?P<h2>[0-2]?\d|{_ZH}{{1,3}})\s?"
    r"(?:时|点钟|点)"
    rf"(?!{_ZH}+[十百千万亿%个，]|\d+[%个])"
    rf"(?:(?P<n2>[0-5]?\d(?=分|\D)|{_ZH}{{1,3}}(?=分)|半|一刻|三刻)(?:分(?!之))?)?"
    r"(?![间代候\d燃评击赞缀心子])",
    "apm": rf"(?<![\d.:])(?P<h3>1[0-2]|0?\d)(?:\.(?P<n3>[0-5]\d))?{_APM}",
    "noon": r"\b(?:noon|midday|midnight)\b|正午|午夜|(?<![\d一二三四五六七八九十])零点(?!\d)",
}
_EVENING = re.compile(r"晚|夜|下午|午后|p\.?m", re.I)
_MORNING = re.compile(r"早|晨|上午|a\.?m", re.I)
_PAST = {"半": 30, "一刻": 15, "三刻": 45}


def read_time(found: re.Match[str]) -> tuple[Reading, ...]:
    """Minutes after midnight, in both halves of the day where the text leaves it open.

    "3:20" may be a score as well.
    """
    words = found.group().lower()
    if found["is_noon"]:
        return one(Kind.TIME, 720 if words in ("noon", "midday", "正午") else 0)
    hour = _number(found["h1"] or found["h2"] or found["h3"])
    past = found["n1"] or found["n2"] or found["n3"] or ""
    minutes = _PAST[past] if past in _PAST else _number(past)
    if not (0 <= hour <= 24 and 0 <= minutes < 60):
        return ()
    readings = tuple(
        Reading(Kind.TIME, (Fraction(of_day % 24 * 60 + minutes),))
        for of_day in _hours(hour, words)
    )
    if words.replace(":", "").isdecimal():
        readings += (Reading(Kind.NUMBER, (Fraction(hour), Fraction(minutes))),)
    return readings


def _number(word: str) -> int:
    if not word or word.isdecimal():
        return int(word or 0)
    values = read_numeral(word)
    return int(values[0]) if len(values) == 1 else -1


def _hours(hour: int, words: str) -> tuple[int, ...]:
    """The hours of the day that *hour* may be; 12 at night is 0."""
    if hour > 12 or hour == 0:
        return (hour,)
    if _MORNING.search(words):
        return (0, 12) if hour == 12 else (hour,)
    if _EVENING.search(words):
        return (0, 12) if hour == 12 else (hour + 12,)
    if "中午" in words:
        return (hour if hour >= 10 else hour + 12,)
    return (hour, hour % 12 + 12) if hour < 12 else (0, 12)
