"""A story as it is printed. Pure."""

import base64
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pressrun.models import Earlier, Edition, Story, Summary, Thumbnail, Way
from pressrun.reading import anchor_of
from renderers.breaks import clauses, joined
from renderers.claims import CLAIMS, Proof, Span, marked
from renderers.frames import Frame
from renderers.inert import language_tag, plain, web_link

TITLE_CHARS = 500
LABEL_CHARS = 80

LONG_WORD = re.compile(r"[!-~]{16}")
"""So many characters of ASCII in a row."""

READ_A_MINUTE = {"zh": 260, "en": 238 * 6}
"""Characters that an adult reads silently in a minute: Brysbaert, Journal of Memory and Language
109 (2019), has 260 for Chinese and 238 English words, at six characters with the space."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that may lead somewhere; *link* is None where the address is unsafe."""

    text: str
    link: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A thumbnail as a `data:` address."""

    source: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Item:
    """A story as printed. *anchor* is its `id`; *link* is None when the address is unsafe.

    *clauses* are the title, cut where a line of it may be broken. *mark* says how it differs from
    the printing before.
    """

    anchor: str
    rank: int
    title: str
    clauses: tuple[tuple[str, ...], ...]
    link: str | None
    lang: str
    medium: str
    time: str
    moment: str
    reading: str
    mark: str
    goes_on: str
    earlier: tuple[Linked, ...]
    also: tuple[Linked, ...]
    summary: tuple[Span, ...]
    summary_lang: str
    proofs: tuple[Proof, ...]
    proven: str
    doubtful: bool
    keywords: tuple[str, ...]
    byline: str
    notes: tuple[str, ...]
    picture: Picture | None

    @property
    def held(self) -> str:
        """The title with word joiners, for paper, where a line would end within words."""
        return joined(self.clauses)

    @property
    def ragged(self) -> bool:
        """Whether the summary has a word, an address for one, too long for lines that end flush."""
        return bool(LONG_WORD.search("".join(span.text for span in self.summary)))


def make_item(story: Story, edition: Edition, frame: Frame, zone: ZoneInfo) -> Item:
    """*story* as *edition* prints it."""
    words, summary = frame.words, story.summary
    title = shown_title(story, frame)
    spans, proofs = marked(
        summary.text,
        summary.evidence,
        summary.findings,
        lambda text: frame.text(text, summary.language),
    )
    kind = next((change.kind for change in edition.changes if change.url == story.url), None)
    return Item(
        anchor=anchor_of(story.url),
        rank=story.rank,
        title=title,
        clauses=clauses(title),
        link=web_link(story.url),
        lang=language_tag(story.language, words.tag),
        medium=frame.text(plain(story.medium, LABEL_CHARS), story.language),
        time=shown_time(story.published, edition, frame, zone) if story.published else "",
        moment=story.published.astimezone(zone).isoformat() if story.published else "",
        reading=words.reading.format(minutes=_reading_minutes(story)),
        mark=words.marks.get(kind, "") if kind else "",
        goes_on=words.story_day.format(day=story.day) if story.earlier else "",
        earlier=tuple(_earlier(one, frame) for one in story.earlier),
        also=tuple(
            Linked(
                frame.text(
                    plain(one.medium, LABEL_CHARS) or plain(one.title, LABEL_CHARS), story.language
                )
                or words.untitled,
                web_link(one.url),
                words.reprint if one.same_text else "",
            )
            for one in story.also
        ),
        summary=spans,
        summary_lang=language_tag(summary.language, words.tag),
        proofs=proofs,
        proven=counted_claims((summary,), frame),
        doubtful=any(span.kind and not span.proof for span in spans),
        keywords=tuple(
            frame.text(plain(word, LABEL_CHARS), summary.language) for word in summary.keywords
        ),
        byline=_byline(summary, frame),
        notes=tuple(_notes(summary, frame)),
        picture=_picture(story.thumbnail),
    )


def shown_title(story: Story, frame: Frame) -> str:
    """The headline, or words for there being none."""
    title = frame.text(plain(story.title, TITLE_CHARS), story.language)
    return title or frame.words.untitled


def shown_time(moment: datetime, edition: Edition, frame: Frame, zone: ZoneInfo) -> str:
    """The hour on the edition's day, with the date on another, with the year in another year."""
    local = moment.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == edition.edition_date:
        return clock
    if local.year != edition.edition_date.year:
        return f"{local:%Y-%m-%d} {clock}"
    month = frame.words.months[local.month - 1]
    return frame.words.clock.format(month=month, day=local.day, time=clock)


def counted_claims(summaries: tuple[Summary, ...], frame: Frame) -> str:
    """How many figures, quotations and names were found in the articles; empty without any."""
    counts = {
        kind: sum(one.kind == kind for summary in summaries for one in summary.evidence)
        for kind in CLAIMS
    }
    said = [frame.words.claims[kind].format(count=count) for kind, count in counts.items() if count]
    return frame.words.comma.join(said)


def _reading_minutes(story: Story) -> int:
    """Minutes to read the article, rounded up, at least 1."""
    return max(1, math.ceil(story.article_chars / READ_A_MINUTE.get(story.language, 1500)))


def _earlier(one: Earlier, frame: Frame) -> Linked:
    words = frame.words
    day = words.short_date.format(
        month=words.months[one.edition_date.month - 1], day=one.edition_date.day
    )
    # The edition of that day lies beside this one's in the site.
    link = f"../{one.edition_date.isoformat()}/index.html#{anchor_of(one.url)}"
    return Linked(frame.write(plain(one.title, TITLE_CHARS)), link, day)


def _byline(summary: Summary, frame: Frame) -> str:
    words = frame.words
    form = words.selected if summary.way is Way.SELECTED else words.written
    if summary.ladder and summary.ladder[-1].name == "first sentences":
        form = words.unchosen
    return form.format(model=plain(summary.model, LABEL_CHARS))


def _notes(summary: Summary, frame: Frame) -> Iterator[str]:
    words = frame.words
    if summary.chars_read < summary.chars_total:
        yield words.partly_read.format(
            read=f"{summary.chars_read:,}", total=f"{summary.chars_total:,}"
        )
    if summary.parts > 1:
        yield words.in_parts.format(total=f"{summary.chars_total:,}", parts=summary.parts)
    if summary.repairs:
        repairs = (words.repairs.get(repair, repair) for repair in summary.repairs)
        yield words.repaired.format(
            repairs=words.semicolon.join(plain(repair, LABEL_CHARS) for repair in repairs)
        )
    # Faults never come this far: these are what the verifier could not tell.
    doubtful = [found.text for found in summary.findings if found.kind in CLAIMS and found.text]
    if doubtful:
        texts = words.semicolon.join(plain(text, LABEL_CHARS) for text in dict.fromkeys(doubtful))
        yield words.unverified.format(texts=frame.text(texts, summary.language))


def _picture(thumbnail: Thumbnail | None) -> Picture | None:
    if thumbnail is None or not thumbnail.data:
        return None
    data = base64.b64encode(thumbnail.data).decode("ascii")
    source = f"data:{thumbnail.media_type};base64,{data}"
    return Picture(source, thumbnail.width_px, thumbnail.height_px)
