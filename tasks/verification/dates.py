"""Dates, parts of a year and times of day in Chinese and English writing -> their readings."""

import re
from collections.abc import Iterator
from fractions import Fraction

from tasks.verification import dates_clock, dates_parts
from tasks.verification.figures_en import ORDINAL, read_ordinal
from tasks.verification.figures_zh import PLAIN_DIGITS, read_numeral
from tasks.verification.values import Kind, Reading

_MONTHS = [
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
]
_MONTH = {name[:length]: at for at, name in enumerate(_MONTHS, 1) for length in (3, len(name))} | {
    "sept": 9
}
# "May" and "march" alone are words, too.
_CLEAR = "|".join(name.title() for name in _MONTHS if name not in ("may", "march"))

_BEFORE_MAY = "|".join(
    rf"(?<=\b{word}[ -])"
    for word in ("in", "of", "by", "last", "next", "since", "until", "from", "mid", "early", "late")
)
_EN_MONTH = rf"(?:{'|'.join(_MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_EN_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th)?(?![\d%]|[.,:]\d)|{ORDINAL})"
_YEAR = r"(?:1\d|20|21)\d\d(?![\d%]|[.,]\d)"
_GAP = r"\s{1,3}"
_ZH = "[〇零一二三四五六七八九十两廿卅]"
_ZH_DIGITS = "[〇零0一二三四五六七八九]"
_ZH_YEAR = rf"(?:(?:1\d|20|21)\d\d|[一二]{_ZH_DIGITS}{{3}}|\d\d|{_ZH_DIGITS}{{2}})"
_NO_NUMERAL = r"(?<![\d.一二三四五六七八九十百千万])"

_SPELLINGS = {
    "zh": rf"{_NO_NUMERAL}(?:(?P<y1>{_ZH_YEAR})\s?年\s?)?"
    r"(?P<m1>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月(?![球亮饼薪租票子供息])"
    rf"(?:份|底|初|末|\s?(?P<d1>[0-3]?\d|{_ZH}{{1,3}})\s?[日号]?(?![\d年个月]))?",
    "year": rf"{_NO_NUMERAL}(?P<y2>(?:1\d|20|21)\d\d|[一二]{_ZH_DIGITS}{{3}}"
    r"|(?<!-)(?:0\d|[5-9]\d)(?=年(?![代前后来间以的时龄内中多期之])))年(?!代)",
    "day": rf"{_NO_NUMERAL}(?P<d2>[0-3]?\d|{_ZH}{{1,3}})(?:日(?![元圆均内后前之游以])|号)",
    "iso": r"(?<![\d.-])(?P<y3>(?:19|20)\d\d)[-/.](?P<m3>1[0-2]|0?[1-9])[-/.](?P<d3>[0-3]?\d)"
    r"(?![\d-])",
    "slashes": r"(?<![\d/.])(?P<d4>[0-3]?\d)/(?P<m4>[0-3]?\d)/(?P<y4>(?:19|20)?\d\d)(?![\d/])",
    "en": rf"\b(?P<d5>{_EN_DAY})(?:{_GAP}(?:of{_GAP})?|-)(?P<m5>{_EN_MONTH})(?![a-z])"
    rf"(?:,?{_GAP}(?:of{_GAP})?(?P<y5>{_YEAR}))?",
    "us": rf"\b(?P<m6>{_EN_MONTH}){_GAP}(?:the{_GAP})?(?P<d6>{_EN_DAY})"
    rf"(?:,?{_GAP}(?P<y6>{_YEAR}))?",
    "en_month": rf"\b(?P<m7>{_EN_MONTH}),?{_GAP}(?:of{_GAP})?(?P<y7>{_YEAR})",
    "month": rf"\b(?P<m8>(?-i:{_CLEAR}))\b"
    rf"|(?:{_BEFORE_MAY})(?P<m9>(?-i:May|March))\b",
}
# What no date begins with is passed over at once: the alternatives are many.
_BEGIN = (
    r"(?=[\d〇零一二三四五六七八九十两廿卅周星礼第前头上下后正午清凌早中傍晚深夜今当])"
    r"|(?<![A-Za-z])(?=[adefhjmnoqstw])"
)
_ANY = re.compile(
    f"(?:{_BEGIN})(?:"
    + "|".join(
        f"(?P<is_{name}>{spelling})"
        for name, spelling in (_SPELLINGS | dates_clock.SPELLINGS | dates_parts.SPELLINGS).items()
    )
    + ")",
    re.IGNORECASE,
)
_PARTS = {name: re.findall(r"\?P<(\w+)>", spelling) for name, spelling in _SPELLINGS.items()}


def find_dates(text: str) -> Iterator[tuple[int, int, tuple[Reading, ...]]]:
    """Start, end and readings of each date or time of *text*, in order, without overlap.

    *text* is narrow: its digits and signs have no full width.
    """
    at = 0
    while found := _ANY.search(text, at):
        readings = _read(found)
        if readings:
            yield found.start(), found.end(), readings
        at = found.end() if readings else found.start() + 1


def _read(found: re.Match[str]) -> tuple[Reading, ...]:
    name = (found.lastgroup or "").removeprefix("is_")
    if name in dates_clock.SPELLINGS:
        return dates_clock.read_time(found)
    if name in dates_parts.SPELLINGS:
        return dates_parts.read_part(name, found)
    parts = {part[0]: found[part] for part in _PARTS[name] if found[part]}
    year, month, day = (parts.get(part, "") for part in "ymd")
    readings = _date(_full_year(year), _number(month), _number(day))
    if name == "slashes" and day != month:
        readings += _date(_full_year(year), _number(day), _number(month))
    if name == "day" and found.group().endswith("号"):
        readings += (Reading(Kind.NUMBER, (Fraction(_number(day)),)),)
    return readings


def _date(year: int, month: int, day: int) -> tuple[Reading, ...]:
    if 0 <= month <= 12 and 0 <= day <= 31 and (year, month, day) != (0, 0, 0):
        return (Reading(Kind.DATE, (Fraction(year), Fraction(month), Fraction(day))),)
    return ()


def _full_year(word: str) -> int:
    """A year of four digits; of two digits after 50, one of the last century (98年)."""
    year = _number(word) if word else 0
    if not word or len(word) > 2:
        return year
    return 1900 + year if year >= 50 else 2000 + year


def _number(word: str) -> int:
    """The number that a part of a date spells, in digits or words; 0 for none, -1 for nonsense."""
    word = word.lower().rstrip(".")
    if not word:
        return 0
    if word in _MONTH:
        return _MONTH[word]
    if word[0] in PLAIN_DIGITS + "十廿卅":
        word = word.replace("廿", "二十").replace("卅", "三十").replace("0", "〇")
        values = read_numeral(word)
        return int(values[0]) if len(values) == 1 else -1
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else read_ordinal(word)
