"""Words at a number that bound it: nearly, more than, up to, 约, 逾, 不足, 多, 以上."""

import re

from tasks.verification.values import Bound

_BEFORE: dict[str, tuple[Bound, str]] = {
    "zh_under": (
        Bound.UNDER,
        "不超过|不多于|不高于|不大于|不到|不足|低于|少于|不满|未满|将近|接近|(?<![最附])近|小于|几乎|未到|未达",
    ),
    "zh_up_to": (Bound.UP_TO, "至多|最多|最高"),
    "zh_over": (
        Bound.OVER,
        "不低于|不少于|不小于|超过|超出|超|逾|高于|多于|大于|至少|最少|起码|突破|不下|不止|高出",
    ),
    "zh_as_much": (Bound.AS_MUCH_AS, "高达|多达"),
    "zh_about": (Bound.ABOUT, "大约|约合|约|大概|估计"),
    "under": (
        Bound.UNDER,
        "nearly|almost|less than|fewer than|lower than|younger than|under|below|at most"
        "|not more than|no more than"
        "|close to|just short of|approaching|nearing|within|short of",
    ),
    "up_to": (Bound.UP_TO, "up to"),
    "over": (
        Bound.OVER,
        "more than|over|above|at least|exceed(?:s|ing|ed)?|upwards? of|in excess of|greater than"
        "|higher than|older than|no less than|no fewer than|not less than"
        "|topp(?:ed|ing)|surpass(?:es|ed|ing)?"
        "|a minimum of",
    ),
    "as_much": (Bound.AS_MUCH_AS, "as (?:much|many|high|few|little) as"),
    "about": (Bound.ABOUT, "about|around|approximately|roughly|some|circa|an? estimated"),
}
_WORDS = "|".join(
    f"(?P<{name}>{words})" if name.startswith("zh") else rf"\b(?P<{name}>{words})\b"
    for name, (_, words) in _BEFORE.items()
)
_BEFORE_NUMBER = re.compile(
    rf"(?:{_WORDS})[了过达为有到是]?\s{{0,2}}(?:an?\s|the\s|人民币\s?)?$", re.IGNORECASE
)
_AFTER_UNIT = re.compile(
    r"(?P<about>左右|上下|\sor so\b)"
    r"|(?P<over>以上|之多|\s?\+(?!\d)|\sor (?:more|over|above|older)\b|\sand (?:over|above)\b"
    r"|-plus\b)"
    r"|(?P<under>以下|以内|之内|\sor (?:less|fewer|under|below|younger)\b)",
    re.IGNORECASE,
)
_NEAR = 24


def bound_before(text: str, start: int) -> Bound:
    """What the words that end at *start* make of the number there."""
    found = _BEFORE_NUMBER.search(text[max(0, start - _NEAR) : start])
    return _BEFORE[found.lastgroup][0] if found and found.lastgroup else Bound.NONE


def bound_after(text: str, end: int) -> Bound:
    """What the words after a number and its unit, which end at *end*, make of it."""
    found = _AFTER_UNIT.match(text, end)
    return Bound(found.lastgroup) if found and found.lastgroup else Bound.NONE


_FITTING = {
    (Bound.NONE, Bound.ABOUT),
    (Bound.NONE, Bound.AS_MUCH_AS),
    (Bound.ABOUT, Bound.NONE),
    (Bound.ABOUT, Bound.AS_MUCH_AS),
    (Bound.UP_TO, Bound.NONE),
    (Bound.UP_TO, Bound.AS_MUCH_AS),
    (Bound.UP_TO, Bound.UNDER),
    (Bound.UNDER, Bound.UP_TO),
    (Bound.AS_MUCH_AS, Bound.NONE),
    (Bound.AS_MUCH_AS, Bound.UP_TO),
}


def bounds_fit(stated: Bound, supporting: Bound) -> bool:
    """Whether a summary may write *stated* where its article writes *supporting*.

    A mild "about" may come or go. "More than", "nearly" and their like may neither be dropped, nor
    added, nor turned round: 30,000 is not "nearly 30,000".
    """
    return stated is supporting or (stated, supporting) in _FITTING
