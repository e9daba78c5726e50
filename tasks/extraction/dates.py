"""When a page was published, as the page says.

For Chinese pages the date that a reader sees beside the title is right more often than any
metadata (FACTS: measured); a time zone is never written, and means China's.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from htmldate import find_date
from lxml.html import HtmlElement

from tasks.extraction.tidy import key
from tasks.extraction.titles import meta

CHINA = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)\s?日?"
    r"(?:[T\s]*(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?)?\s*(?P<H>[012]?\d)\s?[:：时点]\s?(?P<M>[0-5]\d)"
    r"(?::[0-5]\d(?:\.\d+)?\s?(?P<Z>Z|[+-][01]\d:?[0-5]\d))?)?"
)
_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?([01]\d)[-/_]?([0-3]\d)(?!\d)")
_METAS = (
    "article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate",
    "publish_date", "publish-date", "weibo:article:create_at", "og:release_date", "date",
)  # fmt: skip
_EARLIEST_YEAR = 1995
_BEFORE, _AFTER = 3, 12
"""Lines around the title among which its date stands."""


def published(
    tree: HtmlElement, lines: Sequence[str], title: str, url: str, not_after: datetime
) -> datetime | None:
    """When a Chinese page was published, in China's time; None when it does not say.

    *lines* is the page's visible text. Dates after *not_after*, when the page was fetched, by
    more than a day are no dates of publication. A date without a time is midnight.
    """
    latest = not_after + timedelta(days=1)
    near = _near_title(lines, title)
    in_order = (
        (stamp for stamp in near if stamp[1]),
        _stamps_of(meta(tree, *_METAS)),
        near,
        _from_url(url),
        (stamp for stamp in _stamps_of(lines) if stamp[1]),
    )
    return next((moment for moment, _ in chain(*in_order) if moment <= latest), None)


def guessed(tree: HtmlElement, url: str) -> datetime | None:
    """What htmldate makes of *tree*, in China's time: the last resort, and a slow one."""
    found = find_date(tree, url=url or None, original_date=True)
    return datetime.fromisoformat(found).replace(tzinfo=CHINA) if found else None


Stamp = tuple[datetime, bool]


def _near_title(lines: Sequence[str], title: str) -> list[Stamp]:
    wanted = key(title)
    if not wanted:
        return []
    for index, line in enumerate(lines):
        if wanted in key(line):
            after = list(_stamps_of(lines[index : index + _AFTER]))
            # Above the title a date without a time is the calendar's: today, for the reader.
            above = _stamps_of(lines[max(0, index - _BEFORE) : index])
            before = [stamp for stamp in above if stamp[1]]
            if after or before:
                return after + before[::-1]
    return []


def _stamps_of(lines: Iterator[str] | Sequence[str]) -> Iterator[Stamp]:
    for line in lines:
        for found in _DATE.finditer(unicodedata.normalize("NFKC", line[:400])):
            stamp = _moment(*found.group("y", "m", "d", "H", "M", "Z"))
            if stamp:
                yield stamp


def _from_url(url: str) -> Iterator[Stamp]:
    for found in _IN_URL.finditer(url):
        stamp = _moment(found[1], found[2], found[3], None, None, None)
        if stamp:
            yield stamp


def _moment(
    year: str, month: str, day: str, hour: str | None, minute: str | None, offset: str | None
) -> Stamp | None:
    try:
        moment = datetime.fromisoformat(
            f"{year}-{month:0>2}-{day:0>2}T{hour or '0':0>2}:{minute or '0':0>2}{offset or ''}"
        )
    except ValueError:
        return None
    if moment.year < _EARLIEST_YEAR:
        return None
    in_china = moment.astimezone(CHINA) if offset else moment.replace(tzinfo=CHINA)
    return in_china, hour is not None
