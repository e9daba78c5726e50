"""The frame of a paper: its fixed words, and how Chinese text is written in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import lunar_python

from pressrun.archive.frames import traditional
from pressrun.models import Style
from renderers.words import Words
from renderers.words_en import EN
from renderers.words_tw import taiwanese
from renderers.words_zh import ZH

ALMANAC_MONTHS = {"冬": "十一", "腊": "十二"}
"""An almanac's names of months; newspapers number them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """*words* in the frame's language; *write* turns Chinese text into its characters."""

    words: Words
    write: Callable[[str], str]

    def text(self, text: str, language: str) -> str:
        """*text*, in the frame's characters where its *language* is Chinese."""
        return self.write(text) if language.startswith("zh") else text

    def lunar(self, day: date) -> str:
        """*day* in the Chinese calendar, with its feast or solar term; empty in English."""
        if not self.words.lunar:
            return ""
        solar: Any = lunar_python.Solar  # type: ignore[attr-defined]
        lunar = solar.fromYmd(day.year, day.month, day.day).getLunar()
        month = lunar.getMonthInChinese()
        for almanac, number in ALMANAC_MONTHS.items():
            month = month.replace(almanac, number)
        said = f"{lunar.getYearInGanZhi()}年{month}月{lunar.getDayInChinese()}"
        occasions = dict.fromkeys(filter(None, (*lunar.getFestivals(), lunar.getJieQi())))
        said = self.words.lunar.format(date=self.write(said))
        return " ".join((said, *map(self.write, occasions)))


def frame_for(language: str, style: Style) -> Frame:
    """The frame of a paper in *language*, "zh" or "en", as its *style* asks.

    What is neither Chinese nor English gets an English frame.
    """
    tag = style.frame or ("zh-CN" if language.lower().split("-")[0] == "zh" else "en")
    if tag == "zh-TW":
        return Frame(_taiwanese(), traditional)
    return Frame(ZH if tag == "zh-CN" else EN, _as_it_is)


def _as_it_is(text: str) -> str:
    return text


@cache
def _taiwanese() -> Words:
    return taiwanese()
