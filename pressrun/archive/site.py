"""The public site: the current editions' files, a front page and a feed.

    site/index.html, feed.xml, index.json
    site/<paper>/<YYYY-MM-DD>/index.html, edition.pdf, ...

Made of editions/ alone: it can be deleted and rebuilt, and put on any web server as it is. It holds
what readers may see, and nothing else. Publishing one edition reads and writes that edition and
the three files at the top.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from pydantic import ValidationError

from pressrun.archive import layout
from pressrun.archive.editions import Editions
from pressrun.archive.files import Files
from pressrun.archive.pages import SiteEntry, atom_feed, front_page
from pressrun.models import Edition, Value

logger = logging.getLogger(__name__)
PAGE = "index.html"


class SiteIndex(Value):
    """`site/index.json`: one entry for each current edition, newest first."""

    schema_version: Literal[1] = 1
    entries: tuple[SiteEntry, ...] = ()


class Site:
    """`archive/site/`."""

    def __init__(self, files: Files, editions: Editions) -> None:
        self._files, self._editions = files, editions

    def publish(self, edition: Edition) -> None:
        """Show *edition*, the current one of its paper and date, in place of an earlier printing.

        A site without a readable index is rebuilt.
        """
        entry = self._place(edition)
        while True:
            raw, index = self._index()
            if index is None:
                self.rebuild()
                return
            others = (e for e in index.entries if _edition(e) != _edition(entry))
            if self._finish(raw, [entry, *others]):
                return

    def rebuild(self) -> None:
        """Make the whole site anew from the editions, and remove editions that are no more."""
        while True:
            raw, _ = self._index()
            current = (
                self._editions.settle(paper, day)
                for paper in self._editions.papers()
                for day in self._editions.begun(paper)
            )
            entries = [self._place(edition) for edition in current if edition]
            if self._finish(raw, entries):
                break
        shown = set(map(_edition, entries))
        for paper in filter(layout.is_paper, self._files.names(layout.SITE)):
            for name in self._files.names(f"{layout.SITE}/{paper}"):
                day = layout.day_of(name)
                if day and (paper, day) not in shown:
                    self._remove(layout.site_folder(paper, day), keep=())

    def shown(self, paper: str, day: date) -> int | None:
        """The revision that the site shows; None when it shows none."""
        _, index = self._index()
        entries = index.entries if index else ()
        return next((e.revision for e in entries if _edition(e) == (paper, day)), None)

    def revisions(self) -> dict[tuple[str, date], int]:
        """What the site shows, by paper and date; nothing when its index is damaged."""
        _, index = self._index()
        return {_edition(entry): entry.revision for entry in index.entries} if index else {}

    def address(self, edition: Edition) -> str:
        """Path or address of the edition's public page."""
        folder = layout.site_folder(edition.paper, edition.edition_date)
        return self._files.address(f"{folder}/{PAGE}")

    def _place(self, edition: Edition) -> SiteEntry:
        """Puts the edition's files in its public folder; the page last: it names the others."""
        folder = layout.site_folder(edition.paper, edition.edition_date)
        names = sorted((r.name for r in edition.renditions), key=lambda name: (name == PAGE, name))
        placed = []
        for name in names:
            data = self._editions.rendition(edition, name)
            if data is None:
                continue
            if self._files.read(f"{folder}/{name}") != data:
                self._files.write(f"{folder}/{name}", data)
            placed.append(name)
        self._remove(folder, keep=placed)
        return SiteEntry.of(edition, placed)

    def _remove(self, folder: str, keep: Sequence[str]) -> None:
        for name in set(self._files.names(folder)) - set(keep):
            self._files.delete(f"{folder}/{name}")

    def _index(self) -> tuple[bytes | None, SiteIndex | None]:
        raw = self._files.read(layout.SITE_INDEX)
        if raw is None:
            return None, None
        try:
            return raw, SiteIndex.model_validate_json(raw)
        except ValidationError:
            address = self._files.address(layout.SITE_INDEX)
            logger.warning("%s is damaged; the site is made anew", address)
            return raw, None

    def _finish(self, raw: bytes | None, entries: Iterable[SiteEntry]) -> bool:
        """Writes the three files; False when another run changed the index meanwhile.

        The index comes last: until it tells of an edition, the work is done again.
        """
        newest = sorted(entries, key=lambda e: (-e.edition_date.toordinal(), e.paper))
        self._files.write(layout.SITE_PAGE, front_page(newest))
        self._files.write(layout.SITE_FEED, atom_feed(newest))
        index = SiteIndex(entries=tuple(newest)).model_dump_json().encode() + b"\n"
        return index == raw or self._files.swap(layout.SITE_INDEX, raw, index)


def _edition(entry: SiteEntry) -> tuple[str, date]:
    return entry.paper, entry.edition_date
