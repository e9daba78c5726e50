"""What the archive holds at a kill, and what must not be there, then or in the end."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from pressrun.archive import Archive
from pressrun.archive.check import Kind, check
from pressrun.archive.leafing import bare
from pressrun.archive.records import ArticleRecord, FetchRecord, SummaryRecord, readable_sha256
from pressrun.models import Article, Value
from tests.kills.world import Request, number_of

PAPER = "daily"
_MENDED_BY_A_RUN = {Kind.UNSETTLED, Kind.SITE}
"""Between two writes, until the next run: the pointer, or the site, is a printing behind."""

AnyRecord = TypeVar("AnyRecord", FetchRecord, ArticleRecord, SummaryRecord)


class Holding(Value):
    """What is recorded, by the numbers of articles, and printed, by days as YYYYMMDD.

    *stamps* are the moments (ns) when each record was written, by file.
    """

    planned: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    summaries: frozenset[str] = frozenset()
    printed: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    stamps: dict[str, int] = Field(default_factory=dict)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Pages, summaries, editions."""
        return len(self.pages), len(self.summaries), len(self.printed)


def holding(folder: Path, days: Sequence[date]) -> Holding:
    """What the archive in *folder* holds of *days*."""
    if not (folder / "archive.json").exists():
        return Holding()
    archive = Archive.open(str(folder))
    stamps: dict[str, int] = {}
    pages = {
        number_of(record.key.url) for record in _records(folder, "fetches", FetchRecord, stamps)
    }
    readable = {
        readable_sha256(record.outcome): number_of(record.key.url)
        for record in _records(folder, "articles", ArticleRecord, stamps)
        if isinstance(record.outcome, Article)
    }
    summaries = {
        readable[record.key.article_sha256]
        for record in _records(folder, "summaries", SummaryRecord, stamps)
    }
    editions, shown = archive.editions, archive.site.revisions()
    return Holding(
        planned=frozenset(f"{day:%Y%m%d}" for day in days if _is_planned(folder, day)),
        pages=frozenset(pages),
        summaries=frozenset(summaries),
        printed=frozenset(f"{day:%Y%m%d}" for day in days if editions.current(PAPER, day)),
        shown=frozenset(f"{day:%Y%m%d}" for day in days if (PAPER, day) in shown),
        stamps=stamps,
    )


def done_again(held: Holding, after: Sequence[Request], folder: Path) -> list[str]:
    """What was *held* and asked for *after* it, or written anew since."""
    known = {"list": held.planned, "page": held.pages, "summary": held.summaries}
    again = [f"{kind} {item}" for kind, item in after if item in known[kind]]
    again += [
        f"{name} was written again"
        for name, stamp in held.stamps.items()
        if (folder / name).stat().st_mtime_ns != stamp
    ]
    return again


def faults_at_kill(folder: Path, days: Sequence[date]) -> list[str]:
    """Half revisions that are current, and damaged files."""
    return [*_half(folder, days), *_checked(folder, but=_MENDED_BY_A_RUN)]


def faults_in_the_end(folder: Path, days: Sequence[date], stories: int) -> list[str]:
    """Whatever keeps *days* from being printed, shown and whole, each with all its *stories*."""
    found = [*_half(folder, days), *_checked(folder, but=set())]
    archive = Archive.open(str(folder))
    for day in days:
        edition = archive.editions.current(PAPER, day)
        if edition is None or len(edition.stories) != stories:
            found.append(f"{day}: {len(edition.stories) if edition else 'no'} stories")
        elif archive.site.shown(PAPER, day) != edition.revision:
            found.append(f"{day}: not on the site")
        elif archive.editions.unfinished(PAPER, day):
            found.append(f"{day}: a printing was begun and left")
    return found


def _is_planned(folder: Path, day: date) -> bool:
    return any((folder / "editions" / PAPER / f"{day}").glob("r*/plan.json"))


def _half(folder: Path, days: Sequence[date]) -> Iterator[str]:
    if not (folder / "archive.json").exists():
        return
    archive = Archive.open(str(folder))
    for day in days:
        edition = archive.editions.current(PAPER, day)
        if edition is None:
            continue
        shown = folder / "site" / PAPER / f"{day}"
        on_site = archive.site.shown(PAPER, day) == edition.revision
        for record in edition.renditions:
            data = archive.editions.rendition(edition, record.name)
            if data is None:
                yield f"{day}: {record.name} of the current revision is not whole"
            elif on_site and bare((shown / record.name).read_bytes()) != data:
                yield f"{day}: the site shows another {record.name}"


def _checked(folder: Path, but: set[Kind]) -> Iterator[str]:
    if not (folder / "archive.json").exists():
        return
    for oddity in check(Archive.open(str(folder)), datetime.now(UTC)):
        if oddity.kind.is_fault and oddity.kind not in but:
            yield f"{oddity.kind}: {oddity.key} {oddity.says}"


def _records(
    folder: Path, kind: str, record: type[AnyRecord], stamps: dict[str, int]
) -> Iterator[AnyRecord]:
    for path in folder.glob(f"store/{kind}/*/*.json"):
        stamps[path.relative_to(folder).as_posix()] = path.stat().st_mtime_ns
        yield record.model_validate_json(path.read_bytes())
