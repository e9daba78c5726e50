"""The values that go from step to step, each frozen.

    Headline -> Page -> Article -> Summary -> Story | Failure -> Edition -> Rendition

Moments are aware UTC datetimes, sizes are bytes, durations are seconds as float, lengths of
text are code points after NFC. An edition's date is a date in its paper's time zone.
"""

import re
from datetime import UTC, date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
)

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Value(BaseModel):
    """What crosses a step: frozen, and without room for unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Step(StrEnum):
    """Where an article may fail, or at last turn out to be printed already."""

    FETCH = "fetch"
    EXTRACT = "extract"
    SUMMARISE = "summarise"
    ASSEMBLE = "assemble"


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


class Headline(Value):
    """One usable row of a source's list."""

    rank: PositiveInt
    title: str
    url: str
    medium: str = ""
    published: Moment | None = None
    category: str = ""
    image_url: str | None = None
    source: str = ""


class ListRequest(Value):
    """What a paper asks of a source: at most *limit* headlines of one day and category.

    *category* and *ranking* are Pressrun's words, which a source maps to its own.
    """

    edition_date: date
    time_zone: str = "Asia/Shanghai"
    category: str = "all"
    ranking: str = "clicks"
    limit: PositiveInt = 20


class Listing(Value):
    """A source's answer: usable headlines in rank order, and the bytes they were read from.

    *skipped* has one short reason for each row that was not usable. *raw* is kept in the
    archive by its hash. *ranking* is what the headlines are in order of, where the source has
    another order than the one asked for ("newest", "spread" over the day, or its own word).
    """

    source: str
    url: str
    headlines: tuple[Headline, ...]
    skipped: tuple[str, ...] = ()
    raw: bytes = b""
    ranking: str = ""


class Page(Value):
    """A body as fetched, before any decoding. *url* was asked for, *final_url* answered."""

    url: str
    final_url: str
    status: int = 200
    content_type: str = ""
    body: bytes
    fetched_at: Moment


class Article(Value):
    """The text of a page. Paragraphs are joined by one newline. *language* is "zh" or "en"."""

    url: str
    title: str
    text: str
    language: str
    published: Moment | None = None
    medium: str = ""
    encoding: str = "utf-8"
    extractor: str
    page_sha256: Sha256


class ModelIdentity(Value):
    """Which model an engine serves. *digest* names the very weights, where there is one."""

    engine: str
    """Name of the engine, as in the settings."""
    model: str
    digest: str = ""
    way: Way = Way.WRITTEN
    context_tokens: PositiveInt = 4096
    """What the model can read and write for one request."""
    instructed: bool = True
    """Whether the model follows instructions; a bare one only continues texts."""
    note: str = ""
    """What a reader should know of the model, such as its licence."""


class Turn(Value):
    """What was said after a prompt's first question."""

    role: Literal["assistant", "user"]
    content: str


class Prompt(Value):
    """One request to an engine: the unchanging part first, in *system*.

    *turns* carry the conversation on, an answer and the next question in turn, the question
    last. *response_schema* is a JSON schema that the answer keeps to. *max_tokens* bounds the
    answer.
    """

    system: str = ""
    user: str
    turns: tuple[Turn, ...] = ()
    response_schema: dict[str, Any] | None = None
    max_tokens: PositiveInt = 400


class Calibration(Value):
    """What estimates of a prompt's tokens are multiplied by for a model, as its counts say."""

    language: str
    """Of the articles: "zh" or "en"."""
    factor: float
    requests: NonNegativeInt
    """How many prompts were measured."""


class Completion(Value):
    """An engine's answer, with its own counts and durations; zero where it gives none.

    *wall_s* is the client's time, from when the request was sent. *done_reason* is "stop", or
    "length" when the answer was cut by *max_tokens*. *host* is which of several hosts answered.
    """

    text: str
    model: str
    done_reason: str = "stop"
    prompt_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    load_s: float = 0.0
    prompt_s: float = 0.0
    output_s: float = 0.0
    total_s: float = 0.0
    wall_s: float = 0.0
    host: str = ""

    @property
    def queued_s(self) -> float:
        """What the server's own durations leave of the client's time: queueing, and the way."""
        served = self.load_s + self.prompt_s + self.output_s
        return max(self.wall_s - served, 0.0) if served else 0.0


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


class Refresh(StrEnum):
    """What of a printed edition is made anew, the list apart; what comes after it follows."""

    PAGES = "pages"
    """Every page is fetched again; what it says now is summarised where it changed."""
    SUMMARIES = "summaries"
    """Every summary is asked for again, of the archived pages."""
    PROMPTS = "prompts"
    """Summaries by other prompts, models or limits than today's are asked for again."""
    RENDITIONS = "renditions"
    """The files are drawn again, of the same stories."""


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


