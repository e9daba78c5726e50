"""Fractions, vague numbers, multiples and 首 ("first") -> their readings."""

import re
from fractions import Fraction

from tasks.verification import figures_en as en
from tasks.verification import figures_zh as zh
from tasks.verification.units import unit_of
from tasks.verification.values import Kind, Reading, one

_PARTS = "|".join(sorted(en.PARTS, key=len, reverse=True))
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred"
_SPELLINGS = {
    "hundredths": rf"(?P<bottom1>[百千万])分之(?P<top1>{zh.NUMERAL}|{zh.ARABIC})",
    "fraction": rf"(?P<bottom2>{zh.NUMERAL}|(?<!\d)\d{{1,4}})分之(?P<top2>{zh.NUMERAL}|\d{{1,4}})",
    "half_of": r"(?<![一二两三四五六七八九十百千万几数多大小个\d])"
    r"半个?(?P<zh_unit>年(?![报度])|月(?![谈板])|小时|钟头)"
    r"|(?<!and[ -]a[ -])\bhalf[\s-](?:an?[\s-])?(?P<en_unit>hour|year|mile)\b",
    "half": r"一半|半数|(?<=[占约近过超])半(?![年天个日小])"
    r"|(?<!and[ -]a[ -])\bhalf\b(?!-?time|-?way|-?back|-?hour|\san?\s)",
    "parts": r"(?<!and[ -])\b(?P<many>an?|one|two|three|four|five|seven|nine)[\s-]"
    rf"(?P<part>{_PARTS})\b"
    r"(?!\s(?:time|year|place|person|child|man|woman|party|day|term)\b)",
    "part_of": r"\b(?P<of>third|quarter|fifth|tenth)(?=\sof\b)",
    "out_of": rf"\b(?P<some>{_SMALL}|\d{{1,2}})\s(?:in|out\sof)\s(?:every\s)?"
    rf"(?P<all>{_SMALL}|\d{{1,3}})\b(?![,.]\d)",
    "vague": r"[数几上好][十百千万亿]+(?![一二三四五六七八九])|十几[万亿]?"
    r"|\b(?:(?:tens|hundreds)\sof\s(?:thousands|millions)|dozens|scores(?=\sof)|hundreds|thousands"
    r"|millions|billions|trillions|(?:several|a\sfew)\s"
    r"(?:hundred|thousand|million|billion|dozen)s?)\b",
    "multiple": r"\b(?:twice|two-?fold|doubl(?:ed|es?|ing)|thrice|three-?fold|tripl(?:ed|es?|ing)"
    r"|trebl(?:ed|es?|ing)|four-?fold|quadrupl(?:ed|es?|ing)|five-?fold|ten-?fold)\b"
    r"|翻了?(?:[一两三四]?番|倍)",
    "first": r"首(?=[个次位例家批款届度日架座条场支名只轮现创])",
}
# What none of them begins with is passed over at once.
_BEGIN = r"(?=[\d〇零一二三四五六七八九十两百千万数几上近好半翻首])|(?<![A-Za-z])(?=[a-z])"
_ANY = re.compile(
    f"(?:{_BEGIN})(?:"
    + "|".join(f"(?P<{name}>{spelling})" for name, spelling in _SPELLINGS.items())
    + ")",
    re.IGNORECASE,
)
_POWERS = {
    "dozen": 10,
    "scores": 10,
    "ten": 10,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_MULTIPLES = {"tw": 2, "do": 2, "th": 3, "tr": 3, "fo": 4, "qu": 4, "fi": 5, "te": 10}
_DOUBLINGS = {"两": 4, "三": 8, "四": 16}


def find_special(text: str) -> list[tuple[int, int, tuple[Reading, ...], bool]]:
    """Start, end, readings and weakness of each such figure of the narrow *text*."""
    found = []
    at = 0
    while match := _ANY.search(text, at):
        name = match.lastgroup or ""
        readings = _read(name, match)
        if readings:
            found.append((match.start(), match.end(), readings, name == "first"))
        at = match.end() if readings else match.start() + 1
    return found


def _read(name: str, match: re.Match[str]) -> tuple[Reading, ...]:
    words = match.group().lower()
    if name == "hundredths":
        return _share(number(match["top1"]), Fraction(zh.SCALES[match["bottom1"]]))
    if name == "fraction":
        return _share(number(match["top2"]), number(match["bottom2"]))
    if name == "half_of":
        unit = unit_of(match["en_unit"] or match["zh_unit"].replace("月", "个月"))
        return (Reading(Kind.NUMBER, (Fraction(1, 2),), unit),)
    if name == "half":
        return one(Kind.SHARE, Fraction(1, 2))
    if name == "parts":
        many = en.CARDINALS.get(match["many"].lower(), 1)
        return one(Kind.SHARE, Fraction(many, en.PARTS[match["part"].lower()]))
    if name == "part_of":
        part = match["of"].lower()
        place = one(Kind.ORDINAL, en.ORDINALS[part]) if part in en.ORDINALS else ()
        return one(Kind.SHARE, Fraction(1, en.PARTS[part])) + place
    if name == "out_of":
        return _share(number(match["some"]), number(match["all"]))
    if name == "vague":
        return _vague(words)
    if name == "multiple":
        return one(Kind.TIMES, _multiple(words))
    return one(Kind.ORDINAL, 1)


def _share(top: Fraction | None, bottom: Fraction | None) -> tuple[Reading, ...]:
    if top is None or not bottom or top >= bottom:
        return ()
    return one(Kind.SHARE, top / bottom)


def _vague(words: str) -> tuple[Reading, ...]:
    if words[0].isascii():
        power = 1
        for word, value in _POWERS.items():
            power *= value if word in words else 1
        return one(Kind.VAGUE, power)
    if words.startswith("十几"):
        return one(Kind.VAGUE, 15 * zh.SCALES.get(words[-1], 1))
    values = zh.read_numeral(words[1:])
    return one(Kind.VAGUE, values[0]) if len(values) == 1 else ()


def _multiple(words: str) -> int:
    if words.startswith("翻"):
        return _DOUBLINGS.get(words.rstrip("番倍")[-1], 2)
    return _MULTIPLES[words[:2]]


def number(word: str) -> Fraction | None:
    """The one value of a numeral in any writing, or none."""
    if re.fullmatch(zh.ARABIC, word):
        return Fraction(word.replace(",", "")) if len(word) < 30 else None
    values = en.read_words(word) if word.isascii() else zh.read_numeral(word)
    return values[0] if len(values) == 1 else None
