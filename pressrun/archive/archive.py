"""The archive as a whole: opened by its address, with its parts."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pressrun.archive import schema
from pressrun.archive.documents import SCHEMA_VERSION
from pressrun.archive.editions import Editions, Published
from pressrun.archive.files import Files, LocalFiles
from pressrun.archive.site import Site
from pressrun.archive.store import Store
from pressrun.errors import ArchiveError
from pressrun.models import Edition, Rendition


class Archive:
    """An archive: `store`, `editions` and `site`. All calls are synchronous and thread-safe."""

    def __init__(self, files: Files, site_url: str = "") -> None:
        self.files = files
        self.store = Store(files)
        self.editions = Editions(files)
        self.site = Site(files, self.editions, site_url)

    @classmethod
    def open(
        cls, address: str, options: Mapping[str, str] | None = None, *, site_url: str = ""
    ) -> "Archive":
        """The archive at *address*, a folder or an fsspec address; made when there is none.

        *options* are what the address's file system takes, as text: `key`, `endpoint_url`, ...
        *site_url* is where readers find the site; without it the feeds' links are relative.

        Raises:
            ArchiveError: it cannot be read or made, or has another schema than this Pressrun's.
        """
        files = files_at(address, options)
        found = schema.version(files)
        if found is None:
            schema.found(files)
        elif found != SCHEMA_VERSION:
            raise ArchiveError(schema.refusal(files, found))
        return cls(files, site_url)

    def publish(self, edition: Edition, renditions: Sequence[Rendition]) -> Published:
        """Print *edition* and show it on the site; see `Editions.publish`."""
        published = self.editions.publish(edition, renditions)
        if published.is_current:
            self.site.publish(published.edition)
        return published

    def settle(self, paper: str, day: date) -> Edition | None:
        """The current edition, with what a killed run left undone made good.

        Whole revisions that the pointer had not reached are taken up (`Editions.settle`), and
        the site is brought up to date. Cheap when there is nothing to do.
        """
        edition = self.editions.settle(paper, day)
        if edition and self.site.shown(paper, day) != edition.revision:
            self.site.publish(edition)
        return edition


def files_at(address: str, options: Mapping[str, str] | None = None) -> Files:
    """The bytes at *address*, whether or not an archive is there; a folder is made when written to.

    Raises:
        ArchiveError: the address cannot be used.
    """
    if address.startswith("file://"):
        address = address.removeprefix("file://")
    if "://" not in address:
        return LocalFiles(Path(address).expanduser())
    from pressrun.archive.remote import remote_files  # fsspec: only for who needs it

    return remote_files(address, options or {})
