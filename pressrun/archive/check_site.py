"""Where the site is out of step with the editions that it is made of."""

from collections.abc import Callable, Iterator
from datetime import date

from pressrun.archive import layout
from pressrun.archive.archive import Archive
from pressrun.archive.entries import DayText
from pressrun.archive.leafing import bare, linked_days, takes_links
from pressrun.models import Edition

Tell = Callable[[str], object]
NOT_THERE = "is not there"
NOT_AS_PRINTED = "is not as it was printed"


def site_faults(archive: Archive, tell: Tell) -> Iterator[tuple[str, str]]:
    """Key of each fault, and what is wrong there.

    The files of editions are compared bit by bit, but for a page's links to others, which are read;
    and so are the texts that are searched. Of pages that show many editions, and feeds, it is
    asked only that they are there: another Pressrun may have made them.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    shown, is_empty = archive.site.revisions(), True
    for paper in archive.editions.papers():
        days = sorted(day for name, day in shown if name == paper)
        around = dict(zip(days, zip([None, *days], [*days[1:], None], strict=False), strict=False))
        texts = _Texts(archive, paper)
        for day in archive.editions.dates(paper):
            edition = archive.editions.current(paper, day)
            has = shown.pop((paper, day), None)
            if edition is None:
                continue
            is_empty = False
            if has != edition.revision:
                says = f"shows {_revision(has)}, and r{edition.revision:04d} is current"
                yield layout.site_folder(paper, day), says
                continue
            yield from _files(archive, edition, around[day], tell)
            yield from texts.faults(edition)
    for paper, day in shown:
        yield layout.site_folder(paper, day), "shows an edition that is no more"
    if not is_empty:
        yield from _made_of_many(archive, tell)


def _files(
    archive: Archive, edition: Edition, around: tuple[date | None, date | None], tell: Tell
) -> Iterator[tuple[str, str]]:
    folder = layout.site_folder(edition.paper, edition.edition_date)
    for record in edition.renditions:
        key = f"{folder}/{layout.shown_name(record.name)}"
        tell(key)
        data, is_page = archive.files.read(key), record.name == layout.PAGE
        if data is None:
            yield key, NOT_THERE
        elif layout.sha256_of(bare(data) if is_page else data) != record.sha256:
            yield key, NOT_AS_PRINTED
        elif is_page and takes_links(data) and linked_days(data) != around:
            yield key, "does not lead to the editions before and after it"


def _made_of_many(archive: Archive, tell: Tell) -> Iterator[tuple[str, str]]:
    keys = [layout.SITE_PAGE, layout.SITE_FEED, layout.SITE_SEARCH, layout.SITE_TYPE]
    _, index = archive.site.shards.index()
    for paper in index.papers if index else ():
        keys += [layout.site_feed(paper.name, "xml"), layout.site_feed(paper.name, "json")]
        keys += [layout.site_year_page(paper.name, one.year) for one in paper.years]
    for key in keys:
        tell(key)
        if archive.files.read(key) is None:
            yield key, NOT_THERE


class _Texts:
    """Compares the texts of a paper, a month at a time."""

    def __init__(self, archive: Archive, paper: str) -> None:
        self._archive, self._paper = archive, paper
        self._month: tuple[int, int] | None = None
        self._days: dict[date, DayText] = {}

    def faults(self, edition: Edition) -> Iterator[tuple[str, str]]:
        """What is wrong with the text of *edition*."""
        day = edition.edition_date
        if self._month != (day.year, day.month):
            self._month = day.year, day.month
            found = self._archive.site.shards.month(self._paper, day.year, day.month)
            self._days = {one.edition_date: one for one in found.days} if found else {}
        text = self._days.get(day)
        page = text.page if text else ""
        if text != DayText.of(edition, page):
            key = layout.site_month(self._paper, day.year, day.month)
            yield key, f"does not have the text of {day}"


def _revision(number: int | None) -> str:
    return "nothing" if number is None else f"r{number:04d}"
