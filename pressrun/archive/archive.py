"""The archive as a whole: opened by its address, with its parts."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pressrun.archive import layout
from pressrun.archive.documents import SCHEMA_VERSION
from pressrun.archive.editions import Editions, Published
from pressrun.archive.files import Files, LocalFiles
from pressrun.archive.site import Site
from pressrun.archive.store import Store
from pressrun.errors import ArchiveError
from pressrun.models import Edition, Rendition


class Archive:
    """An archive: `store`, `editions` and `site`. All calls are synchronous and thread-safe."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.store = Store(files)
        self.editions = Editions(files)
        self.site = Site(files, self.editions)

    @classmethod
    def open(cls, address: str) -> "Archive":
        """The archive at *address*, a folder or an fsspec address; made when there is none.

        Raises:
            ArchiveError: it cannot be read or made, or a later Pressrun wrote it.
        """
        files = files_at(address)
        raw = files.read(layout.ARCHIVE)
        if raw is None:
            schema = _Schema(schema_version=SCHEMA_VERSION)
            files.swap(layout.ARCHIVE, None, schema.model_dump_json().encode() + b"\n")
            raw = files.read(layout.ARCHIVE)
        where = files.address(layout.ARCHIVE)
        try:
            version = _Schema.model_validate_json(raw or b"").schema_version
        except ValidationError as exc:
            raise ArchiveError(
                f"{where}: does not say which schema the archive has; if this is an archive of "
                f'Pressrun, write {{"schema_version":{SCHEMA_VERSION}}} into it, else name '
                "another folder with --archive or PRESSRUN_ARCHIVE"
            ) from exc
        if version != SCHEMA_VERSION:
            raise ArchiveError(
                f"{where}: the archive has schema {version}; this Pressrun reads "
                f"{SCHEMA_VERSION}: use the Pressrun that wrote it, or a later one, or name "
                "another folder with --archive or PRESSRUN_ARCHIVE"
            )
        return cls(files)

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


def files_at(address: str) -> Files:
    """The bytes at *address*, whether or not an archive is there; a folder is made.

    Raises:
        ArchiveError: it cannot be made.
    """
    if address.startswith("file://"):
        address = address.removeprefix("file://")
    if "://" not in address:
        return LocalFiles(Path(address).expanduser())
    from pressrun.archive.remote import RemoteFiles  # fsspec: only for who needs it

    return RemoteFiles(address)


class _Schema(BaseModel):
    """`archive.json`."""

    model_config = ConfigDict(extra="ignore")

    schema_version: int
