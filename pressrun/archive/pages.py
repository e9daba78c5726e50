"""The pages that lead to editions: front page, calendars of years, search. Pure."""

import base64
import hashlib
from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from pressrun.archive.entries import PaperRecord, SiteEntry, SiteIndex
from pressrun.archive.feeds import count_of, site_name, stamps_of
from pressrun.archive.frames import SiteWords, words_of

if TYPE_CHECKING:
    from jinja2 import Environment

RECENT = 7
"""Editions of a paper whose headlines the front page shows."""


class Week(NamedTuple):
    """A row of a month: seven days, 0 where another month's would be, each with its edition."""

    days: tuple[tuple[int, SiteEntry | None], ...]


class MonthTable(NamedTuple):
    """A month's calendar."""

    title: str
    weeks: tuple[Week, ...]


def front_page(index: SiteIndex, newest_years: Mapping[str, Sequence[SiteEntry]]) -> bytes:
    """`site/index.html`. *newest_years*: the entries of each paper's newest year, newest first."""
    latest = sorted(
        (entries[0] for entries in newest_years.values()),
        key=lambda entry: (-entry.edition_date.toordinal(), entry.paper),
    )
    words = words_of(latest[0].frame if latest else "zh-CN")
    papers = [
        (record, newest_years[entry.paper], months_of(newest_years[entry.paper]))
        for entry in latest
        if (record := index.paper(entry.paper))
    ]
    name = site_name(latest)
    return _filled("front.html", words, "", title=name, name=name, latest=latest, papers=papers)


def year_page(paper: PaperRecord, year: int, entries: Sequence[SiteEntry]) -> bytes:
    """`site/<paper>/<year>.html`: the calendar of a year's *entries*, newest first."""
    words = words_of(entries[0].frame)
    title = f"{entries[0].title} {words.year.format(year=year)}"
    months = months_of(entries)
    return _filled("year.html", words, "../", title=title, paper=paper, year=year, months=months)


def search_page(index: SiteIndex) -> bytes:
    """`site/search.html`: reads the months' texts in the browser."""
    words = words_of(index.papers[0].frame if index.papers else "zh-CN")
    title = f"{words.search} · {site_name_of(index)}"
    return _filled("search.html", words, "", title=title, index=index)


def site_name_of(index: SiteIndex) -> str:
    """As `feeds.site_name`, by the index."""
    titles = {paper.title for paper in index.papers}
    return titles.pop() if len(titles) == 1 else "Pressrun"


def months_of(entries: Sequence[SiteEntry]) -> tuple[MonthTable, ...]:
    """Calendars of the months that have editions, newest first; *entries* are of one year."""
    by_day = {entry.edition_date: entry for entry in entries}
    months = sorted({(day.year, day.month) for day in by_day}, reverse=True)
    return tuple(
        MonthTable(
            words_of(entries[0].frame).month_of(year, month),
            tuple(
                Week(tuple((day, _at(by_day, year, month, day)) for day in week))
                for week in Calendar().monthdayscalendar(year, month)
            ),
        )
        for year, month in months
    )


def _at(by_day: Mapping[date, SiteEntry], year: int, month: int, day: int) -> SiteEntry | None:
    return by_day.get(date(year, month, day)) if day else None


def _filled(template: str, words: SiteWords, root: str, **facts: Any) -> bytes:
    """*template* with *facts*; *root* leads from its page to the site's."""
    style, script = _web("site.css").replace("@root/", root), _web("search.js")
    allowed = f"style-src {_digest(style)}; font-src 'self'"
    if template == "search.html":
        allowed += f"; script-src {_digest(script)}; connect-src 'self'; form-action 'self'"
    text = (
        _environment()
        .get_template(template)
        .render(
            words=words,
            root=root,
            policy=f"default-src 'none'; {allowed}",
            style=_Ours(style),
            script=_Ours(script),
            **facts,
        )
    )
    return text.encode("utf-8", "replace")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only for who publishes

    environment = Environment(
        loader=PackageLoader("pressrun.archive", "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        count_of=count_of, stamps_of=stamps_of, words_of=words_of, recent=RECENT, other=_others
    )
    return environment


def _others(entry: SiteEntry) -> list[tuple[str, str]]:
    """Names of the edition's files besides its page, the first part of each, and what to call them.

    What is read comes before what is looked at, and both before what is for programs.
    """
    words = words_of(entry.frame)
    known = {
        "pdf": "PDF",
        "png": words.picture,
        "webp": words.picture,
        "card": words.card,
        "md": "Markdown",
        "json": "JSON",
    }
    kinds = {
        name: "card" if name.startswith("card.") else name.rpartition(".")[2]
        for name in entry.files
        if name != entry.page and "-" not in name
    }
    order = [*known, *sorted({*kinds.values()} - {*known})]
    return [
        (name, known.get(kind, kind.upper()))
        for name, kind in sorted(kinds.items(), key=lambda one: order.index(one[1]))
    ]


def site_type() -> bytes:
    """`site/type.woff2`: the Noto Sans SC of editions, with the characters of GB 2312."""
    return (files("pressrun.archive") / "web" / "type.woff2").read_bytes()


@cache
def _web(name: str) -> str:
    return (files("pressrun.archive") / "web" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class _Ours(str):
    """Style and script are ours, and stand as they are."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
