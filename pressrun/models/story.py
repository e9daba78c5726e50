"""What becomes of a headline: a story or a failure, and what of it differs in a later printing."""

from enum import StrEnum

from pydantic import NonNegativeInt, PositiveInt

from pressrun.models.summary import Summary
from pressrun.models.value import Moment, Sha256, Value


class Step(StrEnum):
    """Where an article may fail, or at last turn out to be printed already."""

    FETCH = "fetch"
    EXTRACT = "extract"
    SUMMARISE = "summarise"
    ASSEMBLE = "assemble"


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


DUPLICATE = "Duplicate"
LATE = "Late"
RETRACTED = "Retracted"


class Failure(Value):
    """An article that did not become a story: at which step and why, for a reader.

    *kind* is the error's class, or "Duplicate": the edition has the same text as another story,
    or "Late": it was not ready at the press deadline, or "Retracted": it was taken back.
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
