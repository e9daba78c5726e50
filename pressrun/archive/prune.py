"""Removes what the archive is not asked for any more, also while editions are being printed.

What keeps a run from losing what it has just found in the store: it writes its plan, which names
every headline, before it looks for anything. So each batch is read, deleted, and put back when a
plan has appeared since the references were read. A run whose plan comes later than that look finds
the batch gone, and does the work itself. What is younger than the grace period stays: it may belong
to a run whose plan is not written yet.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from pydantic import Field, NonNegativeInt

from pressrun.archive import layout
from pressrun.archive.archive import Archive
from pressrun.archive.check import leftovers
from pressrun.archive.files import Entry
from pressrun.archive.lease import Lease, live_leases
from pressrun.archive.references import (
    KINDS,
    Printing,
    References,
    references_of,
    stored,
)
from pressrun.errors import EditionBusy
from pressrun.models import Value

GRACE = timedelta(days=7)
LONGEST = timedelta(days=36500)
BATCH = 200
"""Files that are deleted between two looks; this many are held in memory."""
ATTEMPTS = 5
"""How often the references are read anew because a printing began."""


class Kind(StrEnum):
    """What is removed."""

    REVISION = "superseded revisions"
    STORE = "unreferenced in the store"
    LEFTOVER = "left by killed processes"


class Rule(Value):
    """What may go."""

    keep_revisions: int | None = Field(None, ge=1)
    """The newest revisions of each edition that stay, besides the current one; none: all."""
    older_than: timedelta = Field(GRACE, ge=timedelta(0), le=LONGEST)
    """What of the store is younger stays."""


class Freed(Value):
    """A file that was removed, or would be."""

    kind: Kind
    key: str
    bytes: NonNegativeInt


class Waited(Value):
    """Why something was left for another time."""

    says: str


def prune(
    archive: Archive,
    rule: Rule,
    now: datetime,
    *,
    dry_run: bool = False,
    tell: Callable[[str], object] = str,
) -> Iterator[Freed | Waited]:
    """Remove what *rule* says; each file as it goes. *tell* is called with each key that is read.

    A *dry_run* removes nothing. Editions that are being printed are left as they are, and so is
    what something damaged may refer to.

    Raises:
        ArchiveError: the archive cannot be read or written, or a later Pressrun wrote part of it.
    """
    gone: set[Printing] = set()
    for edition in _superseded(archive, rule):
        try:
            with _leased(archive, edition[0], dry_run=dry_run):
                for printing in edition:
                    yield from _drop_printing(archive, printing, dry_run=dry_run)
                gone.update(edition)
        except EditionBusy as exc:
            yield Waited(says=str(exc).partition(";")[0])
    sweep = _Sweep(archive, now - rule.older_than, now, tell)
    if dry_run:
        yield from sweep.foresee(gone)
    else:
        yield from sweep.run()
    for entry in leftovers(archive.files, now):
        if not dry_run:
            archive.files.delete(entry.key)
        yield _freed(Kind.LEFTOVER, entry)


def _superseded(archive: Archive, rule: Rule) -> Iterator[Sequence[Printing]]:
    """By edition, the revisions that may go: never the current one, nor the newest."""
    if rule.keep_revisions is None:
        return
    editions = archive.editions
    for paper in editions.papers():
        for day in editions.begun(paper):
            old = editions.revisions(paper, day)[: -rule.keep_revisions]
            if not old or (current := editions.current(paper, day)) is None:
                continue
            going = [Printing(paper, day, n) for n in old if n != current.revision]
            if going:
                yield going


def _drop_printing(archive: Archive, printing: Printing, *, dry_run: bool) -> Iterator[Freed]:
    files, folder = archive.files, printing.folder
    # The manifest first: a revision without one is taken for no printing, however far this gets.
    last = {f"{folder}/{layout.MANIFEST}": 0, f"{folder}/{layout.PLAN}": 2}
    for entry in sorted(files.entries(folder), key=lambda entry: last.get(entry.key, 1)):
        if not dry_run:
            files.delete(entry.key)
        yield _freed(Kind.REVISION, entry)
    if not dry_run:
        files.drop_folder(folder)


@contextmanager
def _leased(archive: Archive, printing: Printing, *, dry_run: bool) -> Iterator[None]:
    """Holds the lease of the edition, for the time that its old revisions go."""
    if dry_run:
        yield
        return
    lease = Lease.acquire(archive.files, printing.paper, printing.day)
    try:
        yield
    finally:
        lease.release()


class _Seen(NamedTuple):
    """A look at what is printed."""

    plans: frozenset[str]
    bodies: frozenset[str]
    """Keys of the pages and pictures that the editions being printed now have fetched."""


class _Sweep:
    """One or more walks through the store."""

    def __init__(
        self, archive: Archive, before: datetime, now: datetime, tell: Callable[[str], object]
    ) -> None:
        self._archive, self._before, self._now, self._tell = archive, before, now, tell

    def run(self) -> Iterator[Freed | Waited]:
        """Delete what is unreferenced; begin again when a printing began meanwhile."""
        for _ in range(ATTEMPTS):
            plans = self._look().plans
            found = self._references()
            going = self._unreferenced(found)
            while batch := list(islice(going, BATCH)):
                freed = self._delete(batch, plans)
                if freed is None:
                    going.close()
                    break
                yield from freed
            else:
                yield from _held_by_damage(found)
                return
        yield Waited(says="printings begin all the time: prune the store when fewer do")

    def foresee(self, without: Collection[Printing]) -> Iterator[Freed | Waited]:
        """What `run` would tell if the printings in *without* were gone."""
        found = self._references(without)
        yield from (_freed(Kind.STORE, entry) for entry in self._unreferenced(found))
        yield from _held_by_damage(found)

    def _references(self, without: Collection[Printing] = ()) -> References:
        return references_of(self._archive.files, self._archive.editions, without=without)

    def _unreferenced(self, found: References) -> Generator[Entry, None, None]:
        """Old files of the store that no printing refers to."""
        for kind in KINDS:
            if found.holds_all(kind):
                continue
            for one in stored(self._archive.files, kind, bodies=False):
                self._tell(one.entry.key)
                if not found.holds(kind, one) and one.entry.modified <= self._before:
                    yield one.entry

    def _delete(self, batch: Sequence[Entry], plans: frozenset[str]) -> list[Freed] | None:
        """Delete *batch*; None when it was put back, since a printing may refer to it."""
        files = self._archive.files
        held: dict[str, bytes] = {}
        for entry in batch:
            data = files.read(entry.key)
            if data is not None:
                held[entry.key] = data
                files.delete(entry.key)
        seen = self._look()
        begun = bool(seen.plans - plans)
        back = {key for key in held if begun or key in seen.bodies}
        for key in back:
            files.swap(key, None, held[key])
        if begun:
            return None
        return [_freed(Kind.STORE, e) for e in batch if e.key in held and e.key not in back]

    def _look(self) -> _Seen:
        files, editions, store = self._archive.files, self._archive.editions, self._archive.store
        plans = frozenset(
            entry.key
            for entry in files.entries(layout.EDITIONS)
            if entry.key.endswith(f"/{layout.PLAN}")
        )
        bodies: set[str] = set()
        for paper, day, _ in live_leases(files, self._now):
            _, plan = editions.unfinished(paper, day) or (0, None)
            for headline in plan.headlines if plan else ():
                sha256 = store.fetched(day, headline.url)
                if sha256:
                    bodies.add(layout.blob("pages", sha256))
                url = headline.image_url
                if url and (shown := store.pictured(day, url)):
                    bodies.add(layout.image(shown))
        return _Seen(plans, frozenset(bodies))


def _held_by_damage(found: References) -> Iterator[Waited]:
    for key in found.unreadable:
        yield Waited(says=f"what {key} may refer to: it is damaged; restore it from a copy")


def _freed(kind: Kind, entry: Entry) -> Freed:
    return Freed(kind=kind, key=entry.key, bytes=entry.bytes)
