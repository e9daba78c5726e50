"""A date of a summary -> the same with its year, month, day or weekday wrong (pure)."""

import random
import re
from collections.abc import Callable, Iterator

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
HAN_WEEKDAYS = list("一二三四五六日")


def corrupt_date(text: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Each part of the date that there is, wrong once: the part's name and the date."""
    for part, (pattern, replace) in _PARTS.items():
        if match := re.search(pattern, text):
            new = replace(match[0], chance)
            yield part, text[: match.start()] + new + text[match.end() :]


def _year(old: str, chance: random.Random) -> str:
    return old[:3] + _other(old[3], "0123456789", chance)


def _decade(old: str, chance: random.Random) -> str:
    return old[:2] + _other(old[2], "456789", chance) + "0"


def _month(old: str, chance: random.Random) -> str:
    if old.isdigit():
        return _other(old, [str(number) for number in range(1, 13)], chance)
    return chance.choice([month for month in MONTHS if not month.startswith(old[:3])])


def _day(old: str, chance: random.Random) -> str:
    return _other(old, [str(number) for number in range(2, 29)], chance)


def _weekday(old: str, chance: random.Random) -> str:
    return _other(old, WEEKDAYS if old in WEEKDAYS else HAN_WEEKDAYS, chance)


def _half(old: str, _chance: random.Random) -> str:
    return "下半年" if old == "上半年" else "上半年"


def _other(old: str, ones: str | list[str], chance: random.Random) -> str:
    return chance.choice([one for one in ones if one != old])


_PARTS: dict[str, tuple[str, Callable[[str, random.Random], str]]] = {
    "decade": (r"\d{3}0(?=s|年代)", _decade),
    "year": (r"(?<!\d)\d{4}(?!\d|s|年代)", _year),
    "month": (r"\d{1,2}(?=月)|" + "|".join(f"{name[:3]}[a-z]*" for name in MONTHS), _month),
    "day": (r"(?<!\d)\d{1,2}(?!\d|月)", _day),
    "weekday": ("|".join(WEEKDAYS) + "|(?<=周)[一二三四五六日]", _weekday),
    "half": ("[上下]半年", _half),
}
