"""Plain numbers with what stands before and after them: sign, unit, per cent, bound, 第."""

import re
from collections.abc import Iterator
from fractions import Fraction

from tasks.verification import figures_en as en
from tasks.verification import figures_zh as zh
from tasks.verification import units
from tasks.verification.figures_bounds import bound_after, bound_before
from tasks.verification.values import Bound, Figure, Kind, Reading, Unit, one

_SCALE = "|".join((*en.SCALES, *en.SHORT_SCALES))
_NUMERAL = re.compile(
    r"(?=[\d.〇零一二三四五六七八九十两百千万亿兆壹贰叁肆伍陆柒捌玖]|(?<![A-Za-z])[a-z])(?:"
    rf"(?P<zh>(?:{zh.NUMERAL}))"
    rf"|(?P<arabic>(?<![A-Za-z\d.])\.\d{{1,9}}(?!\d)|{zh.ARABIC})"
    rf"(?:[\s-]?(?P<scale>{_SCALE})(?![A-Za-z]))?(?P<th>(?:st|nd|rd|th)\b)?"
    rf"|(?P<place>\b{en.ORDINAL}(?!-(?:hand|rate|guess)))"
    rf"|(?P<en>\b{en.NUMERAL}))",
    re.IGNORECASE,
)
_ONLY_SCALES = re.compile("[百千万亿兆零〇]+")
# What scales without a digit count; other things only beside 余 or a bound: 千元, 百余家, 逾万户,
# 超万亿; but 千万不要, 万一, 百货, 百年老店.
_OF_SCALES = re.compile("(?:人|名|元|美元|欧元|英镑|日元|港元|吨|亩)(?!格|素)")
_MORE = re.compile(r"[多余几来](?P<scale>[万亿千百])?(?!少|数)")
_SHARES: tuple[tuple[re.Pattern[str], Kind, Fraction], ...] = (
    (
        re.compile(
            r"\s?个?百分点|[\s-]?(?:%|per\s?cent|percent)(?:age)?[\s-]?points?\b|[\s-]percentage[\s-]points?\b"
            r"|\s?pp\b",
            re.I,
        ),
        Kind.POINTS,
        Fraction(1),
    ),
    (
        re.compile(r"\s?个?基点|[\s-]basis[\s-]points?\b|\s?bps\b", re.I),
        Kind.POINTS,
        Fraction(1, 100),
    ),
    (re.compile(r"\s?%|[\s-]?(?:per\s?cent|pct|pc)\b", re.I), Kind.SHARE, Fraction(1, 100)),
    (
        re.compile(
            r"倍|\stimes\s(?:as|more|bigger|larger|higher|greater|the|faster|less)\b|-?fold\b|x\b",
            re.I,
        ),
        Kind.TIMES,
        Fraction(1),
    ),
)
_TENTHS = re.compile(
    r"成(?![为立功员都绩果长分本品型交就人了家名])(?P<half>[半一二三四五六七八九])?"
)
_HALF_MORE = re.compile(r"半(?![年天个日夜岛])|\sand\sa\shalf\b|-and-a-half\b", re.I)
_MINUS = re.compile(r"(?:(?<![\w)%.~-])-|零下|负|\bminus\s)$", re.I)
_PLACE = re.compile(r"第$")
_NUMBER = re.compile(r"\b(?:no\.?|number|nos\.?)\s?$|排名$|名列$|位居$", re.I)
_NUMBERED = re.compile(".?[届级等期季]")


def find_numbers(text: str) -> Iterator[Figure]:
    """The plain numbers of the narrow *text*, in order."""
    at = 0
    while match := _NUMERAL.search(text, at):
        figure = _figure(text, match)
        if figure:
            yield figure
        at = max(match.end(), figure.end if figure else 0)


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    values, weak = _values(text, match)
    if not values:
        return None
    start, end = match.span()
    if match["place"] or match["th"]:
        return Figure(
            start, end, text[start:end], one(Kind.ORDINAL, values[0]), weak=values[0] == 1
        )
    bound = Bound.NONE
    if (more := _MORE.match(text, end)) and (match["zh"] or match["arabic"]):
        values = tuple(value * zh.SCALES.get(more["scale"] or "", 1) for value in values)
        bound, end = Bound.OVER, more.end()
    if (half := _HALF_MORE.match(text, end)) and not half.group().startswith("半"):
        values, end = _and_a_half(values), half.end()
    shared = _share(text, end, values)
    if shared:
        readings, end = shared
    else:
        readings, start, end = _measured(text, match, values, end)
    place = one(Kind.ORDINAL, values[0])
    if _PLACE.search(text, max(0, start - 1), start):
        readings, start, weak = place, start - 1, values[0] == 1
    elif _NUMBERED.match(text, end - 1) or _NUMBER.search(text, max(0, start - 8), start):
        readings += place
    if minus := _MINUS.search(text, max(0, start - 8), start):
        start = minus.start()
        readings = tuple(
            reading._replace(values=tuple(-value for value in reading.values))
            for reading in readings
        )
    bound = bound_before(text, start) or bound or bound_after(text, end)
    return Figure(start, end, text[start:end], readings, bound, weak)


