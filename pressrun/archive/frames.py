"""The site's fixed words in the language of a paper's frame, and its Chinese characters."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from pressrun.models import Edition

CONVERSION = "s2tw"
"""OpenCC's from mainland characters to Taiwan's, word for word. The one that puts Taiwan's words in
as well ("s2twp") takes news for software: 支持 would become 支援, 对象 物件, 列车运行 列車執行; and
what was verified would not be what is printed."""


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What the site says in one language. Strings with braces are for `str.format`."""

    tag: str
    full_date: str
    short_date: str
    month: str
    year: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekday_signs: tuple[str, ...]
    latest: str
    recent: str
    editions: str
    edition: str
    all_editions: str
    calendar: str
    more_years: str
    previous: str
    following: str
    count: str
    partial: str
    revision: str
    again: str
    day_so_far: str
    comma: str
    empty: str
    feed: str
    skip: str
    search: str
    search_for: str
    paper: str
    every_paper: str
    since: str
    until: str
    no_script: str
    found: str
    found_none: str
    more: str
    searching: str
    unreachable: str
    picture: str
    card: str

    def day(self, day: date) -> str:
        """*day* with its weekday, in full."""
        return self._filled(self.full_date, day)

    def short(self, day: date) -> str:
        """*day* without its year."""
        return self._filled(self.short_date, day)

    def month_of(self, year: int, month: int) -> str:
        """A month with its year."""
        return self._filled(self.month, date(year, month, 1))

    def _filled(self, pattern: str, day: date) -> str:
        return pattern.format(
            weekday=self.weekdays[day.weekday()],
            year=day.year,
            month=self.months[day.month - 1],
            day=day.day,
        )


ZH = SiteWords(
    tag="zh-Hans",
    full_date="{year}年{month}月{day}日　{weekday}",
    short_date="{month}月{day}日",
    month="{year}年{month}月",
    year="{year}年",
    months=tuple(map(str, range(1, 13))),
    weekdays=("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    weekday_signs=("一", "二", "三", "四", "五", "六", "日"),
    latest="最新一期",
    recent="近期",
    editions="{count} 期",
    edition="{count} 期",
    all_editions="往期",
    calendar="日历",
    more_years="历年",
    previous="上一期",
    following="下一期",
    count="共 {stories} 条",
    partial="{listed} 条中的 {stories} 条",
    revision="第 {number} 次印刷",
    again="重印",
    day_so_far="截至当日",
    comma="，",
    empty="尚无报纸。",
    feed="订阅",
    skip="跳到正文",
    search="检索",
    search_for="要找的词，空格隔开",
    paper="报纸",
    every_paper="全部",
    since="从",
    until="到",
    no_script="检索需要 JavaScript。也可以翻看往期，或在命令行里用 pressrun search。",
    found="找到 {count} 条",
    found_none="没有找到。试试更少、更短的词，或放宽日期。",
    more="继续找",
    searching="正在找……",
    unreachable="读不到目录。检索要经由网站（http）打开：可以用 pressrun site serve。",
    picture="图片",
    card="封面图",
)
EN = SiteWords(
    tag="en",
    full_date="{weekday}, {day} {month} {year}",
    short_date="{day} {month}",
    month="{month} {year}",
    year="{year}",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    weekday_signs=("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
    latest="Latest edition",
    recent="Recent",
    editions="{count} editions",
    edition="{count} edition",
    all_editions="All editions",
    calendar="Calendar",
    more_years="Years",
    previous="Previous edition",
    following="Next edition",
    count="{stories} stories",
    partial="{stories} of {listed} stories",
    revision="revision {number}",
    again="revised",
    day_so_far="day so far",
    comma=", ",
    empty="No editions yet.",
    feed="Feed",
    skip="Skip to the content",
    search="Search",
    search_for="Words to find, with spaces between",
    paper="Paper",
    every_paper="All",
    since="From",
    until="To",
    no_script="Searching needs JavaScript. You can leaf through all editions, or use the command "
    "pressrun search.",
    found="{count} found",
    found_none="Nothing found. Try fewer or shorter words, or other dates.",
    more="Look further back",
    searching="Searching ...",
    unreachable="The index cannot be read. Searching works where the site is served over http: "
    "try pressrun site serve.",
    picture="Picture",
    card="Card",
)


def frame_of(edition: Edition) -> str:
    """The frame of *edition*: "zh-CN", "zh-TW" or "en"."""
    plain = "zh-CN" if edition.language.lower().split("-")[0] == "zh" else "en"
    return edition.style.frame or plain


def written_in(frame: str, text: str, language: str) -> str:
    """*text* as its edition prints it: Chinese in traditional characters in the frame zh-TW."""
    return traditional(text) if frame == "zh-TW" and language.lower().startswith("zh") else text


def traditional(text: str) -> str:
    """*text* in traditional characters, as Taiwan writes them; what is so already stays.

    里 and 余 are whole characters of both: only the others tell how a text is written.
    """
    written = _converter(CONVERSION)(text)
    if written == text:
        return text
    simplified = _converter("t2s")(text)
    return written if _differences(text, written) >= _differences(text, simplified) else text


def _differences(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False))


@cache
def words_of(frame: str) -> SiteWords:
    """The words of a frame."""
    if frame != "zh-TW":
        return ZH if frame == "zh-CN" else EN
    said = {name: _converted(value) for name, value in asdict(ZH).items()}
    return SiteWords(**said | {"tag": "zh-Hant-TW"})


def _converted(value: Any) -> Any:
    convert = _converter("s2twp")
    return convert(value) if isinstance(value, str) else tuple(map(convert, value))


@cache
def _converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC  # only for who writes so

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert
