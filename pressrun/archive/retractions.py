"""Stories that were taken back: one record an edition, heeded by every later printing of it.

    editions/<paper>/<YYYY-MM-DD>/retractions.json

Private: of all this readers see the reason, when one was given. A record that cannot be read is an
error, never "none": else the next printing would bring the story back.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from pressrun.archive import layout
from pressrun.archive.documents import document, written
from pressrun.archive.files import Files
from pressrun.errors import ArchiveError
from pressrun.models import Moment, Sha256, Value


class Retraction(Value):
    """Who took a story back, when and why. *undone_at* is set when that was undone."""

    url: str
    text_sha256: Sha256 | None = None
    """Of the story's text: its reprints are kept out as well."""
    title: str
    reason: str = ""
    """For readers; empty: they are told no reason."""
    by: str
    at: Moment
    undone_by: str = ""
    undone_at: Moment | None = None

    def covers(self, url: str, text_sha256: str | None = None) -> bool:
        """Whether a story at *url* with that text is kept out."""
        return url == self.url or (text_sha256 is not None and text_sha256 == self.text_sha256)


class Retractions:
    """The records of an archive; see `Archive.files`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def of(self, paper: str, day: date) -> tuple[Retraction, ...]:
        """The retractions in force for an edition, oldest first.

        Raises:
            ArchiveError: the record is damaged, or of a later Pressrun.
        """
        _, record = self._record(paper, day)
        return tuple(one for one in record.retractions if one.undone_at is None)

    def add(self, paper: str, day: date, retraction: Retraction) -> None:
        """Record *retraction*; nothing when one of that address is in force. Raises as `of`."""

        def added(ones: tuple[Retraction, ...]) -> tuple[Retraction, ...]:
            known = any(one.url == retraction.url and one.undone_at is None for one in ones)
            return ones if known else (*ones, retraction)

        self._change(paper, day, added)

    def undo(self, paper: str, day: date, url: str, *, by: str, at: datetime) -> None:
        """End the retraction of *url*; the record keeps both. Raises as `of`."""

        def ended(one: Retraction) -> Retraction:
            if one.url != url or one.undone_at:
                return one
            return one.model_copy(update={"undone_by": by, "undone_at": at})

        self._change(paper, day, lambda ones: tuple(map(ended, ones)))

    def _change(
        self,
        paper: str,
        day: date,
        change: Callable[[tuple[Retraction, ...]], tuple[Retraction, ...]],
    ) -> None:
        while True:
            raw, record = self._record(paper, day)
            changed = _Record(retractions=change(record.retractions))
            if changed == record or self._files.swap(_key(paper, day), raw, written(changed)):
                return

    def _record(self, paper: str, day: date) -> tuple[bytes | None, "_Record"]:
        key = _key(paper, day)
        raw = self._files.read(key)
        if raw is None:
            return None, _Record()
        record = document(self._files, key, _Record)
        if record is None:
            raise ArchiveError(
                f"{self._files.address(key)}: is damaged, and says which stories were taken back; "
                "restore it, or delete it and take them back again"
            )
        return raw, record


class _Record(Value):
    """`retractions.json`."""

    schema_version: Literal[1] = 1
    retractions: tuple[Retraction, ...] = ()


def _key(paper: str, day: date) -> str:
    return f"{layout.edition_folder(paper, day)}/retractions.json"
