"""Weekdays, quarters and halves of a year, decades and centuries, in both languages."""

import re

from tasks.verification.figures_en import CARDINALS, ORDINAL, ORDINALS, read_ordinal
from tasks.verification.figures_zh import DIGITS, read_numeral
from tasks.verification.values import Kind, Reading, one

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DAY = {name[:3]: at for at, name in enumerate(_DAYS, 1)}
_ZH = "[一二三四五六七八九十]"

SPELLINGS = {
    "weekday": rf"\b(?P<day>(?-i:{'|'.join(_DAYS)}))s?\b"
    r"|(?:(?<![一二三四五六七八九十两几数每多\d])周|星期|礼拜)(?P<zh_day>[一二三四五六日天])"
    r"(?![年个天次])",
    "quarter": r"第?(?P<quarter>[一二三四1-4])个?季度"
    r"|\b(?P<en_quarter>first|second|third|fourth|1st|2nd|3rd|4th)[\s-]quarter\b(?!-?final)"
    r"|\bq(?P<q>[1-4])\b",
    "quarters": r"[前头](?P<quarters>[二两三23])个?季度"
    r"|\bfirst\s(?P<en_quarters>two|three|2|3)\squarters\b",
    "half_year": r"(?P<half>[上下前后])半(?:年|场|赛季)"
    r"|\b(?P<en_half>first|second)[\s-]half\b|\bh(?P<h>[12])\b",
    "decade": r"(?<![\d.,])(?P<decade>(?:1\d|20)\d0|(?<=['’])[1-9]0)['’]?s\b"
    rf"|(?P<zh_decade>(?:19|20)\d0|[1-9]0|{_ZH}十)年代",
    "century": rf"\b(?P<century>\d{{1,2}}(?:st|nd|rd|th)|{ORDINAL})[\s-]centur(?:y|ies)\b"
    rf"|(?P<zh_century>\d{{1,2}}|{_ZH}{{1,3}})世纪(?!以来|初页)",
}


def read_part(name: str, found: re.Match[str]) -> tuple[Reading, ...]:
    """What the spelling *name* of `SPELLINGS` reads; the half of a match is as of a year."""
    words = {key: word.lower() for key, word in found.groupdict().items() if word}
    if name == "weekday":
        return one(Kind.WEEKDAY, _weekday(words))
    if name == "quarter":
        word = words.get("quarter") or words.get("q") or words["en_quarter"]
        return one(Kind.PERIOD, _number(word), "quarter")
    if name == "quarters":
        return one(Kind.PERIOD, _number(words.get("quarters") or words["en_quarters"]), "quarters")
    if name == "half_year":
        word = words.get("half") or words.get("h") or words["en_half"]
        return one(Kind.PERIOD, 1 if word in ("上", "前", "1", "first") else 2, "half")
    if name == "decade":
        year = _number(words.get("decade") or words["zh_decade"])
        return one(Kind.DECADE, year) + (one(Kind.DECADE, year % 100) if year > 99 else ())
    return one(Kind.CENTURY, _number(words.get("century") or words["zh_century"]))


def _weekday(words: dict[str, str]) -> int:
    if "day" in words:
        return _DAY[words["day"][:3].title()]
    return 7 if words["zh_day"] in "日天" else DIGITS[words["zh_day"]]


def _number(word: str) -> int:
    if digits := re.match(r"\d+", word):
        return int(digits.group())
    if word in CARDINALS:
        return CARDINALS[word]
    if word.isascii():
        return read_ordinal(word) if word not in ORDINALS else ORDINALS[word]
    values = read_numeral(word)
    return int(values[0]) if values else 0
