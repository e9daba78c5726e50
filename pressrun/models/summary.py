"""A summary: how it came to be, what is wrong with it, and what of it the article supports."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from pressrun.models.value import Sha256, Value


class Way(StrEnum):
    """How a summary came to be: the model's own words, or sentences of the article."""

    WRITTEN = "written"
    SELECTED = "selected"


class FindingKind(StrEnum):
    """What may be wrong with a summary, given its article."""

    LENGTH = "length"
    LANGUAGE = "language"
    EMPTY = "empty"
    CUT_OFF = "cut off"
    REPEATING = "repeating"
    REASONING = "reasoning"
    BOILERPLATE = "boilerplate"
    MARKDOWN = "markdown"
    COPIED = "copied"
    TOPIC = "topic"
    FIGURE = "figure"
    QUOTATION = "quotation"
    NAME = "name"


class Finding(Value):
    """One thing that is wrong with a summary. A *warning* keeps nothing from being printed."""

    kind: FindingKind
    text: str = ""
    """The summary's words that are at fault; empty when it is the whole."""
    start: NonNegativeInt = 0
    """Where *text* begins in the summary, in code points."""
    reason: str
    """In one clause, for an operator."""
    warning: bool = False


class Evidence(Value):
    """A figure, quotation or name of a summary, and the article's sentence that supports it."""

    kind: Literal[FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME]
    text: str
    """The summary's words."""
    start: NonNegativeInt
    """Where *text* begins in the summary, in code points."""
    sentence: str
    """The article's sentence, word for word."""
    sentence_start: NonNegativeInt
    """Where *sentence* begins in the article's text, in code points."""


class Verdict(Value):
    """What verifying a summary against its article brought, each by its place in the summary."""

    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that keep the summary from being printed unmarked."""
        return tuple(finding for finding in self.findings if not finding.warning)


class Rung(Value):
    """One step in the making of a summary, and what verification found in its result.

    *name* is "asked", "corrected" (the schema was broken), "plain text" (twice), "asked again"
    (the findings told), "trimmed", "selected" or "first sentences" (without the model).
    """

    name: str
    findings: tuple[Finding, ...] = ()


class Summary(Value):
    """A summary within its length, and how it was made.

    *chars_read* of the article's *chars_total* were sent to the model, in *parts* pieces that were
    summarised first when there are several. *repairs* names what was done to the answer ("cut at
    a sentence end", ...), in order. Counts and durations are sums over all *calls*.
    """

    text: str
    language: str
    """Language of the summary: "zh" or "en"."""
    way: Way
    keywords: tuple[str, ...] = ()
    category: str = ""
    """One of the paper's categories; empty when the model named none of them."""
    importance: int | None = Field(None, ge=1, le=5)
    """By the model, 5 the greatest; none when it named no number."""
    engine: str
    model: str
    model_digest: str = ""
    host: str = ""
    """Which host answered last."""
    prompt_sha256: Sha256
    """Of the prompt's wording without the article: equal where articles were asked about alike."""
    chars_read: NonNegativeInt
    chars_total: NonNegativeInt
    parts: PositiveInt = 1
    ladder: tuple[Rung, ...] = ()
    """What was tried, in order; the last is what is printed."""
    findings: tuple[Finding, ...] = ()
    """What is still wrong with the text."""
    evidence: tuple[Evidence, ...] = ()
    """What of the text the article was found to say, and where."""
    repairs: tuple[str, ...] = ()
    calls: PositiveInt = 1
    prompt_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    load_s: float = 0.0
    """Loading the model."""
    prompt_s: float = 0.0
    """Reading the prompts."""
    output_s: float = 0.0
    """Writing the answers."""
    queued_s: float = 0.0
    """Waiting at the server, for other requests to end."""
    wall_s: float = 0.0
    """From each request to its whole answer, queueing included."""
