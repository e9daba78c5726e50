"""What the site's data files say: pure values, made of editions.

site/index.json              papers, their years and months
site/<paper>/<YYYY>.json     what the site shows of a year
site/<paper>/<YYYY-MM>.json  the text of a month's editions, which is searched
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from pydantic import NonNegativeInt, PositiveInt

from pressrun import reading
from pressrun.archive import layout
from pressrun.archive.frames import frame_of, written_in
from pressrun.models import Edition, Moment, Story, Value

LEADS = 3
"""Headlines of an edition that the front page shows."""
SCHEMA: Final = 2
"""Raised when the site must be made anew; 1 had every edition in one file."""


class Lead(Value):
    """A headline, and where in the edition's page its story stands."""

    title: str
    anchor: str


class SiteEntry(Value):
    """What the site says of one current edition."""

    paper: str
    title: str
    edition_date: date
    revision: PositiveInt
    printed_at: Moment
    day_so_far: bool
    frame: str
    """Of its fixed words: "zh-CN", "zh-TW" or "en"."""
    stories: NonNegativeInt
    listed: NonNegativeInt
    leads: tuple[Lead, ...]
    files: tuple[str, ...]

    @classmethod
    def of(cls, edition: Edition, files: Sequence[str]) -> "SiteEntry":
        """The entry of *edition*, whose public files are *files*."""
        frame = frame_of(edition)
        stories, listed = edition.counted
        return cls(
            paper=edition.paper,
            title=written_in(frame, edition.title, edition.language),
            edition_date=edition.edition_date,
            revision=edition.revision,
            printed_at=edition.printed_at,
            day_so_far=edition.as_of is not None,
            frame=frame,
            stories=stories,
            listed=listed,
            leads=tuple(
                Lead(title=_title(frame, story), anchor=reading.anchor_of(story.url))
                for story in reading.reading_order(edition)[:LEADS]
            ),
            files=tuple(files),
        )

    @property
    def page(self) -> str:
        """Name of the file that readers are sent to; empty when the edition has none."""
        return layout.PAGE if layout.PAGE in self.files else next(iter(self.files), "")

    @property
    def href(self) -> str:
        """Where readers are sent, relative to the site; the folder when the edition has no file."""
        return f"{self.paper}/{self.edition_date}/{self.page}"

    def story_href(self, anchor: str) -> str:
        """Where a story stands, relative to the site: in the page, where there is one."""
        return f"{self.href}#{anchor}" if self.page == layout.PAGE else self.href


class StoryText(Value):
    """What readers may search of a story. *anchor* is its place in the edition's page."""

    title: str
    summary: str
    keywords: tuple[str, ...] = ()
    anchor: str


class DayText(Value):
    """The text of an edition: its overview, and its stories in reading order."""

    edition_date: date
    revision: PositiveInt
    page: str
    """As `SiteEntry.page`."""
    overview: tuple[str, ...] = ()
    stories: tuple[StoryText, ...] = ()

    @classmethod
    def of(cls, edition: Edition, page: str) -> "DayText":
        """The text of *edition*, whose readers are sent to *page*."""
        frame, overview = frame_of(edition), edition.overview
        return cls(
            edition_date=edition.edition_date,
            revision=edition.revision,
            page=page,
            overview=tuple(
                written_in(frame, point.text, overview.language) for point in overview.points
            )
            if overview
            else (),
            stories=tuple(
                StoryText(
                    title=_title(frame, story),
                    summary=written_in(frame, story.summary.text, story.summary.language),
                    keywords=tuple(
                        written_in(frame, word, story.summary.language)
                        for word in story.summary.keywords
                    ),
                    anchor=reading.anchor_of(story.url),
                )
                for story in reading.reading_order(edition)
            ),
        )


class Month(Value):
    """`site/<paper>/<YYYY-MM>.json`: newest first."""

    schema_version: Literal[2] = SCHEMA
    days: tuple[DayText, ...] = ()

    def having(self, text: DayText) -> "Month":
        """The month with *text* in place of what it had of that day."""
        others = (day for day in self.days if day.edition_date != text.edition_date)
        newest = sorted((text, *others), key=lambda day: day.edition_date, reverse=True)
        return Month(days=tuple(newest))


