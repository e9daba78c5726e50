"""What is made of many editions: front page, calendars, search page and feeds."""

from datetime import date
from itertools import chain

from pressrun.archive import layout
from pressrun.archive.entries import DayText, SiteEntry, SiteIndex
from pressrun.archive.feeds import FEED_ENTRIES, PAPER_ENTRIES, paper_feed, site_feed
from pressrun.archive.files import Files
from pressrun.archive.leafing import Neighbours
from pressrun.archive.pages import front_page, search_page, site_type, year_page
from pressrun.archive.shards import Shards
from pressrun.errors import ArchiveError


class NotWhole(ArchiveError):
    """A data file of the site that its index names is absent or damaged."""


class Shelf:
    """Looks editions up in the site's data, and writes what shows many of them.

    Raises:
        NotWhole: a year or a month that is shown cannot be read.
    """

    def __init__(self, files: Files, shards: Shards, url: str) -> None:
        self._files, self._shards, self._url = files, shards, url

    def addressed(self, index: SiteIndex) -> SiteIndex:
        """*index* with the address that the feeds are made for."""
        return index.model_copy(update={"url": self._url})

    def neighbours(self, index: SiteIndex, paper: str, day: date) -> Neighbours:
        """The editions before and after *day*, pending or not; *index* has their years."""
        years = _Years(self._shards, index)
        entries = years.entries(paper, day.year)  # newest first
        before = next((one for one in entries if one.edition_date < day), None)
        after = next((one for one in reversed(entries) if one.edition_date > day), None)
        if record := index.paper(paper):
            earlier, later = record.before(day.year), record.after(day.year)
            if before is None and earlier is not None:
                before = next(iter(years.entries(paper, earlier)), None)
            if after is None and later is not None:
                after = next(reversed(years.entries(paper, later)), None)
        return Neighbours(before, after)

    def write(self, index: SiteIndex, entry: SiteEntry, had: SiteIndex) -> None:
        """Write what shows *entry*; *index* has it, and *had* is the one before.

        Calendars of other years and feeds of other papers are left, unless they change.
        """
        years, year = _Years(self._shards, index), entry.edition_date.year
        known = had.paper(entry.paper)
        is_new_year = known is None or year not in {one.year for one in known.years}
        self._calendars(years, entry.paper, None if is_new_year else year)
        for paper in index.papers:
            is_its = paper.name == entry.paper and entry in years.newest(paper.name, PAPER_ENTRIES)
            if is_its or had.url != self._url:
                self._feeds(years, paper.name)
        self._front(years)

    def write_all(self, index: SiteIndex) -> None:
        """Write everything that shows many editions."""
        years = _Years(self._shards, index)
        for paper in index.papers:
            self._calendars(years, paper.name, None)
            self._feeds(years, paper.name)
        self._front(years)

    def _calendars(self, years: "_Years", paper: str, only: int | None) -> None:
        record = years.index.paper(paper)
        for one in record.years if record else ():
            if record and only in (None, one.year) and (entries := years.entries(paper, one.year)):
                key = layout.site_year_page(paper, one.year)
                self._files.write(key, year_page(record, one.year, entries))

    def _feeds(self, years: "_Years", paper: str) -> None:
        newest = years.newest(paper, PAPER_ENTRIES)
        months = {(one.edition_date.year, one.edition_date.month) for one in newest}
        texts: dict[date, DayText] = {}
        for year, month in months:
            found = self._shards.month(paper, year, month)
            if found is None:
                raise NotWhole(_unread(layout.site_month(paper, year, month)))
            texts |= {day.edition_date: day for day in found.days}
        if newest:
            atom, plain = paper_feed(newest, texts, self._url)
            self._files.write(layout.site_feed(paper, "xml"), atom)
            self._files.write(layout.site_feed(paper, "json"), plain)

    def _front(self, years: "_Years") -> None:
        papers = years.index.papers
        calendars = {
            paper.name: entries
            for paper in papers
            if (entries := years.entries(paper.name, paper.years[0].year))
        }
        newest = sorted(
            chain.from_iterable(years.newest(paper.name, FEED_ENTRIES) for paper in papers),
            key=lambda one: (-one.edition_date.toordinal(), one.paper),
        )
        self._files.write(layout.SITE_PAGE, front_page(years.index, calendars))
        self._files.write(layout.SITE_SEARCH, search_page(years.index))
        self._files.write(layout.SITE_FEED, site_feed(newest, self._url))
        if layout.SITE_TYPE.rpartition("/")[2] not in self._files.names(layout.SITE):
            self._files.write(layout.SITE_TYPE, site_type())


class _Years:
    """The entries of *index*'s years, each read once."""

    def __init__(self, shards: Shards, index: SiteIndex) -> None:
        self._shards, self.index = shards, index
        self._read: dict[tuple[str, int], tuple[SiteEntry, ...]] = {}

    def entries(self, paper: str, year: int) -> tuple[SiteEntry, ...]:
        """Newest first; none of a year that the index has not."""
        if (paper, year) not in self._read:
            found = self._shards.year(paper, year)
            record = self.index.paper(paper)
            if found is None and record and year in {one.year for one in record.years}:
                raise NotWhole(_unread(layout.site_year(paper, year)))
            self._read[paper, year] = found.entries if found else ()
        return self._read[paper, year]

    def newest(self, paper: str, count: int) -> tuple[SiteEntry, ...]:
        """The paper's *count* newest editions; no more years are read than that takes."""
        record, found = self.index.paper(paper), list[SiteEntry]()
        for year in record.years if record else ():
            if len(found) < count:
                found += self.entries(paper, year.year)
        return tuple(found[:count])


def _unread(key: str) -> str:
    return f"{key}: cannot be read; make the site anew: pressrun site rebuild"
