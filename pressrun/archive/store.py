"""Work records: what was listed, fetched, extracted and summarised, found by what it was made of.

Private, and never published. A damaged record counts as absent: the work is done again and the
record written anew. Two runs that record the same at once both succeed.
"""

import gzip
import logging
import zlib
from datetime import date, datetime
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from pressrun.archive import layout
from pressrun.archive.files import Files
from pressrun.archive.records import (
    ArticleKey,
    ArticleRecord,
    Failed,
    FetchKey,
    FetchRecord,
    OverviewKey,
    OverviewRecord,
    PageFacts,
    PictureRecord,
    SummaryKey,
    SummaryRecord,
)
from pressrun.models import Article, Overview, Page, Summary, Thumbnail

logger = logging.getLogger(__name__)
AnyRecord = TypeVar(
    "AnyRecord", FetchRecord, ArticleRecord, SummaryRecord, OverviewRecord, PictureRecord
)
Kind = Literal["lists", "pages"]
RecordKind = Literal["fetches", "articles", "summaries", "overviews", "pictures"]

_LEVEL = 6
"""Of compression: 9, the default, takes twice the time for 2 % of a page."""


class Store:
    """`archive/store/`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def put_list(self, raw: bytes) -> str:
        """Keep a source's raw answer; its SHA-256."""
        return self._put("lists", raw)

    def get_list(self, sha256: str) -> bytes | None:
        """The raw answer called *sha256*; None when it is absent or damaged."""
        return self._get("lists", sha256)

    def put_page(self, body: bytes) -> str:
        """Keep a body as fetched; its SHA-256."""
        return self._put("pages", body)

    def get_page(self, sha256: str) -> bytes | None:
        """The body called *sha256*; None when it is absent or damaged."""
        return self._get("pages", sha256)

    def find_page(
        self,
        edition_date: date,
        url: str,
        *,
        conditions: str = "",
        since: datetime | None = None,
    ) -> Page | Failed | None:
        """What fetching *url* for that day's edition came to; None: it is still to be fetched.

        A transient failure is returned as any other: whether to try again is the caller's
        choice. A failure under other *conditions* than these, or anything from before *since*, is
        not returned.
        """
        key = FetchKey(edition_date=edition_date, url=url)
        found = self._find("fetches", key, FetchRecord)
        if found is None:
            return None
        facts = found.outcome
        if isinstance(facts, Failed):
            known = facts.conditions == conditions and not _is_old(facts.at, since)
            return facts if known else None
        if _is_old(facts.fetched_at, since):
            return None
        body = self.get_page(facts.page_sha256)
        if body is None:
            return None
        return Page(
            url=url,
            final_url=facts.final_url,
            status=facts.status,
            content_type=facts.content_type,
            body=body,
            fetched_at=facts.fetched_at,
        )

    def fetched(self, edition_date: date, url: str) -> str | None:
        """SHA-256 of the page that was fetched for that day's edition; None when none was."""
        found = self._find("fetches", FetchKey(edition_date=edition_date, url=url), FetchRecord)
        if found is None or isinstance(found.outcome, Failed):
            return None
        return found.outcome.page_sha256

    def record_page(self, edition_date: date, page: Page) -> str:
        """Keep a fetched page; the SHA-256 of its body."""
        sha256 = self.put_page(page.body)
        facts = PageFacts(
            page_sha256=sha256,
            final_url=page.final_url,
            status=page.status,
            content_type=page.content_type,
            fetched_at=page.fetched_at,
        )
        key = FetchKey(edition_date=edition_date, url=page.url)
        self._keep("fetches", FetchRecord(key=key, outcome=facts))
        return sha256

    def record_fetch_failure(self, edition_date: date, url: str, failed: Failed) -> None:
        """Keep the final failure of a fetch, unless another run has the page."""
        key = FetchKey(edition_date=edition_date, url=url)
        found = self._find("fetches", key, FetchRecord)
        if found is None or isinstance(found.outcome, Failed):
            self._keep("fetches", FetchRecord(key=key, outcome=failed))

    def find_article(self, key: ArticleKey, *, conditions: str = "") -> Article | Failed | None:
        """What extracting came to; None: it is still to be done. Failures as in `find_page`."""
        found = self._find("articles", key, ArticleRecord)
        outcome = found.outcome if found else None
        if isinstance(outcome, Failed) and outcome.conditions != conditions:
            return None
        return outcome

    def record_article(self, key: ArticleKey, outcome: Article | Failed) -> None:
        """Keep an article, or why the page has none."""
        self._keep("articles", ArticleRecord(key=key, outcome=outcome))

    def find_summary(self, key: SummaryKey, *, since: datetime | None = None) -> Summary | None:
        """The summary made of exactly this, not before *since*; None: it is still to be made."""
        found = self._find("summaries", key, SummaryRecord)
        return found.outcome if found and not _is_old(found.recorded_at, since) else None

    def record_summary(
        self, key: SummaryKey, summary: Summary, *, at: datetime | None = None
    ) -> None:
        """Keep a summary, made *at* that moment."""
        self._keep("summaries", SummaryRecord(key=key, outcome=summary, recorded_at=at))

    def find_overview(self, key: OverviewKey, *, since: datetime | None = None) -> Overview | None:
        """The overview made of exactly this, not before *since*; None: it is still to be made."""
        found = self._find("overviews", key, OverviewRecord)
        return found.outcome if found and not _is_old(found.recorded_at, since) else None

    def record_overview(
        self, key: OverviewKey, overview: Overview, *, at: datetime | None = None
    ) -> None:
        """Keep an overview, made *at* that moment."""
        self._keep("overviews", OverviewRecord(key=key, outcome=overview, recorded_at=at))

    def get_image(self, sha256: str) -> bytes | None:
        """The picture called *sha256*, a JPEG; None when it is absent or damaged."""
        data = self._files.read(layout.image(sha256))
        return data if data is not None and layout.sha256_of(data) == sha256 else None

    def find_picture(
        self, edition_date: date, url: str, *, conditions: str
    ) -> Thumbnail | Failed | None:
        """What was made of the picture at *url* for that day's edition, under these *conditions*.

        None: it is still to be made. A thumbnail comes without its bytes.
        """
        found = self._find("pictures", FetchKey(edition_date=edition_date, url=url), PictureRecord)
        if found is None or found.conditions != conditions:
            return None
        outcome = found.outcome
        if isinstance(outcome, Thumbnail) and self.get_image(outcome.sha256) is None:
            return None
        return outcome

    def pictured(self, edition_date: date, url: str) -> str | None:
        """SHA-256 of what was made of the picture at *url* for that day; None when nothing was."""
        found = self._find("pictures", FetchKey(edition_date=edition_date, url=url), PictureRecord)
        return found.outcome.sha256 if found and isinstance(found.outcome, Thumbnail) else None

    def record_picture(
        self, edition_date: date, url: str, outcome: Thumbnail | Failed, *, conditions: str
    ) -> None:
        """Keep what was made of the picture at *url*, with its bytes, or why there is none."""
        if isinstance(outcome, Thumbnail):
            self._files.write(layout.image(outcome.sha256), outcome.data)
        key = FetchKey(edition_date=edition_date, url=url)
        self._keep("pictures", PictureRecord(key=key, conditions=conditions, outcome=outcome))

    def _put(self, kind: Kind, data: bytes) -> str:
        sha256 = layout.sha256_of(data)
        # Always written, which mends a damaged one. No time in it: equal bytes, equal file.
        self._files.write(layout.blob(kind, sha256), gzip.compress(data, _LEVEL, mtime=0))
        return sha256

    def _get(self, kind: Kind, sha256: str) -> bytes | None:
        key = layout.blob(kind, sha256)
        packed = self._files.read(key)
        if packed is None:
            return None
        try:
            data = gzip.decompress(packed)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            data = b""
        if layout.sha256_of(data) != sha256:
            logger.warning("%s is damaged and counts as absent", self._files.address(key))
            return None
        return data

    def _find(
        self,
        kind: RecordKind,
        key: BaseModel,
        record: type[AnyRecord],
    ) -> AnyRecord | None:
        name = layout.record(kind, key)
        data = self._files.read(name)
        if data is None:
            return None
        try:
            found = record.model_validate_json(data)
        except ValidationError:
            found = None
        if found is None or found.key != key:
            logger.warning("%s is damaged and counts as absent", self._files.address(name))
            return None
        return found

    def _keep(
        self,
        kind: RecordKind,
        record: FetchRecord | ArticleRecord | SummaryRecord | OverviewRecord | PictureRecord,
    ) -> None:
        data = record.model_dump_json().encode() + b"\n"
        self._files.write(layout.record(kind, record.key), data)


def _is_old(moment: datetime | None, since: datetime | None) -> bool:
    """Whether what was done at *moment*, None: nobody knows when, is from before *since*."""
    return since is not None and (moment is None or moment < since)
