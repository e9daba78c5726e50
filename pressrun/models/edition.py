"""A paper on a date: what a printing sets out to do, what it prints, and the files made of it."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from pressrun.models.engine import Calibration, ModelIdentity
from pressrun.models.news import Headline, ListRecord
from pressrun.models.story import DROPPED, DUPLICATE, RETRACTED, Change, Failure, Story
from pressrun.models.summary import Evidence, Finding, Way
from pressrun.models.value import Moment, Sha256, Value


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


class Style(Value):
    """How a paper wants its editions drawn."""

    theme: str = ""
    """Name of a theme, or its folder; empty: the one that comes with Pressrun."""
    frame: str = ""
    """Of the fixed words: "zh-CN", "zh-TW" or "en"; empty: as the paper's language has it."""
    pdf_evidence: bool = False
    """Whether the PDF has the evidence in notes."""


class Point(Value):
    """A sentence of an overview. *urls* are those of the stories that it tells of."""

    text: str
    urls: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Its figures, quotations and names, and the summaries' sentences that support them."""


class Overview(Value):
    """The day in brief, made of the summaries of the edition and verified against them."""

    points: tuple[Point, ...] = Field(min_length=1)
    language: str
    way: Way
    engine: str
    model: str
    prompt_sha256: Sha256
    calls: NonNegativeInt = 0
    prompt_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    wall_s: float = 0.0


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


class RenditionRecord(Value):
    """A file of a revision. *parts* counts pages of a PDF, or is 1."""

    name: str
    media_type: str
    format: str
    """Name of the renderer that made it."""
    bytes: NonNegativeInt
    sha256: Sha256
    parts: PositiveInt = 1


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
    """Language of the paper: "zh" or "en"."""
    style: Style = Style()
    sections: tuple[str, ...] = ()
    """The paper's categories, in the order in which they are printed."""
    revision: PositiveInt
    """Number of this printing, from 1."""
    follows: PositiveInt | None = None
    """The revision that *changes* are told against; none for a first printing, however drawn."""
    changes: tuple[Change, ...] = ()
    """How its stories differ from those of *follows*, by rank."""
    printed_at: Moment
    """When its stories were put together."""
    took_s: NonNegativeFloat | None = None
    """From the beginning of the run that printed it to then."""
    as_of: Moment | None = None
    listing: ListRecord
    model: ModelIdentity
    calibrations: tuple[Calibration, ...] = ()
    """How the model's tokens were estimated, by language; none when nothing was asked."""
    content_sha256: Sha256
    """Of the settings that change what is printed, the formats apart."""
    listed: NonNegativeInt
    """Headlines that were listed: stories, those who tell them also, and failures together."""
    overview: Overview | None = None
    """The day in brief; none where the paper wants none, or there are too few stories."""
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

        Neither a second copy of a text nor a story that was taken back, or that the paper's
        interests leave out, is missing.
        """
        return len(self.failures) == self._left_out and not self.render_failures

    @property
    def told(self) -> int:
        """Headlines whose story is printed: as a story of its own, or beside another's."""
        return sum(1 + len(story.also) for story in self.stories)

    @property
    def wanted(self) -> int:
        """Headlines that were listed, less those that the paper's interests leave out."""
        return self.listed - sum(failure.kind == DROPPED for failure in self.failures)

    @property
    def counted(self) -> tuple[int, int]:
        """What readers are told: how many stories stand there, of how many.

        With nothing missing both are the stories, else `told` and `wanted`.
        """
        if self.told == self.wanted:
            return len(self.stories), len(self.stories)
        return self.told, self.wanted

    @property
    def coverage(self) -> float:
        """Stories over the texts that were listed, 0 to 1; 1 for an empty list."""
        return len(self.stories) / self.texts if self.texts else 1.0

    @property
    def texts(self) -> int:
        """Headlines that were listed, less what is left out and who else tells a story."""
        return self.listed - self._left_out - sum(len(story.also) for story in self.stories)

    @property
    def _left_out(self) -> int:
        return sum(failure.kind in (DUPLICATE, DROPPED, RETRACTED) for failure in self.failures)
