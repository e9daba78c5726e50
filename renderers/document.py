"""What the three renderers print: an edition as plain words in reading order. Pure.

Nothing here is markup. Every string is inert (renderers.inert), every moment is in the paper's
time zone, every fixed word is in the frame's language.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from unicodedata import east_asian_width
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pressrun.errors import RenderError
from pressrun.models import (
    DUPLICATE,
    RETRACTED,
    ChangeKind,
    Edition,
    Failure,
    FindingKind,
    ListNote,
    ModelIdentity,
    Story,
    Summary,
    Way,
)
from renderers.inert import language_tag, plain, web_link
from renderers.words import Words, words_for

TITLE_CHARS = 500
TEXT_CHARS = 4000
LABEL_CHARS = 80
REASON_CHARS = 300
NOTES_SHOWN = 12
CLAIMS = (FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME)
PHRASE_WIDTH = 14
"""Ideographs that a line of a headline holds on the narrowest phone, 320 px."""

RANK_WIDTH = 2
"""The place that the rank takes of the first line, in ideographs."""

ROW = re.compile(r"^row \d+: ")
"""Which row a reason is of: of interest in the manifest, not to a reader."""

PHRASE_END = re.compile(r"\s+|(?<=[，。！？：；、…”’》）】」])|(?=[“‘《（【「])")


@dataclass(frozen=True, slots=True)
class Item:
    """A story as printed. *anchor* is its `id`; *link* is None when the address is unsafe.

    *phrased*: a line holds each phrase of the title, from one space or sign to the next, so that
    a Chinese headline need not be broken within a word. *mark* says how it differs from the
    printing before.
    """

    anchor: str
    rank: int
    title: str
    phrased: bool
    link: str | None
    lang: str
    medium: str
    time: str
    moment: str
    mark: str
    summary: str
    summary_lang: str
    keywords: tuple[str, ...]
    byline: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A listed headline that is not printed, and why: in words, and as the error said it.

    What was taken back has no link, and the reason that was given to readers.
    """

    rank: int
    title: str
    link: str | None
    why: str
    reason: str
    reason_lang: str


@dataclass(frozen=True, slots=True)
class Document:
    """An edition in reading order: front, stories, gaps, colophon.

    *changes* is how it differs from the printing before, in a line; empty where it does not.
    """

    words: Words
    lang: str
    title: str
    day: str
    iso_day: str
    counts: str
    stamps: tuple[str, ...]
    changes: str
    items: tuple[Item, ...]
    gaps: tuple[Gap, ...]
    colophon: tuple[tuple[str, tuple[str, ...]], ...]
    printed_at: str
    generator: str

    @property
    def heading(self) -> str:
        """The title of the page and of the PDF: paper and day."""
        return f"{self.title} · {self.day}".replace("\u3000", " ")


