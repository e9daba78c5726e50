"""What the archive's work records hold: typed keys, and what was found for them."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, JsonValue, NonNegativeInt

from pressrun.archive.layout import digest
from pressrun.errors import PressrunError
from pressrun.models import (
    Article,
    Edition,
    Headline,
    ModelIdentity,
    Moment,
    Overview,
    Sha256,
    Summary,
    Thumbnail,
    Value,
)
from pressrun.reading import reading_order


class Failed(Value):
    """A final failure of one step, after its retries.

    *kind* is the error's class. *conditions* is whatever of the settings could turn the failure
    into a success (a size limit, a time limit): under others it counts as never tried. *at* is
    when it failed, where that was noted.
    """

    kind: str
    reason: str
    transient: bool = False
    conditions: str = ""
    at: Moment | None = None

    @classmethod
    def of(cls, error: PressrunError, *, conditions: str = "", at: datetime | None = None) -> Self:
        """The record of *error*."""
        return cls(
            kind=type(error).__name__,
            reason=str(error),
            transient=error.transient,
            conditions=conditions,
            at=at,
        )


class FetchKey(Value):
    """What a fetch is known by: an edition's day has its own look at a page."""

    edition_date: date
    url: str


class PageFacts(Value):
    """A page without its body, which lies in the store under *page_sha256*."""

    page_sha256: Sha256
    final_url: str
    status: int
    content_type: str
    fetched_at: Moment


class ArticleKey(Value):
    """What an extraction is known by: all that changes its result.

    *extractor* names the rules and libraries with their versions. The list's title, medium and
    time go into the article, so they are part of the key.
    """

    page_sha256: Sha256
    extractor: str
    url: str
    title: str = ""
    medium: str = ""
    published: Moment | None = None

    @classmethod
    def of(cls, page_sha256: str, extractor: str, headline: Headline) -> Self:
        """The key for extracting *headline* from a page."""
        return cls(
            page_sha256=page_sha256,
            extractor=extractor,
            url=headline.url,
            title=headline.title,
            medium=headline.medium,
            published=headline.published,
        )


class SummaryKey(Value):
    """What a summary is known by: the words of the article, the model, the prompt, the limits.

    *options* is everything else that changes the result: the schema's hash, the version of the
    repairs, the engine's settings.
    """

    article_sha256: Sha256
    engine: str
    model: str
    model_digest: str
    way: str
    context_tokens: NonNegativeInt
    prompt_sha256: Sha256
    max_chars: NonNegativeInt
    options: dict[str, JsonValue] = Field(default_factory=dict)

    @classmethod
    def of(
        cls,
        article: Article,
        identity: ModelIdentity,
        *,
        prompt_sha256: str,
        max_chars: int,
        options: dict[str, JsonValue] | None = None,
    ) -> Self:
        """The key for summarising *article*, which is known by what a model may read of it."""
        return cls(
            article_sha256=readable_sha256(article),
            engine=identity.engine,
            model=identity.model,
            model_digest=identity.digest,
            way=identity.way,
            context_tokens=identity.context_tokens,
            prompt_sha256=prompt_sha256,
            max_chars=max_chars,
            options=options or {},
        )


class OverviewKey(Value):
    """What an overview is known by: its edition's day, the summaries, the model, the prompt.

    *options* as in `SummaryKey`.
    """

    paper: str
    edition_date: date
    summaries_sha256: Sha256
    engine: str
    model: str
    model_digest: str
    way: str
    context_tokens: NonNegativeInt
    prompt_sha256: Sha256
    options: dict[str, JsonValue] = Field(default_factory=dict)

    @classmethod
    def of(
        cls,
        edition: Edition,
        identity: ModelIdentity,
        *,
        prompt_sha256: str,
        options: dict[str, JsonValue] | None = None,
    ) -> Self:
        """The key for the overview of *edition*, known by what a model may read of it."""
        told = _Told(
            stories=tuple((s.url, s.title, s.summary.text) for s in reading_order(edition))
        )
        return cls(
            paper=edition.paper,
            edition_date=edition.edition_date,
            summaries_sha256=digest(told),
            engine=identity.engine,
            model=identity.model,
            model_digest=identity.digest,
            way=identity.way,
            context_tokens=identity.context_tokens,
            prompt_sha256=prompt_sha256,
            options=options or {},
        )


class _Told(Value):
    stories: tuple[tuple[str, str, str], ...]


def readable_sha256(article: Article) -> str:
    """What summaries know *article* by."""
    return digest(_Readable.model_validate(article, from_attributes=True))


class _Readable(Value):
    title: str
    text: str
    language: str
    medium: str
    published: Moment | None


class FetchRecord(Value):
    """`fetches/<key>.json`."""

    schema_version: Literal[1] = 1
    key: FetchKey
    outcome: PageFacts | Failed


class ArticleRecord(Value):
    """`articles/<key>.json`."""

    schema_version: Literal[1] = 1
    key: ArticleKey
    outcome: Article | Failed


class SummaryRecord(Value):
    """`summaries/<key>.json`."""

    schema_version: Literal[1] = 1
    key: SummaryKey
    outcome: Summary
    recorded_at: Moment | None = None


class PictureRecord(Value):
    """`pictures/<key>.json`: a story's small picture, which lies in `images`, or why it has none.

    *key* has the address of the picture. What was made under other *conditions* counts as absent.
    """

    schema_version: Literal[1] = 1
    key: FetchKey
    conditions: str
    outcome: Thumbnail | Failed


class OverviewRecord(Value):
    """`overviews/<key>.json`."""

    schema_version: Literal[1] = 1
    key: OverviewKey
    outcome: Overview
    recorded_at: Moment | None = None
