"""The whole site made anew from the editions."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, groupby, pairwise
from typing import NamedTuple

from pressrun.archive import layout
from pressrun.archive.editions import Editions
from pressrun.archive.entries import DayText, Month, SiteEntry, SiteIndex, Year
from pressrun.archive.files import Files
from pressrun.archive.leafing import Neighbours
from pressrun.archive.placing import Placing, named_files
from pressrun.archive.shards import Shards
from pressrun.archive.shelf import Shelf
from pressrun.models import Edition


class Made(NamedTuple):
    """What was made: how many editions are shown, and which were published meanwhile."""

    shown: int
    late: frozenset[tuple[str, date]]


class Anew:
    """Makes everything under `site/` that is ours; holds three editions at a time."""

    def __init__(
        self, files: Files, editions: Editions, shards: Shards, placing: Placing, shelf: Shelf
    ) -> None:
        self._files, self._editions = files, editions
        self._shards, self._placing, self._shelf = shards, placing, shelf

    def make(self) -> Made:
        """Put all in place, and take away what is no more.

        Of an edition that another process published meanwhile the files may be those of before.
        """
        late = frozenset(
            (paper, day) for paper in self._editions.papers() for day in self._make_paper(paper)
        )
        while True:
            raw, _ = self._shards.index()
            index = self._index()
            self._shelf.write_all(index)
            if self._shards.swap_index(raw, self._shelf.addressed(index)):
                break
        self._take_away(index)
        return Made(sum(year.editions for one in index.papers for year in one.years), late)

    def _make_paper(self, paper: str) -> Iterator[date]:
        """Makes a paper's part of the site; the days that were published meanwhile."""
        placed = groupby(self._placed(paper), lambda pair: pair[0].edition_date.year)
        for number, pairs in placed:
            entries, texts = zip(*pairs, strict=True)
            for month, days in groupby(texts, lambda text: text.edition_date.month):
                self._make_month(paper, number, month, tuple(days))
            yield from self._make_year(paper, number, entries)

    def _placed(self, paper: str) -> Iterator[tuple[SiteEntry, DayText]]:
        """Puts each edition's files in place, oldest first; what the site says of it."""
        days = self._editions.begun(paper)
        current = filter(None, (self._editions.settle(paper, day) for day in days))
        before: SiteEntry | None = None
        for edition, after in pairwise(chain[Edition | None](current, [None])):
            if edition:
                following = SiteEntry.of(after, named_files(after)) if after else None
                entry = self._placing.place(edition, Neighbours(before, following))
                yield entry, DayText.of(edition, entry.page)
                before = entry

    def _make_month(self, paper: str, year: int, number: int, days: tuple[DayText, ...]) -> None:
        def made(known: Month) -> Month:
            month = Month(days=tuple(reversed(days)))
            mine = {day.edition_date: day.revision for day in days}
            for day in known.days:
                if self._is_newer(paper, day.edition_date, day.revision, mine):
                    month = month.having(day)
            return month

        self._shards.change_month(paper, year, number, made)

    def _make_year(
        self, paper: str, number: int, entries: tuple[SiteEntry, ...]
    ) -> tuple[date, ...]:
        def made(known: Year) -> Year:
            year = Year(entries=tuple(reversed(entries)))
            mine = {entry.edition_date: entry.revision for entry in entries}
            for entry in known.entries:
                if self._is_newer(paper, entry.edition_date, entry.revision, mine):
                    year = year.having(entry)
            return year

        return self._shards.change_year(paper, number, made).pending

    def _is_newer(self, paper: str, day: date, revision: int, mine: dict[date, int]) -> bool:
        """Whether another process published that meanwhile."""
        if day in mine:
            return revision > mine[day]
        return self._editions.current(paper, day) is not None

    def _index(self) -> SiteIndex:
        index = SiteIndex()
        for paper in self._editions.papers():
            for number in sorted({day.year for day in self._editions.begun(paper)}):
                year = self._shards.year(paper, number)
                if year and year.entries:
                    index = index.having(paper, number, year)
        return index

    def _take_away(self, index: SiteIndex) -> None:
        for paper in filter(layout.is_paper, self._files.names(layout.SITE)):
            months = index.months(paper)
            years = {year for year, _ in months}
            for name in self._files.names(f"{layout.SITE}/{paper}"):
                key = f"{layout.SITE}/{paper}/{name}"
                if day := layout.day_of(name):
                    if self._editions.current(paper, day) is None:
                        self._placing.remove(key)
                elif part := layout.site_part(name):
                    year, month = part
                    if (year, month) not in months if month else year not in years:
                        self._files.delete(key)
                elif name in ("feed.xml", "feed.json") and not months:
                    self._files.delete(key)
