"""Chinese numerals -> their values: 十二, 三千万, 3亿5000万, 1万2千, 二〇二四, 两三百."""

import re
from fractions import Fraction

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
SCALES = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10**4,
    "亿": 10**8,
    "兆": 10**12,
}
PLAIN_DIGITS = "〇零一二三四五六七八九两"
ARABIC = r"(?:\d{1,3}(?:,\d{3}(?!\d))++|\d++)(?:\.\d++)?+"
# Formal digits count only beside formal scales: 陆 and 伍 are surnames and words. 两 in the middle
# is an ounce of silver.
NUMERAL = (
    rf"(?:(?<![\d.,]){ARABIC}\s?[百千万亿兆]|[{PLAIN_DIGITS}十百千万亿兆])"
    rf"(?:{ARABIC}(?=[百千万亿兆])|[{PLAIN_DIGITS[:-1]}十百千万亿兆]|两(?=[百千万]))*+"
    rf"(?:点(?=[{PLAIN_DIGITS}])[{PLAIN_DIGITS}]++[万亿]*+)?"
    r"|[壹贰叁肆伍陆柒捌玖][拾佰仟万亿零壹贰叁肆伍陆柒捌玖]++"
)
_ATOM = re.compile(rf"({ARABIC})|(点)|(.)")
_MAX_CHARS = 40


def read_numeral(numeral: str) -> tuple[Fraction, ...]:
    """The value of a Chinese or mixed *numeral*; two for 三四 or 二三十; none if it has none.

    A numeral of digits only is read place by place (二〇二四), one of scales by scales. What
    follows the last scale without one of its own counts a tenth of that: 一百二 is 120.
    """
    if len(numeral) > _MAX_CHARS:
        return ()
    numeral = numeral.replace(" ", "")
    if "点" in numeral:
        return _read_decimal(numeral)
    chars = set(numeral)
    if chars.isdisjoint(SCALES):
        return _read_places(numeral)
    spread = _spread(numeral)
    if spread:
        low, high = _read_scales(spread[0]), _read_scales(spread[1])
        return (low, high) if low is not None and high is not None else ()
    value = _read_scales(numeral)
    return () if value is None else (value,)


def _read_places(numeral: str) -> tuple[Fraction, ...]:
    digits = "".join(str(DIGITS.get(char, char)) for char in numeral)
    if len(digits) == 2 and int(digits[1]) == int(digits[0]) + 1:
        return Fraction(int(digits[0])), Fraction(int(digits[1]))
    return (Fraction(digits.replace(",", "")),)


def _read_decimal(numeral: str) -> tuple[Fraction, ...]:
    whole, _, rest = numeral.partition("点")
    places = rest.rstrip("万亿")
    scale = 1
    for char in rest[len(places) :]:
        scale *= SCALES[char]
    head = read_numeral(whole)
    if len(head) != 1:
        return ()
    digits = "".join(str(DIGITS[char]) for char in places)
    return ((head[0] + Fraction(int(digits), 10 ** len(digits))) * scale,)


_SPREAD = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])(?=[十百千万亿]|$)")


def _spread(numeral: str) -> tuple[str, str] | None:
    """The two ends of 二三十, 十七八, 三四百万."""
    found = _SPREAD.search(numeral)
    if not found or DIGITS[found[1]] + 1 != DIGITS[found[2]]:
        return None
    before, after = numeral[: found.start()], numeral[found.end() :]
    if before and before[-1] in DIGITS:
        return None
    return before + found[1] + after, before + found[2] + after


def _read_scales(numeral: str) -> Fraction | None:
    total = section = Fraction(0)
    pending: Fraction | None = None
    last = 1
    zero = False
    for arabic, _, char in _ATOM.findall(numeral):
        if arabic:
            pending = Fraction(arabic.replace(",", ""))
        elif char in DIGITS:
            if pending is not None and pending and not zero:
                return None
            zero = DIGITS[char] == 0
            pending = Fraction(DIGITS[char])
            last = 1 if zero else last
        elif char in SCALES:
            scale = SCALES[char]
            zero = False
            if scale < 10**4:
                section += (Fraction(1) if pending is None else pending) * scale
            elif scale > total and total and not section and pending is None:
                total *= scale
            else:
                if scale > total:
                    section, total = section + total, Fraction(0)
                section += pending or 0
                total += (section or 1) * scale
                section = Fraction(0)
            pending = None
            last = scale
    if pending is not None:
        section += pending * (last // 10) if last >= 100 and pending < 10 else pending
    return total + section