class ListNote(Value):
    """Why an earlier one of a paper's sources was passed over.

    *kind* is the error's class, or "Empty". *reason* is for a reader. What is *transient* may
    pass.
    """

    source: str
    kind: str
    reason: str
    transient: bool = False


class ListRecord(Value):
    """The list that an edition was made from. *sha256* names its bytes in the store.

    *ranking* is what the headlines are in order of. *notes* tell of the sources that were asked
    before this one, in order.
    """

    source: str
    """Name of the source, as in the settings."""
    url: str
    sha256: Sha256
    category: str
    ranking: str
    skipped: tuple[str, ...] = ()
    """A short reason for each row of the list that was not usable."""
    notes: tuple[ListNote, ...] = ()


class RenditionRecord(Value):
    """A file of a revision. *parts* counts pages of a PDF, or is 1."""

    name: str
    media_type: str
    format: str
    """Name of the renderer that made it."""
    bytes: NonNegativeInt
    sha256: Sha256
    parts: PositiveInt = 1


class Plan(Value):
    """What a printing set out to do, written before any fetch; a resumed run follows it.

    Pages fetched before *pages_since*, and summaries made before *summaries_since*, are not used.
    *redraws* is the revision whose stories are drawn again, when that is all.
    """

    schema_version: Literal[1] = 1
    paper: str
    title: str
    edition_date: date
    time_zone: str
    language: str
    created_at: Moment
    as_of: Moment | None = None
    listing: ListRecord
    headlines: tuple[Headline, ...]
    model: ModelIdentity
    content_sha256: Sha256
    formats: tuple[str, ...]
    max_chars: PositiveInt
    coverage: float
    pages_since: Moment | None = None
    summaries_since: Moment | None = None
    redraws: PositiveInt | None = None


class Edition(Value):
    """A paper on a date: the manifest, `edition.json`, enough to print it again.

    *as_of* is set when the day was not over at the time of listing. *missing_glyphs* are the
    characters that no font had, printed as 〓.
    """

    schema_version: Literal[1] = 1
    """Another number when a field goes or changes its meaning; a new one may come without."""
    pressrun_version: str
    """Version of the Pressrun that printed it."""
    paper: str
    """Name of the paper, as in the settings."""
    title: str
    """The masthead."""
    edition_date: date
    """The day whose news it prints, in *time_zone*."""
    time_zone: str
    """IANA time zone of the paper."""
    language: str
    """Language of the frame: "zh" or "en"."""
    revision: PositiveInt
    """Number of this printing, from 1."""
    follows: PositiveInt | None = None
    """The revision that *changes* are told against; none for a first printing, however drawn."""
    changes: tuple[Change, ...] = ()
    """How its stories differ from those of *follows*, by rank."""
    printed_at: Moment
    """When its stories were put together."""
    as_of: Moment | None = None
    listing: ListRecord
    model: ModelIdentity
    calibrations: tuple[Calibration, ...] = ()
    """How the model's tokens were estimated, by language; none when nothing was asked."""
    content_sha256: Sha256
    """Of the settings that change what is printed, the formats apart."""
    listed: NonNegativeInt
    """Headlines that were listed: the stories and the failures together."""
    stories: tuple[Story, ...]
    """By rank."""
    failures: tuple[Failure, ...] = ()
    """By rank."""
    renditions: tuple[RenditionRecord, ...] = ()
    """The files beside the manifest."""
    missing_glyphs: tuple[str, ...] = ()
    render_failures: tuple[str, ...] = ()
    """Each renderer that made nothing, and why."""

    @property
    def is_complete(self) -> bool:
        """Whether all that was to be printed is, and every rendition was made.

        Neither a second copy of a text nor a story that was taken back is missing.
        """
        return len(self.failures) == self._left_out and not self.render_failures

    @property
    def coverage(self) -> float:
        """Stories over the texts that were listed, 0 to 1; 1 for an empty list."""
        texts = self.listed - self._left_out
        return len(self.stories) / texts if texts else 1.0

    @property
    def _left_out(self) -> int:
        return sum(failure.kind in (DUPLICATE, RETRACTED) for failure in self.failures)


class Rendition(Value):
    """A file made by a renderer. *name* has no folder in it; *format* is the renderer's name."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    media_type: str
    data: bytes
    format: str = ""
    parts: PositiveInt = 1
    missing_glyphs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Rendition({self.name!r}, {len(self.data)} bytes)"


PAPER_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
"""What a paper may be called: it names folders, runs and addresses."""
