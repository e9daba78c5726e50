"""What of the store the editions refer to, and what nothing refers to any more.

    plan, manifest -> lists, fetches, pages, pictures, images
    fetches        -> pages
    pictures       -> images
    pages          -> articles -> summaries
    edition's day  -> overviews

Records of a page's article by another extractor, and summaries by another model or prompt, are
referred to like the ones that are printed. Names are kept as 32 bytes: about 100 bytes of memory
each, and four to a story.

What refers to something may be damaged. Then nobody knows to what, and all that it may be counts
as referred to.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from pressrun.archive import layout
from pressrun.archive.documents import document
from pressrun.archive.editions import Editions
from pressrun.archive.files import Entry, Files
from pressrun.archive.records import (
    ArticleRecord,
    Failed,
    FetchKey,
    FetchRecord,
    OverviewRecord,
    PictureRecord,
    SummaryRecord,
    readable_sha256,
)
from pressrun.models import Edition, Plan

KINDS = (
    *("fetches", "pictures", "articles", "summaries", "overviews"),
    *("pages", "images", "lists"),
)
"""The store's folders, each after those that it is referred to from."""


_LEADS_TO = {
    "fetches": {"articles", "summaries", "pages"},
    "articles": {"summaries"},
    "pictures": {"images"},
}

READERS = 8
"""Files that are read at once."""

Record = FetchRecord | ArticleRecord | SummaryRecord | OverviewRecord | PictureRecord
_MODELS: dict[str, type[Record]] = {
    "fetches": FetchRecord,
    "articles": ArticleRecord,
    "summaries": SummaryRecord,
    "overviews": OverviewRecord,
    "pictures": PictureRecord,
}


class Stored(NamedTuple):
    """A file of the store. *record* is what a work record holds, unless it is damaged.

    *data* is None when it was not read, or went meanwhile.
    """

    entry: Entry
    sha256: str
    data: bytes | None
    record: Record | None


class Printing(NamedTuple):
    """A revision, begun or printed."""

    paper: str
    day: date
    revision: int

    @property
    def folder(self) -> str:
        """Where it lies."""
        return layout.revision_folder(self.paper, self.day, self.revision)


def printings(editions: Editions) -> Iterator[Printing]:
    """Every revision of every edition, by paper, date and number."""
    for paper in editions.papers():
        for day in editions.begun(paper):
            for number in editions.revisions(paper, day):
                yield Printing(paper, day, number)


class References:
    """Names in the store that are referred to; filled in the order of `KINDS`."""

    def __init__(self) -> None:
        self.lists: set[bytes] = set()
        self.pages: set[bytes] = set()
        self.images: set[bytes] = set()
        self.printed: set[bytes] = set()
        """What a manifest names: lists, pages and images, those it cannot be checked without."""
        self.unreadable: list[str] = []
        """Keys of what refers to something and cannot be read."""
        self._held: set[str] = set()
        self._fetches: set[bytes] = set()
        self._pictures: set[bytes] = set()
        self._texts: set[bytes] = set()
        self._days: set[tuple[str, date]] = set()

    def add_printing(self, plan: Plan | None, edition: Edition | None) -> None:
        """What a printing refers to by itself."""
        urls: set[str] = set()
        if plan:
            self.lists.add(bytes.fromhex(plan.listing.sha256))
            urls.update(headline.url for headline in plan.headlines)
            shown = {headline.image_url for headline in plan.headlines if headline.image_url}
            self._pictures |= _keys(plan.edition_date, shown)
        if edition:
            named = {bytes.fromhex(story.page_sha256) for story in edition.stories}
            listing = bytes.fromhex(edition.listing.sha256)
            self.lists.add(listing)
            drawn = {
                bytes.fromhex(story.thumbnail.sha256)
                for story in edition.stories
                if story.thumbnail
            }
            self.pages |= named
            self.images |= drawn
            self.printed |= named | drawn | {listing}
            for story in edition.stories:
                urls.update((story.url, *(telling.url for telling in story.also)))
            urls.update(failure.url for failure in edition.failures)
        if begun := plan or edition:
            day = begun.edition_date
            self._days.add((begun.paper, day))
            self._fetches |= _keys(day, urls)

    def add_unreadable(self, key: str, may_name: Collection[str] = KINDS) -> None:
        """From now on all of the kinds that *key* may name is referred to."""
        self.unreadable.append(key)
        self._held.update(may_name)

    def holds_all(self, kind: str) -> bool:
        """Whether everything of that *kind* is referred to."""
        return kind in self._held

    def holds(self, kind: str, stored: Stored) -> bool:
        """Whether *stored* is referred to; then what it refers to is, too, from now on."""
        name, record = bytes.fromhex(stored.sha256), stored.record
        if kind in self._held:
            return True
        if kind in ("pages", "images", "lists"):
            return name in {"pages": self.pages, "images": self.images, "lists": self.lists}[kind]
        if isinstance(record, FetchRecord):
            if name in self._fetches and not isinstance(record.outcome, Failed):
                self.pages.add(bytes.fromhex(record.outcome.page_sha256))
            return name in self._fetches
        if isinstance(record, PictureRecord):
            if name in self._pictures and not isinstance(record.outcome, Failed):
                self.images.add(bytes.fromhex(record.outcome.sha256))
            return name in self._pictures
        if isinstance(record, ArticleRecord):
            held = bytes.fromhex(record.key.page_sha256) in self.pages
            if held and not isinstance(record.outcome, Failed):
                self._texts.add(bytes.fromhex(readable_sha256(record.outcome)))
            return held
        if isinstance(record, SummaryRecord):
            return bytes.fromhex(record.key.article_sha256) in self._texts
        if isinstance(record, OverviewRecord):
            return (record.key.paper, record.key.edition_date) in self._days
        # Damaged, or gone. An article's name does not tell whether it is referred to.
        leads = kind == "articles" or name in self._fetches or name in self._pictures
        if stored.data is None or not leads:
            return False
        self.add_unreadable(stored.entry.key, _LEADS_TO[kind])
        return True


