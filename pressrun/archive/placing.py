"""The editions' files in their public folders, with links from page to page."""

from collections.abc import Sequence

from pressrun.archive import layout
from pressrun.archive.editions import Editions
from pressrun.archive.entries import SiteEntry
from pressrun.archive.files import Files
from pressrun.archive.leafing import Neighbours, linked
from pressrun.errors import ArchiveError
from pressrun.models import Edition


class Placing:
    """Puts what was printed where readers find it; writes what differs, and nothing else."""

    def __init__(self, files: Files, editions: Editions) -> None:
        self._files, self._editions = files, editions

    def place(self, edition: Edition, neighbours: Neighbours) -> SiteEntry:
        """Put the files of *edition* in its folder, and take others away; what the site says of it.

        The page comes last: it names the others. A damaged file is left out.
        """
        folder = layout.site_folder(edition.paper, edition.edition_date)
        found = {name: self._editions.rendition(edition, name) for name in _names(edition)}
        files = {layout.shown_name(name): data for name, data in found.items() if data is not None}
        entry = SiteEntry.of(edition, tuple(files))
        for name, data in files.items():
            self._put(
                folder, name, linked(data, entry, neighbours) if name == layout.PAGE else data
            )
        self.remove(folder, keep=tuple(files))
        return entry

    def place_page(self, entry: SiteEntry, neighbours: Neighbours) -> None:
        """Put the page of *entry* in its folder anew; its files but the page stay."""
        paper, day = entry.paper, entry.edition_date
        if layout.PAGE not in entry.files:
            return
        try:
            edition = self._editions.revision(paper, day, entry.revision)
        except ArchiveError:  # damaged, or deleted: `archive check` tells
            return
        if (data := self._editions.rendition(edition, layout.PAGE)) is not None:
            self._put(layout.site_folder(paper, day), layout.PAGE, linked(data, entry, neighbours))

    def remove(self, folder: str, keep: Sequence[str] = ()) -> None:
        """Take away every file in *folder* but those to *keep*."""
        for name in set(self._files.names(folder)) - set(keep):
            self._files.delete(f"{folder}/{name}")

    def _put(self, folder: str, name: str, data: bytes) -> None:
        if self._files.read(f"{folder}/{name}") != data:
            self._files.write(f"{folder}/{name}", data)


def named_files(edition: Edition) -> tuple[str, ...]:
    """The public names of an edition's files, in order."""
    return tuple(map(layout.shown_name, _names(edition)))


def _names(edition: Edition) -> list[str]:
    return sorted(
        (r.name for r in edition.renditions), key=lambda name: (name == layout.PAGE, name)
    )