def _values(text: str, match: re.Match[str]) -> tuple[tuple[Fraction, ...], bool]:
    """What the numeral is worth, and whether it is a mere "one"."""
    if word := match["zh"]:
        idle = _ONLY_SCALES.fullmatch(word) and not _scales_count(text, *match.span())
        return (() if idle else zh.read_numeral(word)), word == "一"
    if word := match["arabic"]:
        if len(word) > 30:
            return (), False
        scale = (match["scale"] or "").lower()
        factor = en.SCALES.get(scale) or en.SHORT_SCALES.get(scale, 1)
        return (_arabic(word) * factor,), False
    if word := match["place"]:
        return (Fraction(en.read_ordinal(word)),), False
    return en.read_words(match["en"]), match["en"].lower() == "one"


def _scales_count(text: str, start: int, end: int) -> bool:
    """Whether the scales from *start* to *end*, which no digit multiplies, state a number."""
    if text[start] not in zh.SCALES or text.startswith("亿万", start):
        return False
    if more := _MORE.match(text, end):
        return units.AFTER.match(text, more.end()) is not None
    if bound_before(text, start) and (end - start > 1 or units.AFTER.match(text, end)):
        return True
    return _OF_SCALES.match(text, end) is not None


def _arabic(digits: str) -> Fraction:
    return Fraction("0" + digits.replace(",", ""))


def _and_a_half(values: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    return tuple(value + Fraction(1, 2) for value in values)


def _share(
    text: str, end: int, values: tuple[Fraction, ...]
) -> tuple[tuple[Reading, ...], int] | None:
    """Readings and end of a percentage, of points, of 成 (tenths) or of 倍 (times)."""
    for pattern, kind, size in _SHARES:
        if after := pattern.match(text, end):
            end = after.end()
            if kind is Kind.TIMES and (half := _HALF_MORE.match(text, end)):
                values, end = _and_a_half(values), half.end()
            return (Reading(kind, tuple(value * size for value in values)),), end
    if (after := _TENTHS.match(text, end)) and all(0 < value <= 10 for value in values):
        digit = after["half"]
        more = Fraction(5 if digit == "半" else zh.DIGITS.get(digit, 0), 10)
        return (Reading(Kind.SHARE, tuple((value + more) / 10 for value in values)),), after.end()
    return None


def _measured(
    text: str, match: re.Match[str], values: tuple[Fraction, ...], end: int
) -> tuple[tuple[Reading, ...], int, int]:
    """Readings, start and end of a number with the unit or currency before or after it."""
    start = match.start()
    unit = Unit()
    before = units.BEFORE.search(text, max(0, start - 5), start)
    after = units.AFTER.match(text, end)
    if before:
        unit, start = units.SIGNS[before[1].lower()], before.start()
    if after and not (before and units.unit_of(after[1] or after[2]).base not in units.MONEY):
        unit, end = units.unit_of(after[1] or after[2]), after.end()
        if (half := _HALF_MORE.match(text, end)) and unit.base not in units.MONEY:
            values, end = _and_a_half(values), half.end()
            if unit.base == "count" and (after := units.AFTER.match(text, end)):  # 三个半小时
                unit, end = units.unit_of(after[1] or after[2]), after.end()
    if not before and not after and _THING.match(text, end):
        unit = Unit("count")
    readings: tuple[Reading, ...] = (Reading(Kind.NUMBER, values, unit),)
    if not before and not after and match["arabic"]:
        if (match["scale"] or "").lower() == "m":
            readings += (Reading(Kind.NUMBER, (_arabic(match["arabic"]),), units.unit_of("m")),)
        elif len(match["arabic"]) == 4 and 1400 <= values[0] <= 2199:
            readings += (Reading(Kind.DATE, (values[0], Fraction(0), Fraction(0))),)
    return readings, start, end


# Chinese puts the thing counted right behind the number: 缝了五针.
_THING = re.compile(
    "[\u4e00-\u9fff](?<![的地得是在和与及或至到以之从为前后内外整左右上下多余来几比对年])"
)
