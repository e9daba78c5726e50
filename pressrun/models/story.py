"""What becomes of a headline: a story or a failure, and what of it differs in a later printing."""

from datetime import date
from enum import StrEnum

from pydantic import Field, NonNegativeInt, PositiveInt

from pressrun.models.summary import Summary
from pressrun.models.value import Moment, Sha256, Value


class Step(StrEnum):
    """Where an article may fail, or at last turn out to be printed already."""

    FETCH = "fetch"
    EXTRACT = "extract"
    SUMMARISE = "summarise"
    ASSEMBLE = "assemble"


class Thumbnail(Value):
    """A story's small picture, made by us of the one that its source named.

    *sha256* names its bytes in the store. *data* is only there for a renderer, and in no manifest.
    """

    sha256: Sha256
    media_type: str = "image/jpeg"
    width_px: PositiveInt
    height_px: PositiveInt
    data: bytes = Field(b"", exclude=True, repr=False)


class Telling(Value):
    """Another headline of the list that tells the same story."""

    rank: PositiveInt
    title: str
    url: str
    medium: str = ""
    published: Moment | None = None
    same_text: bool = False
    """Whether it is the very same text, a reprint."""


class Earlier(Value):
    """A story of an earlier edition of the paper that this one carries on."""

    edition_date: date
    title: str
    url: str


class Story(Value):
    """One item of an edition: a headline, its article and its summary.

    *text_sha256* is of the article's words alone: a reprint has the same.
    """

    rank: PositiveInt
    """Place in the list; what failed leaves a gap."""
    title: str
    url: str
    medium: str = ""
    """Who published it, by the list or the page; may be empty."""
    published: Moment | None = None
    category: str = ""
    language: str
    """Language of the article: "zh" or "en"."""
    summary: Summary
    article_chars: NonNegativeInt
    """Length of the article's text in code points."""
    text_sha256: Sha256 | None = None
    page_sha256: Sha256
    """Of the page's body as it was fetched, by which the store keeps it."""
    extractor: str
    """What read the page, with its version."""
    also: tuple[Telling, ...] = ()
    """Who else tells it, by rank."""
    thumbnail: Thumbnail | None = None
    earlier: tuple[Earlier, ...] = ()
    """The stories that it carries on, newest first, one a day."""
    day: PositiveInt = 1
    """The day of a story that goes on, from 1, counted in days that had an edition with it."""
    interest: int = Field(0, ge=-1, le=1)
    """1: raised by the interests of the paper, -1: lowered."""


DUPLICATE = "Duplicate"
LATE = "Late"
DROPPED = "Dropped"
RETRACTED = "Retracted"


class Failure(Value):
    """An article that did not become a story: at which step and why, for a reader.

    *kind* is the error's class, or "Duplicate": the edition has the same text as another story,
    or "Late": it was not ready at the press deadline, or "Retracted": it was taken back, or
    "Dropped": the paper's interests leave it out.
    *transient* failures are tried again by the next run.
    """

    rank: PositiveInt
    """Place in the list."""
    title: str
    url: str
    step: Step
    kind: str
    reason: str
    transient: bool = False


class ChangeKind(StrEnum):
    """How a story differs between two printings of an edition."""

    ADDED = "added"
    LATE = "late"
    """Added, after it had missed the press deadline."""
    DROPPED = "dropped"
    RETRACTED = "retracted"
    ARTICLE = "article"
    """The article says something else now, and with it the summary may."""
    SUMMARY = "summary"
    """The same article, summarised in other words."""


class Change(Value):
    """A story that differs from the printing before."""

    kind: ChangeKind
    rank: PositiveInt
    title: str
    url: str
