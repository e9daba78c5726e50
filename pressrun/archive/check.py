"""What is wrong with an archive, and what lies in it to no purpose. Reads everything once.

Files are read one after another and none is kept: memory grows by the names of what is referred
to alone (`pressrun.archive.references`). While editions are being printed, what they write may be
told as unfinished or unreferenced; neither is a fault.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import NonNegativeInt

from pressrun.archive import layout
from pressrun.archive.archive import Archive
from pressrun.archive.check_site import NOT_AS_PRINTED, site_faults
from pressrun.archive.deliveries import uncertain
from pressrun.archive.files import ASIDE, Entry, Files
from pressrun.archive.references import (
    KINDS,
    Printing,
    References,
    Stored,
    documents_of,
    printings,
    stored,
    unreadable_of,
)
from pressrun.archive.retractions import Retractions
from pressrun.errors import ArchiveError
from pressrun.models import Value

LEFT_BEHIND = timedelta(hours=1)
"""A file that is being written for longer was left by a killed process."""

Tell = Callable[[str], object]


class Kind(StrEnum):
    """What may be found, the worst first."""

    DAMAGED = "damaged"
    MISSING = "missing"
    UNSETTLED = "unsettled"
    SITE = "site"
    UNCERTAIN = "uncertain"
    """A delivery that may have arrived."""
    UNFINISHED = "unfinished"
    UNREFERENCED = "unreferenced"
    LEFTOVER = "leftover"

    @property
    def is_fault(self) -> bool:
        """Whether an archive with it is not as it should be."""
        return self in FAULTS


FAULTS = (Kind.DAMAGED, Kind.MISSING, Kind.UNSETTLED, Kind.SITE)


class Oddity(Value):
    """One thing that was found, at *key*. *bytes* is what it takes."""

    kind: Kind
    key: str
    says: str
    bytes: NonNegativeInt = 0


def check(archive: Archive, now: datetime, tell: Tell = str) -> Iterator[Oddity]:
    """Each thing that is found, as it is found; *tell* is called with the key of each file read.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    found = References()
    for printing in printings(archive.editions):
        yield from _printing(archive, printing, found, tell)
    yield from _pointers(archive, tell)
    yield from _retractions(archive)
    yield from _deliveries(archive, now)
    missing = set(found.printed)
    for kind in KINDS:
        for one in stored(archive.files, kind, bodies=True):
            tell(one.entry.key)
            if one.data is None:  # it went meanwhile
                continue
            whole = _is_whole(kind, one)
            held = found.holds(kind, one)
            missing.discard(bytes.fromhex(one.sha256))
            if not whole:
                yield _oddity(Kind.DAMAGED, one.entry, "does not hold what its name says")
            elif not held:
                yield _oddity(Kind.UNREFERENCED, one.entry, "no edition was made of it")
    for name in sorted(missing):
        key = _named(name.hex(), found)
        yield Oddity(kind=Kind.MISSING, key=key, says="an edition was made of it")
    yield from (
        _oddity(Kind.LEFTOVER, entry, "left by a killed process")
        for entry in leftovers(archive.files, now)
    )
    for key, says in site_faults(archive, tell):
        size = len(archive.files.read(key) or b"") if says == NOT_AS_PRINTED else 0
        yield Oddity(kind=Kind.SITE, key=key, says=says, bytes=size)


def leftovers(files: Files, now: datetime) -> Iterator[Entry]:
    """Files that a killed process was writing."""
    for entry in files.entries(""):
        name = entry.key.rpartition("/")[2]
        if name.startswith(".") and name.endswith(ASIDE) and entry.modified <= now - LEFT_BEHIND:
            yield entry


def repair(archive: Archive) -> None:
    """Settle every pointer and make the site anew: what can be done without a loss."""
    archive.site.rebuild()


def _printing(
    archive: Archive, printing: Printing, found: References, tell: Tell
) -> Iterator[Oddity]:
    files = archive.files
    try:
        plan, edition = documents_of(files, printing)
    except ArchiveError as exc:
        found.add_unreadable(printing.folder)
        yield Oddity(kind=Kind.DAMAGED, key=printing.folder, says=str(exc))
        return
    found.add_printing(plan, edition)
    tell(printing.folder)
    damaged = tuple(unreadable_of(files, printing, plan, edition))
    for key in damaged:
        found.add_unreadable(key)
        size = len(files.read(key) or b"")
        yield Oddity(kind=Kind.DAMAGED, key=key, says="cannot be read as what it is", bytes=size)
    if edition and not plan and not damaged:
        key = f"{printing.folder}/{layout.PLAN}"
        yield Oddity(kind=Kind.DAMAGED, key=key, says="is not there")
    if edition is None:
        if plan:
            says = "begun, and not printed"
            yield Oddity(kind=Kind.UNFINISHED, key=printing.folder, says=says)
        return
    if Printing(edition.paper, edition.edition_date, edition.revision) != printing:
        says = f"is the manifest of {edition.paper} {edition.edition_date}, r{edition.revision:04d}"
        yield Oddity(kind=Kind.DAMAGED, key=f"{printing.folder}/{layout.MANIFEST}", says=says)
        return
    for record in edition.renditions:
        key = f"{printing.folder}/{record.name}"
        tell(key)
        data = files.read(key)
        if data is None:
            yield Oddity(kind=Kind.DAMAGED, key=key, says="is not there")
        elif layout.sha256_of(data) != record.sha256:
            yield Oddity(kind=Kind.DAMAGED, key=key, says=NOT_AS_PRINTED, bytes=len(data))


def _retractions(archive: Archive) -> Iterator[Oddity]:
    retractions = Retractions(archive.files)
    for paper in archive.editions.papers():
        for day in archive.editions.begun(paper):
            try:
                retractions.of(paper, day)
            except ArchiveError as exc:
                key = f"{layout.edition_folder(paper, day)}/retractions.json"
                yield Oddity(kind=Kind.DAMAGED, key=key, says=str(exc))


def _deliveries(archive: Archive, now: datetime) -> Iterator[Oddity]:
    for paper in archive.editions.papers():
        for day in archive.editions.begun(paper):
            for key, says, is_whole in uncertain(archive.files, archive.editions, paper, day, now):
                kind = Kind.UNCERTAIN if is_whole else Kind.DAMAGED
                yield Oddity(kind=kind, key=key, says=says)


def _pointers(archive: Archive, tell: Tell) -> Iterator[Oddity]:
    for paper in archive.editions.papers():
        for day in archive.editions.begun(paper):
            key = layout.pointer(paper, day)
            tell(key)
            says, can_settle = archive.editions.fault_of_pointer(paper, day)
            if says:
                kind = Kind.UNSETTLED if can_settle else Kind.DAMAGED
                yield Oddity(kind=kind, key=key, says=says)


def _named(sha256: str, found: References) -> str:
    """Key of what a manifest names."""
    if bytes.fromhex(sha256) in found.images:
        return layout.image(sha256)
    return layout.blob("pages" if bytes.fromhex(sha256) in found.pages else "lists", sha256)


def _is_whole(kind: str, one: Stored) -> bool:
    if kind == "images":
        return layout.sha256_of(one.data or b"") == one.sha256
    if kind not in ("pages", "lists"):
        return one.record is not None
    try:
        return layout.sha256_of(gzip.decompress(one.data or b"")) == one.sha256
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return False


def _oddity(kind: Kind, entry: Entry, says: str) -> Oddity:
    return Oddity(kind=kind, key=entry.key, says=says, bytes=entry.bytes)
