"""Editions, their printings (revisions), and the pointer to the current one.

    editions/<paper>/<YYYY-MM-DD>/
        current.json            {"revision": 3}, written last
        r0001/plan.json         before any fetch
        r0001/index.html, ...   renditions
        r0001/edition.json      the manifest: with it the revision is whole, and never changes

Whatever is killed between two writes: a revision without a manifest was never printed, and one
that the pointer has not reached yet is taken up by the next `settle`.
"""

import logging
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, NoReturn

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from pressrun.archive import layout
from pressrun.archive.documents import document, written
from pressrun.archive.files import Files
from pressrun.archive.worth import is_worse
from pressrun.errors import ArchiveError
from pressrun.models import Edition, Plan, Rendition, RenditionRecord

logger = logging.getLogger(__name__)


class Published(NamedTuple):
    """A printing, whole. *is_current* is false when a better one stays the current one."""

    edition: Edition
    is_current: bool


class Editions:
    """`archive/editions/`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def papers(self) -> tuple[str, ...]:
        """Papers that have a folder, sorted."""
        return tuple(filter(layout.is_paper, self._files.names(layout.EDITIONS)))

    def dates(self, paper: str) -> tuple[date, ...]:
        """Days of which the paper has a current edition, oldest first."""
        return tuple(
            day
            for day in self.begun(paper)
            if self._files.read(layout.pointer(paper, day)) is not None
        )

    def begun(self, paper: str) -> tuple[date, ...]:
        """Days of which a printing was at least begun, oldest first."""
        days = map(layout.day_of, self._files.names(layout.paper_folder(paper)))
        return tuple(day for day in days if day)

    def revisions(self, paper: str, day: date) -> tuple[int, ...]:
        """Numbers of the edition's revisions, begun or printed, rising."""
        numbers = map(layout.revision_number, self._files.names(layout.edition_folder(paper, day)))
        return tuple(sorted(number for number in numbers if number))

    def begin(self, plan: Plan) -> int:
        """Write *plan* as the next revision; its number."""
        number = max(self.revisions(plan.paper, plan.edition_date), default=1)
        while not self._begun(plan, number):
            number += 1
        return number

    def _begun(self, plan: Plan, number: int) -> bool:
        """Whether *plan* could be written as that revision: a folder left empty may be taken."""
        folder = layout.revision_folder(plan.paper, plan.edition_date, number)
        if self._files.read(f"{folder}/{layout.MANIFEST}") is not None:
            return False
        return self._files.swap(f"{folder}/{layout.PLAN}", None, written(plan))

    def unfinished(self, paper: str, day: date) -> tuple[int, Plan] | None:
        """The newest revision and its plan, if it was begun and not printed."""
        number = max(self.revisions(paper, day), default=0)
        folder = layout.revision_folder(paper, day, number)
        if not number or self._files.read(f"{folder}/{layout.MANIFEST}") is not None:
            return None
        plan = document(self._files, f"{folder}/{layout.PLAN}", Plan)
        return (number, plan) if plan else None

    def publish(self, edition: Edition, renditions: Sequence[Rendition]) -> Published:
        """Print *edition* at the revision it names: files, then manifest, then pointer.

        The manifest gets the records of *renditions*. May be called again with the same after any
        failure.

        Raises:
            ArchiveError: the revision was printed otherwise before, or a name is not plain.
        """
        paper, day = edition.paper, edition.edition_date
        folder = layout.revision_folder(paper, day, edition.revision)
        names = [layout.rendition_name(rendition.name) for rendition in renditions]
        if len(set(names)) != len(names):
            raise ArchiveError(f"two renditions have one name: {', '.join(sorted(names))}")
        edition = edition.model_copy(update={"renditions": tuple(map(_record, renditions))})
        manifest, key = written(edition), f"{folder}/{layout.MANIFEST}"
        if self._files.read(key) is None:
            for leftover in set(self._files.names(folder)) - {*names, layout.PLAN}:
                self._files.delete(f"{folder}/{leftover}")
            for rendition in renditions:
                self._files.write(f"{folder}/{rendition.name}", rendition.data)
            self._files.swap(key, None, manifest)
        if self._files.read(key) != manifest:
            raise ArchiveError(
                f"{self._files.address(key)}: this revision is printed already; begin a new one"
            )
        current = self.settle(paper, day)
        return Published(
            edition, is_current=current is not None and current.revision == edition.revision
        )

    def settle(self, paper: str, day: date) -> Edition | None:
        """Point at the best whole revision, and return it; None when none is whole.

        From the current one on, each newer revision takes its place unless it is worse
        (`is_worse`). Changes nothing when the pointer is right; safe at any time.
        """
        key = layout.pointer(paper, day)
        while True:
            raw = self._files.read(key)
            pointed = self._pointed(paper, day, raw)
            best = self._best(paper, day, pointed)
            if best is None or best == pointed:
                return best
            if self._files.swap(key, raw, written(_Pointer(revision=best.revision))):
                return best

    def fault_of_pointer(self, paper: str, day: date) -> tuple[str, bool]:
        """What is wrong with the pointer, for a person, and whether `settle` puts it right."""
        raw = self._files.read(layout.pointer(paper, day))
        pointed = self._pointed(paper, day, raw)
        best = self._best(paper, day, pointed)
        if best == pointed and (pointed or raw is None):
            return "", True
        if best is None:
            return "points at a printing that is not there", False
        return f"does not point at r{best.revision:04d}, the best that is whole", True

    def current(self, paper: str, day: date) -> Edition | None:
        """The current edition; None when there is none.

        A damaged pointer, or one at a damaged revision, falls back on the best whole revision.

        Raises:
            ArchiveError: a later Pressrun wrote the manifest.
        """
        raw = self._files.read(layout.pointer(paper, day))
        if raw is None:
            return None
        return self._pointed(paper, day, raw) or self._best(paper, day, None)

    def kept_aside(self, current: Edition) -> tuple[Edition, ...]:
        """Printings after the *current* one that are worse, and did not take its place."""
        paper, day = current.paper, current.edition_date
        later = [number for number in self.revisions(paper, day) if number > current.revision]
        printed = (self._manifest(paper, day, number) for number in later)
        return tuple(one for one in printed if one and is_worse(one, current))

    def revision(self, paper: str, day: date, number: int) -> Edition:
        """The manifest of one revision.

        Raises:
            ArchiveError: it is not there, damaged, or of a later Pressrun.
        """
        key = f"{layout.revision_folder(paper, day, number)}/{layout.MANIFEST}"
        return document(self._files, key, Edition) or self._missing(key, paper, day)

    def plan(self, paper: str, day: date, number: int) -> Plan:
        """The plan of one revision, printed or not. Raises as `revision` does."""
        key = f"{layout.revision_folder(paper, day, number)}/{layout.PLAN}"
        return document(self._files, key, Plan) or self._missing(key, paper, day)

    def rendition(self, edition: Edition, name: str) -> bytes | None:
        """A file of a printing as it was made; None when it is absent or damaged."""
        record = next((r for r in edition.renditions if r.name == name), None)
        if record is None:
            return None
        key = f"{self._folder(edition)}/{layout.rendition_name(name)}"
        data = self._files.read(key)
        if data is None or layout.sha256_of(data) != record.sha256:
            logger.warning("%s is missing or damaged", self._files.address(key))
            return None
        return data

    def addresses(self, edition: Edition) -> dict[str, str]:
        """Name of each rendition -> path or address where a person finds it."""
        folder = self._folder(edition)
        return {r.name: self._files.address(f"{folder}/{r.name}") for r in edition.renditions}

    def _missing(self, key: str, paper: str, day: date) -> NoReturn:
        begun = ", ".join(f"r{number:04d}" for number in self.revisions(paper, day)) or "none"
        raise ArchiveError(
            f"{self._files.address(key)}: is missing or damaged; "
            f"revisions of {paper} {day}: {begun}"
        )

    def _folder(self, edition: Edition) -> str:
        return layout.revision_folder(edition.paper, edition.edition_date, edition.revision)

    def _pointed(self, paper: str, day: date, raw: bytes | None) -> Edition | None:
        if raw is None:
            return None
        try:
            number = _Pointer.model_validate_json(raw).revision
        except ValidationError:
            where = self._files.address(layout.pointer(paper, day))
            logger.warning("%s is damaged; the best whole revision counts", where)
            return None
        return self._manifest(paper, day, number)

    def _best(self, paper: str, day: date, best: Edition | None) -> Edition | None:
        first = best.revision if best else 0
        for number in self.revisions(paper, day):
            edition = self._manifest(paper, day, number) if number > first else None
            if edition and not (best and is_worse(edition, best)):
                best = edition
        return best

    def _manifest(self, paper: str, day: date, number: int) -> Edition | None:
        key = f"{layout.revision_folder(paper, day, number)}/{layout.MANIFEST}"
        edition = document(self._files, key, Edition)
        if edition and (edition.paper, edition.edition_date) == (paper, day):
            return edition if edition.revision == number else None
        return None


def _record(rendition: Rendition) -> RenditionRecord:
    return RenditionRecord(
        name=rendition.name,
        media_type=rendition.media_type,
        format=rendition.format or rendition.name.rpartition(".")[2],
        bytes=len(rendition.data),
        sha256=layout.sha256_of(rendition.data),
        parts=rendition.parts,
    )


class _Pointer(BaseModel):
    """`current.json`."""

    model_config = ConfigDict(extra="ignore")

    revision: PositiveInt
