"""Whether a figure stands in an article, decided by its literal numbers alone (pure).

Made without the verifier, whose work it sorts, and more generous than it: a number stands in the
article wherever its value does, in digits, Chinese numerals or English words, of whatever unit,
in a name or an ordinal too. A unit, a quotation stands where the figure does letter for letter,
spaces and case apart. A date stands where one of the article's dates says nothing against it.
"""

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
]  # fmt: skip
WORD_VALUES = {
    **{word: n for n, word in enumerate(ONES)},
    **{word: 10 * n for n, word in enumerate(TENS, 2)},
    **{word: n for n, word in enumerate(ORDINALS, 1)},
    "once": 1, "twice": 2, "double": 2, "doubled": 2, "dozen": 12, "a": 1,
}  # fmt: skip
SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "bn": 10**9, "m": 10**6, "mn": 10**6, "k": 1000, "十": 10, "百": 100, "千": 1000, "万": 10**4,
    "亿": 10**8, "成": 10,
}  # fmt: skip
HAN_DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
FRACTION_WORDS = {
    "half": (1, 2), "third": (1, 3), "thirds": (2, 3), "quarter": (1, 4), "quarters": (3, 4),
}  # fmt: skip
LITERAL = {"quotation", "unit", "date (weekday)", "date (half)", "date (decade)"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

_DIGITS = re.compile(
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?:[余多]?(?P<han>[十百千万亿成]+)"
    r"|[ -]?(?P<word>hundred|thousand|million|billion|trillion|bn|mn|m|k)s?\b)?"
)
_HAN = re.compile(
    r"(?<![\d余多])[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?成?"
)
_HAN_DATE = re.compile(r"[零〇一二三四五六七八九十]+(?=[年月日号])")
_WORDS = re.compile(r"[a-z]+|#")
_MONTH = r"(?P<month>" + "|".join(MONTHS) + r")[a-z]*"
_DATES = (
    re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?"),
    re.compile(r"(?<![\d月])(?P<day>\d{1,2})[日号]"),
    re.compile(
        rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? )?{_MONTH}\b,?(?: (?P<year>\d{{4}})\b)?"
    ),
    re.compile(
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year>\d{{4}})\b)?"
    ),
    re.compile(r"(?<!\d)(?P<year>(?:1\d|20)\d\d)(?!\d)"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"),
)


class Date(NamedTuple):
    """The parts of a date; 0 for what is not said."""

    year: int
    month: int
    day: int


def stands(sort: str, corrupted: str, original: str, article: str) -> bool:
    """Whether what *corrupted* says instead of *original* is said somewhere in *article*."""
    if sort in LITERAL or "正月" in corrupted:
        return _plain(corrupted) in _plain(article)
    if sort.startswith("date"):
        return _date_stands(corrupted, article, ("year", "month", "day").index(sort[6:-1]))
    return bool((numbers(corrupted) - numbers(original)) & numbers(article))


def _plain(text: str) -> str:
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).lower()


def _date_stands(corrupted: str, article: str, changed: int) -> bool:
    said = max(dates(corrupted), key=lambda date: sum(map(bool, date)))
    return any(
        date[changed] == said[changed]
        and all(theirs in (0, ours) or not ours for ours, theirs in zip(said, date, strict=True))
        for date in dates(article)
    )


@lru_cache(maxsize=1024)
def dates(text: str) -> frozenset[Date]:
    """The dates of a text, in Chinese and English writing, whole or in part."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _HAN_DATE.sub(lambda match: str(_han_value(match[0])), folded)
    found = set()
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            parts = {"year": "0", "month": "0", "day": "0"} | {
                name: part for name, part in match.groupdict().items() if part
            }
            month = parts["month"]
            number = int(month) if month.isdigit() else MONTHS.index(month) + 1
            found.add(Date(int(parts["year"]), number, int(parts["day"])))
    return frozenset(found)


@lru_cache(maxsize=1024)
def numbers(text: str) -> frozenset[Fraction]:
    """The values of all numbers of a text, with and without the magnitudes after them."""
    folded = unicodedata.normalize("NFKC", text).lower()
    found: set[Fraction] = set()
    for match in _DIGITS.finditer(folded):
        value = Fraction(match["number"].replace(",", ""))
        found |= {value, value * _scale(match["han"] or "", match["word"] or "")}
    for match in _HAN.finditer(folded):
        found |= _han_values(match[0])
    return frozenset(found | _word_values(_WORDS.findall(_DIGITS.sub("#", folded))))


def _scale(han: str, word: str) -> int:
    scale = SCALES.get(word, 1)
    for letter in han:
        scale *= SCALES[letter]
    return scale


def _han_values(numeral: str) -> set[Fraction]:
    whole, _, decimals = numeral.rstrip("成").partition("点")
    if not whole.strip("万亿"):
        return set()
    value = Fraction(_han_value(whole))
    if decimals:
        value += Fraction(int("".join(str(HAN_DIGITS[d]) for d in decimals)), 10 ** len(decimals))
    either = {Fraction(HAN_DIGITS[d]) for d in whole} if set(whole) <= set(HAN_DIGITS) else set()
    return {value, value * (10 if numeral.endswith("成") else 1)} | either


def _han_value(numeral: str) -> int:
    total = section = digit = 0
    for letter in numeral:
        if letter in HAN_DIGITS:
            digit = digit * 10 + HAN_DIGITS[letter]
        elif letter in "万亿":
            total = (total + section + digit or 1) * SCALES[letter]
            section = digit = 0
        else:
            section += (digit or 1) * SCALES[letter]
            digit = 0
    return total + section + digit


def _word_values(words: list[str]) -> set[Fraction]:
    found: set[Fraction] = set()
    total = section = 0
    for word in [*words, ""]:
        single = word.rstrip("s")
        if word in FRACTION_WORDS:
            found.add(Fraction(*FRACTION_WORDS[word]))
        if single in SCALES and len(single) > 2 and single.isascii():
            scale = SCALES[single]
            section = (section or 1) * scale
            found.add(Fraction(total + section))
            if scale > 100:
                total, section = total + section, 0
        elif word in WORD_VALUES:
            value = WORD_VALUES[word]
            found |= {Fraction(value), Fraction(section + value), Fraction(total + section + value)}
            section = (
                section + value if section % 100 == 0 or value < 10 <= section % 100 else value
            )
        elif word.removesuffix("fold") in WORD_VALUES:
            found.add(Fraction(WORD_VALUES[word.removesuffix("fold")]))
        elif word != "and":
            total = section = 0
    return found
