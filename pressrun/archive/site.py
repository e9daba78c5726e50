"""The public site: the current editions' files, and what leads to them.

    site/index.html, search.html, feed.xml, index.json
    site/<paper>/<YYYY>.html, <YYYY>.json, <YYYY-MM>.json, feed.xml, feed.json
    site/<paper>/<YYYY-MM-DD>/index.html, edition.pdf, ...

Made of editions/ alone: it can be deleted and rebuilt, and put on any web server as it is. It holds
what readers may see, and nothing else. Publishing one edition reads and writes that edition, its
neighbours' pages, its month and year, and the files that show the newest.

Several processes may publish at once. An edition is *pending* in its year from when its files are
in place until all that leads to it is: who is killed in between leaves it so, and it counts as not
shown, so that the next run does the work again. What is made of many editions is made between
reading the index and changing it on the condition that it is as read: who comes second does it
again.
"""

from collections.abc import Iterator
from datetime import date

from pressrun.archive import layout
from pressrun.archive.anew import Anew
from pressrun.archive.editions import Editions
from pressrun.archive.entries import DayText, PaperRecord, SiteEntry, SiteIndex, Year
from pressrun.archive.files import Files
from pressrun.archive.placing import Placing
from pressrun.archive.shards import Shards
from pressrun.archive.shelf import NotWhole, Shelf
from pressrun.models import Edition


class Site:
    """`archive/site/`. *url* is where readers find it; links of the feeds are relative without."""

    def __init__(self, files: Files, editions: Editions, url: str = "") -> None:
        self.shards = Shards(files)
        self._files, self._editions = files, editions
        self._placing = Placing(files, editions)
        self._shelf = Shelf(files, self.shards, _folder(url))
        self._anew = Anew(files, editions, self.shards, self._placing, self._shelf)

    def publish(self, edition: Edition) -> None:
        """Show *edition*, the current one of its paper and date, in place of an earlier printing.

        Where a later one came first, nothing is done. A site that lacks a data file which this
        reads is rebuilt.
        """
        _, index = self.shards.index()
        if index is None or not self._is_whole(index, edition):
            self.rebuild()
        elif not self._is_late(edition):
            try:
                entry, was_shown = self._take_up(index, edition)
                self._lead_to(edition, entry, with_neighbours=not was_shown)
            except NotWhole:
                self.rebuild()

    def rebuild(self) -> int:
        """Make the whole site anew from the editions, and remove editions that are no more.

        Returns how many it shows. What was published meanwhile stays.
        """
        made = self._anew.make()
        for paper, day in made.late:
            if edition := self._editions.current(paper, day):
                self.publish(edition)
        return made.shown

    def shown(self, paper: str, day: date) -> int | None:
        """The revision that the site shows; None when it shows none."""
        _, index = self.shards.index()
        year = self.shards.year(paper, day.year) if index else None
        return year.shown().get(day) if year else None

    def revisions(self) -> dict[tuple[str, date], int]:
        """What the site shows, by paper and date; nothing when its index is damaged."""
        return {
            (paper.name, day): revision
            for paper, year in self.years()
            for day, revision in year.shown().items()
        }

    def years(self) -> Iterator[tuple[PaperRecord, Year]]:
        """Each year that the index names and that can be read, by paper, newest first."""
        _, index = self.shards.index()
        for paper in index.papers if index else ():
            for record in paper.years:
                if year := self.shards.year(paper.name, record.year):
                    yield paper, year

    def address(self, edition: Edition) -> str:
        """Path or address of the edition's public page."""
        folder = layout.site_folder(edition.paper, edition.edition_date)
        return self._files.address(f"{folder}/{layout.PAGE}")

    def _is_whole(self, index: SiteIndex, edition: Edition) -> bool:
        """Whether what *index* names of the edition's year and month can be read."""
        paper, day = edition.paper, edition.edition_date
        months = index.months(paper)
        has_year = any(year == day.year for year, _ in months)
        has_month = (day.year, day.month) in months
        return not (has_year and self.shards.year(paper, day.year) is None) and not (
            has_month and self.shards.month(paper, day.year, day.month) is None
        )

    def _is_late(self, edition: Edition) -> bool:
        """Whether the site shows a later printing, which is the current one."""
        paper, day = edition.paper, edition.edition_date
        year = self.shards.year(paper, day.year)
        entry = year.entry(day) if year else None
        if entry is None or entry.revision <= edition.revision:
            return False
        return self._editions.current(paper, day) != edition

    def _take_up(self, index: SiteIndex, edition: Edition) -> tuple[SiteEntry, bool]:
        """Puts files, text and entry in place; whether the day was shown before."""
        paper, day = edition.paper, edition.edition_date
        entry = self._placing.place(edition, self._shelf.neighbours(index, paper, day))
        text = DayText.of(edition, entry.page)
        self.shards.change_month(paper, day.year, day.month, lambda month: month.having(text))
        was_shown = False

        def taken_up(year: Year) -> Year:
            nonlocal was_shown
            was_shown = day in year.shown()
            return year.having(entry)

        self.shards.change_year(paper, day.year, taken_up)
        return entry, was_shown

    def _lead_to(self, edition: Edition, entry: SiteEntry, *, with_neighbours: bool) -> None:
        paper, day = edition.paper, edition.edition_date
        while True:
            raw, index = self.shards.index()
            year = self.shards.year(paper, day.year)
            if index is None or year is None:
                self.rebuild()
                return
            new = index.having(paper, day.year, year)
            neighbours = self._shelf.neighbours(new, paper, day)
            self._placing.place(edition, neighbours)
            for one in filter(None, neighbours) if with_neighbours else ():
                around = self._shelf.neighbours(new, paper, one.edition_date)
                self._placing.place_page(one, around)
            self._shelf.write(new, entry, had=index)
            if self.shards.swap_index(raw, self._shelf.addressed(new)):
                break
        self.shards.change_year(paper, day.year, lambda year: year.settled(entry))


def _folder(url: str) -> str:
    return f"{url.rstrip('/')}/" if url else ""
