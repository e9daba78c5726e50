"""A figure or quotation of a summary -> the same with one thing wrong (pure).

What a model gets wrong is one digit, one magnitude, one unit, one word: each is made once, at a
place that the seed chooses. A result of the value 1 is not made: "one" and 一 stand in nearly
every text, as an article or a pronoun.
"""

import random
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.verification.corrupt_dates import corrupt_date
from benchmarks.verification.standing import ONES, ORDINALS, TENS


class Corruption(NamedTuple):
    """What stands in place of a figure. *sort* says what is wrong with it."""

    sort: str
    text: str


WORDS = [*ONES[1:], *TENS]
FRACTIONS = {
    "two-thirds": "three-quarters", "a third": "a quarter", "half": "a quarter",
    "twice": "three times",
}  # fmt: skip
HAN = "二三四五六七八九"
MAGNITUDES = {
    "万": "亿", "亿": "万", "千": "百", "million": "billion", "billion": "million", "bn": "m",
    "m": "bn", "thousand": "million", "hundred": "thousand",
}  # fmt: skip
UNITS = {
    "£": "$", "$": "£", "美元": "欧元", "欧元": "美元", "英镑": "欧元", "元": "美元",
    "square kilometres": "square miles", "metres": "kilometres", "metre": "foot",
    "foot": "metre", "km": "miles", "litres": "gallons", "tonnes": "pounds", "mm": "cm",
    "平方米": "亩", "米": "公里", "公里": "米", "吨": "公斤", "英寸": "厘米", "克": "公斤",
    "GB": "TB", "C": "F", "years": "months", "months": "years", "month": "year", "days": "weeks",
    "hours": "days", "minutes": "hours", "小时": "分钟", "分钟": "小时", "个百分点": "%",
    "个基点": "%",
}  # fmt: skip
POINTS = {"per cent": "percentage points", "percent": "percentage points"}
PLAIN_WORDS = ["wooden", "gentle", "purple", "distant", "musical", "frozen"]
PLAIN_HAN = "蓝", "慢", "旧", "甜", "远"

_DIGITS = re.compile(r"\d")
_QUOTED_WORD = re.compile(r"[A-Za-z]{4,}|[A-Za-z]{2,}")
_HAN_LETTER = re.compile(r"[\u4e00-\u9fff]")


def corrupt(text: str, kind: str, language: str, chance: random.Random) -> list[Corruption]:
    """The wrong versions of a figure of *kind* (as the labels have it), each another sort."""
    if kind == "quotation":
        return list(_quotation(text, chance))
    if kind == "date":
        made = [Corruption(f"date ({part})", new) for part, new in corrupt_date(text, chance)]
        if "正月" in text:
            made += [Corruption("date (day)", new) for new in _written(text, chance)]
        return made
    sort = kind if kind in ("percentage", "time") else "number"
    made = [Corruption(sort, new) for new in _digit(text, chance)]
    made += [Corruption("written out", new) for new in _written(text, chance)]
    made += [Corruption("magnitude", new) for new in _swapped(text, MAGNITUDES)]
    if kind == "percentage" and not text.endswith(("点", "成")):
        points = "个百分点" if language == "zh" else " percentage points"
        made += [Corruption("unit", new) for new in _swapped(text, {**POINTS, "%": points})]
    if not text.endswith("-old"):
        made += [Corruption("unit", new) for new in _swapped(text, UNITS)]
    return made


def _digit(text: str, chance: random.Random) -> Iterator[str]:
    places = [match.start() for match in _DIGITS.finditer(text)]
    if not places:
        return
    place = chance.choice(places)
    alone = not re.search(r"\d", text[:place][-1:] + text[place + 1 :][:1])
    leads = not text[:place][-1:].isdigit()
    lowest = 2 if alone else 1 if leads else 0
    digit = chance.choice([str(d) for d in range(lowest, 10) if str(d) != text[place]])
    yield _ordinal_end(text[:place] + digit + text[place + 1 :])


def _ordinal_end(text: str) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}

    def end(match: re.Match[str]) -> str:
        number = int(match[1])
        return match[1] + ("th" if 10 < number % 100 < 14 else ends.get(number % 10, "th"))

    return re.sub(r"(\d+)(?:st|nd|rd|th)\b", end, text)


def _written(text: str, chance: random.Random) -> Iterator[str]:
    for old, new in FRACTIONS.items():
        if text.lower() == old:
            yield _like(text, new)
            return
    places = [i for i, letter in enumerate(text) if letter in HAN + "一两"]
    if "分之" in text:
        places = [i for i in places if i < text.index("分之")] or places
    if places:
        place = chance.choice(places)
        old = text[place].replace("两", "二")
        yield text[:place] + chance.choice([d for d in HAN if d != old]) + text[place + 1 :]
    elif "十" in text:
        yield text.replace("十", chance.choice(HAN) + "十", 1)
    for match in re.finditer(r"[A-Za-z]+", text):
        for series in (WORDS, ORDINALS):
            if match[0].lower() in series:
                at = series.index(match[0].lower())
                near = [*series[max(1, at - 3) : at], *series[at + 1 : at + 4]]
                new = _like(match[0], chance.choice(near))
                yield text[: match.start()] + new + text[match.end() :]
                return


def _like(model: str, text: str) -> str:
    return text[0].upper() + text[1:] if model[0].isupper() else text


def _swapped(text: str, table: Mapping[str, str]) -> Iterator[str]:
    """*text* with the first, longest key that stands in it as a word replaced."""
    for old in sorted(table, key=len, reverse=True):
        pattern = re.escape(old)
        if old.isascii() and old.isalpha():
            plural = "s?" if table is MAGNITUDES and len(old) > 2 else ""
            pattern = rf"(?<![A-Za-z]){pattern}{plural}(?![A-Za-z])"
        if match := re.search(pattern, text):
            new = table[old] + match[0].removeprefix(old)
            yield text[: match.start()] + new + text[match.end() :]
            return


def _quotation(text: str, chance: random.Random) -> Iterator[Corruption]:
    if words := list(_QUOTED_WORD.finditer(text)):
        word = chance.choice(words)
        new = chance.choice(PLAIN_WORDS)
        yield Corruption(
            "quotation", text[: word.start()] + _like(word[0], new) + text[word.end() :]
        )
    elif letters := list(_HAN_LETTER.finditer(text)):
        letter = chance.choice(letters)
        new = chance.choice([han for han in PLAIN_HAN if han not in text])
        yield Corruption("quotation", text[: letter.start()] + new + text[letter.end() :])