def _keys(day: date, urls: Iterable[str]) -> set[bytes]:
    """Names of the records of what was fetched at *urls* for the edition of *day*."""
    keys = (FetchKey(edition_date=day, url=url) for url in urls)
    return {bytes.fromhex(layout.digest(key)) for key in keys}


def references_of(
    files: Files, editions: Editions, *, without: Collection[Printing] = ()
) -> References:
    """What the archive's printings refer to by themselves, those in *without* left out.

    Raises:
        ArchiveError: a later Pressrun wrote one of them.
    """
    found = References()
    for printing in printings(editions):
        if printing not in without:
            plan, edition = documents_of(files, printing)
            found.add_printing(plan, edition)
            for key in unreadable_of(files, printing, plan, edition):
                found.add_unreadable(key)
    return found


def documents_of(files: Files, printing: Printing) -> tuple[Plan | None, Edition | None]:
    """A printing's plan and manifest, each where it is there and whole."""
    return (
        document(files, f"{printing.folder}/{layout.PLAN}", Plan),
        document(files, f"{printing.folder}/{layout.MANIFEST}", Edition),
    )


def unreadable_of(
    files: Files, printing: Printing, plan: Plan | None, edition: Edition | None
) -> Iterator[str]:
    """Keys of a printing's *plan* and manifest (*edition*), where it is there and not whole."""
    read = ((layout.PLAN, Plan, plan), (layout.MANIFEST, Edition, edition))
    for name, kind, whole in read:
        key = f"{printing.folder}/{name}"
        # Read again: it may have been written after the first look.
        if whole is None and files.read(key) is not None and document(files, key, kind) is None:
            yield key


def stored(files: Files, kind: str, *, bodies: bool) -> Iterator[Stored]:
    """Every file of the store of that *kind*; of lists and pages only with *bodies* what it holds.

    Reads ahead on threads, since a bucket is far away; a bounded number is held at a time.
    """
    wanted = bodies or kind in _MODELS
    ahead: deque[tuple[Entry, str, Future[bytes | None] | None]] = deque()
    with ThreadPoolExecutor(READERS) as readers:
        for entry in files.entries(f"{layout.STORE}/{kind}"):
            sha256 = layout.stored_name(entry.key)
            if sha256 is None:
                continue
            data = readers.submit(files.read, entry.key) if wanted else None
            ahead.append((entry, sha256, data))
            if len(ahead) > 2 * READERS:
                yield _taken(kind, *ahead.popleft())
        while ahead:
            yield _taken(kind, *ahead.popleft())


def _taken(kind: str, entry: Entry, sha256: str, read: "Future[bytes | None] | None") -> Stored:
    data = read.result() if read else None
    record = _record_in(kind, data) if data is not None and kind in _MODELS else None
    if record and layout.digest(record.key) != sha256:  # another's, or its key is damaged
        record = None
    return Stored(entry, sha256, data, record)


def _record_in(kind: str, data: bytes) -> Record | None:
    try:
        return _MODELS[kind].model_validate_json(data)
    except ValidationError:
        return None