class Year(Value):
    """`site/<paper>/<YYYY>.json`: newest first.

    *pending* are days whose edition is in place, while what leads to it may not be.
    """

    schema_version: Literal[2] = SCHEMA
    entries: tuple[SiteEntry, ...] = ()
    pending: tuple[date, ...] = ()

    def having(self, entry: SiteEntry) -> "Year":
        """The year with *entry* in place of what it had of that day, which is pending now."""
        day = entry.edition_date
        others = (one for one in self.entries if one.edition_date != day)
        newest = sorted((entry, *others), key=lambda one: one.edition_date, reverse=True)
        return Year(entries=tuple(newest), pending=tuple(sorted({*self.pending, day})))

    def settled(self, entry: SiteEntry) -> "Year":
        """The year with *entry*'s day no longer pending, unless it was printed again since."""
        if entry not in self.entries:
            return self
        pending = tuple(day for day in self.pending if day != entry.edition_date)
        return self.model_copy(update={"pending": pending})

    def entry(self, day: date) -> SiteEntry | None:
        """The edition of *day*, pending or not."""
        return next((one for one in self.entries if one.edition_date == day), None)

    def shown(self) -> dict[date, int]:
        """The revision of each edition that is shown wherever it must be."""
        return {
            one.edition_date: one.revision
            for one in self.entries
            if one.edition_date not in self.pending
        }


class YearRecord(Value):
    """A year that has editions. *months* fall; *sha256* is of its entries."""

    year: int
    editions: PositiveInt
    months: tuple[int, ...]
    sha256: str

    @classmethod
    def of(cls, number: int, year: Year) -> "YearRecord":
        """The record of *year*, which has entries."""
        return cls(
            year=number,
            editions=len(year.entries),
            months=tuple(dict.fromkeys(one.edition_date.month for one in year.entries)),
            sha256=layout.sha256_of(Year(entries=year.entries).model_dump_json().encode()),
        )


class PaperRecord(Value):
    """A paper that has editions: title and frame of the newest, and its years, newest first."""

    name: str
    title: str
    frame: str
    years: tuple[YearRecord, ...]

    def before(self, year: int) -> int | None:
        """The last year before *year* that has editions."""
        return max((one.year for one in self.years if one.year < year), default=None)

    def after(self, year: int) -> int | None:
        """The first year after *year* that has editions."""
        return min((one.year for one in self.years if one.year > year), default=None)


class SiteIndex(Value):
    """`site/index.json`. *url* is the address that the feeds were made for; empty: relative."""

    schema_version: Literal[2] = SCHEMA
    url: str = ""
    papers: tuple[PaperRecord, ...] = ()

    def paper(self, name: str) -> PaperRecord | None:
        """The paper called *name*, when it has editions."""
        return next((paper for paper in self.papers if paper.name == name), None)

    def months(self, paper: str) -> frozenset[tuple[int, int]]:
        """Years and months of a paper that have text."""
        found = self.paper(paper)
        years: Iterable[YearRecord] = found.years if found else ()
        return frozenset((one.year, month) for one in years for month in one.months)

    def having(self, paper: str, number: int, year: Year) -> "SiteIndex":
        """The index with *year* in place of what it had of the paper's year *number*."""
        known = self.paper(paper)
        others = [one for one in known.years if one.year != number] if known else []
        years = sorted((*others, YearRecord.of(number, year)), key=lambda one: -one.year)
        is_newest, newest = years[0].year == number, year.entries[0]
        record = PaperRecord(
            name=paper,
            title=newest.title if is_newest or not known else known.title,
            frame=newest.frame if is_newest or not known else known.frame,
            years=tuple(years),
        )
        rest = [one for one in self.papers if one.name != paper]
        papers = sorted((*rest, record), key=lambda one: one.name)
        return self.model_copy(update={"papers": tuple(papers)})


def _title(frame: str, story: Story) -> str:
    return written_in(frame, story.title, story.language)