def make_document(edition: Edition) -> Document:
    """The document of *edition*.

    Raises:
        RenderError: its time zone is not known here.
    """
    words = words_for(edition.language)
    try:
        zone = ZoneInfo(edition.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise RenderError(
            f"{edition.paper} {edition.edition_date}: time zone {edition.time_zone!r} is not known;"
            " install tzdata, or correct the paper's time_zone"
        ) from exc
    return Document(
        words=words,
        lang=words.tag,
        title=plain(edition.title, LABEL_CHARS) or edition.paper,
        day=words.day(edition.edition_date),
        iso_day=edition.edition_date.isoformat(),
        counts=_counts(edition, words),
        stamps=tuple(_stamps(edition, words, zone)),
        changes=_changes(edition, words, zone),
        items=tuple(
            _item(position, story, edition, words, zone)
            for position, story in enumerate(edition.stories, 1)
        ),
        gaps=tuple(_gap(failure, words) for failure in edition.failures),
        colophon=tuple(_colophon(edition, words, zone)),
        printed_at=edition.printed_at.isoformat(timespec="seconds"),
        generator=plain(f"Pressrun {edition.pressrun_version}", LABEL_CHARS),
    )


def _counts(edition: Edition, words: Words) -> str:
    if not edition.listed and not edition.stories:
        return words.nothing_listed
    form = words.counts_all if len(edition.stories) == edition.listed else words.counts
    return form.format(stories=len(edition.stories), listed=edition.listed)


def _stamps(edition: Edition, words: Words, zone: ZoneInfo) -> Iterator[str]:
    if edition.as_of:
        yield words.as_of.format(time=f"{edition.as_of.astimezone(zone):%H:%M}")
    if edition.revision > 1:
        yield words.revision.format(number=edition.revision)


def _changes(edition: Edition, words: Words, zone: ZoneInfo) -> str:
    ranks: dict[ChangeKind, list[str]] = {}
    for change in edition.changes:
        ranks.setdefault(change.kind, []).append(str(change.rank))
    said = [
        form.format(count=len(ranks[kind]))
        + (
            words.ranks.format(ranks=words.comma.join(ranks[kind]))
            if len(ranks[kind]) <= NOTES_SHOWN
            else ""
        )
        for kind, form in words.changes.items()
        if kind in ranks
    ]
    if not said:
        return ""
    return words.changed.format(
        number=edition.revision,
        time=_time(edition.printed_at, edition, words, zone),
        changes=words.semicolon.join(said),
    )


def _mark(story: Story, edition: Edition, words: Words) -> str:
    kind = next((change.kind for change in edition.changes if change.url == story.url), None)
    return words.marks.get(kind, "") if kind else ""


def _item(position: int, story: Story, edition: Edition, words: Words, zone: ZoneInfo) -> Item:
    title = plain(story.title, TITLE_CHARS) or words.untitled
    return Item(
        anchor=f"story-{position}",
        rank=story.rank,
        title=title,
        phrased=_is_phrased(title),
        link=web_link(story.url),
        lang=language_tag(story.language, words.tag),
        medium=plain(story.medium, LABEL_CHARS),
        time=_time(story.published, edition, words, zone) if story.published else "",
        moment=story.published.astimezone(zone).isoformat() if story.published else "",
        mark=_mark(story, edition, words),
        summary=plain(story.summary.text, TEXT_CHARS),
        summary_lang=language_tag(story.summary.language, words.tag),
        keywords=tuple(plain(word, LABEL_CHARS) for word in story.summary.keywords),
        byline=_byline(story.summary, words),
        notes=tuple(_notes(story.summary, words)),
    )


def _is_phrased(title: str) -> bool:
    widths = [sum(map(_width, phrase)) for phrase in PHRASE_END.split(title)]
    return widths[0] <= PHRASE_WIDTH - RANK_WIDTH and max(widths) <= PHRASE_WIDTH


def _width(char: str) -> float:
    """About the width of *char* in ideographs."""
    return 1.0 if east_asian_width(char) in "AWF" else 0.6


def _time(moment: datetime, edition: Edition, words: Words, zone: ZoneInfo) -> str:
    """The hour on the edition's day, with the date on another, with the year in another year."""
    local = moment.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == edition.edition_date:
        return clock
    if local.year != edition.edition_date.year:
        return f"{local:%Y-%m-%d} {clock}"
    return words.clock.format(month=words.months[local.month - 1], day=local.day, time=clock)


def _byline(summary: Summary, words: Words) -> str:
    form = words.selected if summary.way is Way.SELECTED else words.written
    if summary.ladder and summary.ladder[-1].name == "first sentences":
        form = words.unchosen
    return form.format(model=plain(summary.model, LABEL_CHARS))


def _notes(summary: Summary, words: Words) -> Iterator[str]:
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
        yield words.unverified.format(texts=texts)


def _gap(failure: Failure, words: Words) -> Gap:
    kind = words.kinds.get(failure.kind, "")
    # The link says which page; and the remedy, behind the semicolon, is the operator's.
    reason = failure.reason.removeprefix(f"{failure.url}: ").partition("; ")[0]
    retracted = failure.kind == RETRACTED
    if retracted:  # an editor's words for readers, if there are any
        reason = failure.reason if failure.reason != RETRACTED else ""
    step = "" if failure.kind in (DUPLICATE, RETRACTED) else words.steps[failure.step]
    return Gap(
        rank=failure.rank,
        title=plain(failure.title, TITLE_CHARS) or words.untitled,
        link=None if retracted else web_link(failure.url),
        why=words.joint.join(filter(None, (step, kind))),
        reason=plain(reason, REASON_CHARS),
        reason_lang=words.tag if retracted else "en",
    )


def _colophon(
    edition: Edition, words: Words, zone: ZoneInfo
) -> Iterator[tuple[str, tuple[str, ...]]]:
    listing = edition.listing
    yield words.model, tuple(_model(edition.model))
    host = (urlsplit(web_link(listing.url) or "").hostname) or ""
    facts = (
        listing.source,
        host,
        words.categories.get(listing.category, listing.category),
        words.rankings.get(listing.ranking, listing.ranking),
    )
    yield words.source, (" · ".join(plain(fact, LABEL_CHARS) for fact in facts if fact),)
    if listing.skipped:
        reasons = Counter(_skip(reason, words) for reason in listing.skipped)
        lines = [
            f"{reason} × {count}" if count > 1 else reason
            for reason, count in reasons.most_common(NOTES_SHOWN)
        ]
        count = len(listing.skipped)
        yield words.skipped, (words.skipped_rows.format(count=count), *lines)
    if listing.notes:
        yield words.notes, tuple(_not_from(listing.notes, words))
    printed = words.printed_by.format(
        moment=f"{edition.printed_at.astimezone(zone):%Y-%m-%d %H:%M}",
        zone=edition.time_zone,
        version=plain(edition.pressrun_version, LABEL_CHARS),
        revision=edition.revision,
    )
    yield words.printed, (printed,)


def _skip(reason: str, words: Words) -> str:
    """Why a row was passed over, whichever row it was."""
    said = plain(ROW.sub("", reason), REASON_CHARS)
    return words.skips.get(said, said)


def _not_from(notes: tuple[ListNote, ...], words: Words) -> Iterator[str]:
    """Which sources had no list: in words, and as the error said it."""
    for note in notes[:NOTES_SHOWN]:
        kind = words.kinds.get(note.kind, "")
        said = words.not_from.format(source=plain(note.source, LABEL_CHARS))
        yield said + (words.joint + kind if kind else "")
        yield plain(note.reason, REASON_CHARS)
    if len(notes) > NOTES_SHOWN:
        yield "…"


def _model(model: ModelIdentity) -> Iterator[str]:
    digest = model.digest.removeprefix("sha256:")[:12]
    name = " · ".join(
        plain(fact, LABEL_CHARS) for fact in (model.model, model.engine, digest) if fact
    )
    yield name
    if model.note:
        yield plain(model.note, REASON_CHARS)
