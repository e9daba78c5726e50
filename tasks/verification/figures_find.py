"""Text -> the figures in it, in Chinese and English writing, each with its place and readings."""

import re
from dataclasses import replace

from tasks.verification.dates import find_dates
from tasks.verification.figures_bounds import bound_before
from tasks.verification.figures_numbers import find_numbers
from tasks.verification.figures_ranges import join_ranges
from tasks.verification.figures_special import find_special
from tasks.verification.values import Figure, Kind, Reading, Unit

_NARROW = str.maketrans(
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；？！"}
    | dict.fromkeys("–‐‑−", "-")
    | dict.fromkeys("—―～〜", "~")
    | dict.fromkeys("\xa0\u2009\u202f\u3000", " ")
    | {"萬": "万", "億": "亿", "兩": "两", "點": "点", "幾": "几", "餘": "余", "○": "〇", "﹪": "%"}
    | {"∶": ":"}
)
_NAME = re.compile(
    r"(?<![A-Za-z0-9.$£€%])(?:"
    r"(?!(?:Nos?|Rs|RMB|USD|GBP|EUR|HKD|CNY|JPY|US|Under|Over|Pre|Post|Mid|Top|Aged?|Sub|Non)-?\d)"
    r"(?!(?:Q[1-4]|H[12])(?![0-9A-Za-z]))"
    r"(?:[A-Z][A-Za-z]{0,11}|[a-z]{1,2}[A-Z][A-Za-z]{0,10}|mp)-?\d{1,6}(?:\.\d{1,2})?"
    r"(?:[A-Z]{1,3}(?![a-z]))?(?:\d{1,4})?"
    r"|[A-Z]\d[A-Z]|\d{1,2}[GDKC](?![A-Za-z0-9])"
    r")(?![A-Za-z0-9%]|[.,]\d)"
)
_LIST_MARK = re.compile(
    r"^[ \t]{0,8}(?:\d{1,2}[、.)](?!\d)|\(\d{1,2}\)|\(?[一二三四五六七八九十]{1,2}[)、])", re.M
)
# Words with numerals in them that count nothing; names of places, feasts and things.
_IDIOM = re.compile(
    "(?<!第)一(?:[些直起样定般旦切边致贯度律向旁再举味手番面同共并经如时连统体流来下把股概心路生行望言应]"
    "|方面|带一路|点(?![一二三四五六七八九])|系列|部分|会儿|揽子|窝蜂|刀切|筹莫展|目了然|五一十)"
    "|[统唯惟专单均合归不逐另任某每进同一]一(?![百千万十])|(?<!分)之一|第一(?:时间|手|线)|万一"
    "|十[分足堰全](?!之)|九江|四川|三亚|五一|六一|七夕|八卦|八达岭|九寨|五粮液|三[星峡明农沙门]"
    "|二[手胎维]|双十一|三番五次|三三两两|五花八门|四面八方|七[上嘴]八[下舌]|四处|两[会岸者边侧旁]"
    "|半[岛导夜]|丢三落四|接二连三|再三|三心二意|千家万户|千千万万|成千上万|五[金官]|四季"
    r"|十一(?=黄金周|长假|国庆)|星期天(?=报)|\b(?i:second(?=-hand)|one another|no one)\b"
)

_Span = tuple[int, int, tuple[Reading, ...], bool]


def find_figures(text: str) -> list[Figure]:
    """The figures of *text*, Chinese and English, in order and without overlap.

    Idioms with numerals in them (一些, 万一, 五一, 三亚), list marks and relative words (今年,
    yesterday) are none.
    """
    narrow = text.translate(_NARROW)
    rest = _IDIOM.sub(_blank, _LIST_MARK.sub(_blank, narrow))
    spans: list[_Span] = [(*m.span(), _name(m.group()), False) for m in _NAME.finditer(rest)]
    rest = _without(rest, spans)
    dates: list[_Span] = [(*date, False) for date in find_dates(rest)]
    rest = _without(rest, dates)
    special = find_special(rest)
    rest = _without(rest, special)
    figures = [
        Figure(start, end, narrow[start:end], readings, bound_before(rest, start), weak)
        for start, end, readings, weak in spans + dates + special
    ]
    figures = sorted((*figures, *find_numbers(rest)), key=lambda figure: figure.start)
    return [
        figure if figure.text == said else replace(figure, text=said)
        for figure in join_ranges(narrow, figures)
        for said in (text[figure.start : figure.end],)
    ]


def _blank(match: re.Match[str]) -> str:
    return "\0" * (match.end() - match.start())


def _without(text: str, spans: list[_Span]) -> str:
    """*text* with the *spans*, in order, blanked out in place."""
    parts = []
    at = 0
    for start, end, _, _ in spans:
        parts += [text[at:start], "\0" * (end - start)]
        at = end
    return "".join((*parts, text[at:]))


def _name(name: str) -> tuple[Reading, ...]:
    """Its letters and digits; Flight 370 may be said of MH370, and so its number counts."""
    return (Reading(Kind.NAME, (), Unit(name.casefold().replace("-", ""))),)
