"""The pages of Sina's rolling list, as rows. Pure.

An answer is `{"result": {"status": {"code": 0, "msg": ...}, "total": N, "data": [...]}}`, or that
inside `try{NAME(...);}catch(e){};`. A row has title, url, docid, media_name and ctime (the moment
of publication, in epoch seconds, as a string).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any, NamedTuple, Self

from pressrun.errors import SourceError
from tasks.sources.sina_rows import SHANGHAI, faults, read_answer
from tasks.sources.spread import Row, evenly
from tasks.sources.text import plain, same_page, web_address


class Day(NamedTuple):
    """A day in Shanghai: its first second and the next day's, since the epoch."""

    begin: int
    end: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The span of *day*."""
        first, after = (
            datetime.combine(each, time.min, SHANGHAI) for each in (day, day + timedelta(days=1))
        )
        return cls(int(first.timestamp()), int(after.timestamp()))


class RollPage(NamedTuple):
    """One answer: its usable rows, why the others are not, and how many there were in all.

    *total* counts the rows of all pages, where the service says it.
    """

    rows: tuple[Row, ...]
    skipped: tuple[str, ...]
    size: int
    total: int | None

    def ends(self, day: Day) -> bool:
        """Whether no later page has rows of *day*: this one has none at all, or older ones."""
        moments = [row.moment for row in self.rows]
        return not self.size or max(moments, default=day.begin) < day.begin


def parse_page(body: bytes) -> RollPage:
    """The page in an answer of the service.

    Raises:
        SourceError: it is no list; transient when it is an error page, cut, empty, or the
            service's own word that something is wrong.
    """
    found = read_answer("sina-roll", body, lambda value: isinstance(value.get("result"), dict))
    result = found["result"]
    status = result["status"] if isinstance(result.get("status"), dict) else {}
    if _number(status.get("code")) != 0:
        code, said = plain(str(status.get("code")), 20), plain(status.get("msg"), 100)
        raise SourceError(
            f"sina-roll answered with status {code} ({said or 'no message'}); a list has 0",
            transient=True,
        )
    data = result.get("data") or []
    if not isinstance(data, list):
        raise SourceError("sina-roll has no list for this day and category: data is no array")
    rows: list[Row] = []
    skipped: list[str] = []
    for row in data:
        fault = next(_faults(row), None)
        if fault:
            skipped.append(fault)
        else:
            rows.append(_row(row))
    return RollPage(tuple(rows), tuple(skipped), len(data), _number(result.get("total")))


def later_pages(first: RollPage, most: int, *, sampled: bool) -> Sequence[int]:
    """The pages to read after the *first*, so that at most *most* are read in all.

    Of more than that, the first ones or, *sampled*, such as lie evenly among all. Without a total
    there may be as many: reading ends where a page `ends` the day.
    """
    if not first.size:
        return ()
    last = most if first.total is None else ceil(first.total / first.size)
    if sampled and last > most:
        return evenly(range(2, last + 1), most - 1)
    return range(2, min(last, most) + 1)


def of_day(pages: Iterable[RollPage], day: Day) -> tuple[list[Row], tuple[str, ...]]:
    """The usable rows of *day*, each once, and why the others are not.

    A row is known again by its page, its docid or its title.
    """
    rows: list[Row] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for page in pages:
        skipped += page.skipped
        for row in page.rows:
            marks = {same_page(row.url), row.title, row.docid} - {""}
            if not day.begin <= row.moment < day.end:
                skipped.append("of another day")
            elif marks & seen:
                skipped.append("listed before")
            else:
                rows.append(row)
            seen |= marks
    return rows, tuple(skipped)


def _faults(row: Any) -> Iterator[str]:
    """Why *row* cannot be used, if it cannot; only the first is to be asked for."""
    yield from faults(row, frozenset())
    if _number(row.get("ctime")) is None:
        yield "no time"


def _row(row: dict[str, Any]) -> Row:
    return Row(
        moment=_number(row["ctime"]) or 0,
        url=web_address(row["url"]),
        title=plain(row["title"]),
        medium=plain(row.get("media_name"), 60),
        docid=plain(row.get("docid"), 100),
        image_url=_image(row.get("images")),
    )


def _image(images: object) -> str:
    """The address of the first of *images*: objects with it in `u`, or addresses."""
    for image in images if isinstance(images, list) else ():
        address = image.get("u") if isinstance(image, dict) else image
        if isinstance(address, str) and (url := web_address(address)):
            return url
    return ""


def _number(value: object) -> int | None:
    """*value* as a whole number from 0, which may be a string; None if it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
