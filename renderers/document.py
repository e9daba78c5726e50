"""What every renderer prints: an edition as plain words in reading order. Pure.

Nothing here is markup. Every string is inert (renderers.inert), every moment is in the paper's
time zone, every fixed word is in the frame's language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pressrun.errors import RenderError
from pressrun.models import DROPPED, ChangeKind, Edition, Overview, Way
from pressrun.reading import anchor_of, leading, sections_of
from renderers.charts import Chart, charts, one_each, section_title
from renderers.claims import Span, marked
from renderers.colophon import NOTES_SHOWN, Gap, Row, colophon, make_gap
from renderers.frames import Frame, frame_for
from renderers.inert import language_tag, plain
from renderers.items import LABEL_CHARS, Item, make_item, shown_time, shown_title
from renderers.words import Words


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence of the overview, and the first printed story that it tells of, if there is one."""

    spans: tuple[Span, ...]
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The day in brief."""

    points: tuple[Point, ...]
    lang: str
    byline: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading, which may be empty, and its stories."""

    anchor: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An edition in reading order: front, lead, sections, gaps, colophon.

    *changes* is how it differs from the printing before, in a line; empty where it does not.
    *theme* is how it wants to be drawn.
    """

    words: Words
    lang: str
    title: str
    day: str
    lunar: str
    iso_day: str
    counts: str
    stamps: tuple[str, ...]
    changes: str
    brief: Brief | None
    lead: Item | None
    parts: tuple[Part, ...]
    charts: tuple[Chart, ...]
    gaps: tuple[Gap, ...]
    colophon: tuple[Row, ...]
    printed_at: str
    generator: str
    theme: str

    @property
    def heading(self) -> str:
        """The title of the page and of the PDF: paper and day."""
        return f"{self.title} · {self.day}".replace("\u3000", " ")

    @property
    def items(self) -> tuple[Item, ...]:
        """All stories in reading order."""
        lead = (self.lead,) if self.lead else ()
        return (*lead, *(item for part in self.parts for item in part.items))


def make_document(edition: Edition) -> Document:
    """The document of *edition*.

    Raises:
        RenderError: its time zone is not known here.
    """
    frame = frame_for(edition.language, edition.style)
    words, zone = frame.words, _zone(edition)
    lead = leading(edition)
    return Document(
        words=words,
        lang=words.tag,
        title=frame.text(plain(edition.title, LABEL_CHARS), edition.language) or edition.paper,
        day=words.day(edition.edition_date),
        lunar=frame.lunar(edition.edition_date),
        iso_day=edition.edition_date.isoformat(),
        counts=_counts(edition, words),
        stamps=tuple(_stamps(edition, words, zone)),
        changes=_changes(edition, frame, zone),
        brief=_brief(edition.overview, edition, frame) if edition.overview else None,
        lead=make_item(lead, edition, frame, zone) if lead else None,
        parts=tuple(_parts(edition, frame, zone)),
        charts=tuple(charts(edition, frame)),
        gaps=tuple(make_gap(one, frame) for one in edition.failures if one.kind != DROPPED),
        colophon=(*one_each(edition, frame), *colophon(edition, frame, zone)),
        printed_at=edition.printed_at.isoformat(timespec="seconds"),
        generator=plain(f"Pressrun {edition.pressrun_version}", LABEL_CHARS),
        theme=edition.style.theme,
    )


def _zone(edition: Edition) -> ZoneInfo:
    try:
        return ZoneInfo(edition.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise RenderError(
            f"{edition.paper} {edition.edition_date}: time zone {edition.time_zone!r} is not known;"
            " install tzdata, or correct the paper's time_zone"
        ) from exc


def _parts(edition: Edition, frame: Frame, zone: ZoneInfo) -> Iterator[Part]:
    sections = sections_of(edition)
    for number, (category, stories) in enumerate(sections, 1):
        yield Part(
            anchor=f"part-{number}",
            title=section_title(category, frame) if len(sections) > 1 else "",
            items=tuple(make_item(story, edition, frame, zone) for story in stories),
        )


def _brief(overview: Overview, edition: Edition, frame: Frame) -> Brief:
    words, written = frame.words, overview.way is Way.WRITTEN
    form = words.overview_written if written else words.overview_selected
    stories = {story.url: story for story in edition.stories}
    points = []
    for point in overview.points:
        spans, _ = marked(
            point.text,
            point.evidence,
            point.findings,
            lambda text: frame.text(text, overview.language),
        )
        told = next((stories[url] for url in point.urls if url in stories), None)
        anchor = anchor_of(told.url) if told else ""
        points.append(Point(spans, anchor, shown_title(told, frame) if told else ""))
    return Brief(
        points=tuple(points),
        lang=language_tag(overview.language, words.tag),
        byline=form.format(model=plain(overview.model, LABEL_CHARS)),
    )


def _counts(edition: Edition, words: Words) -> str:
    if not edition.listed and not edition.stories:
        return words.nothing_listed
    stories, listed = edition.counted
    form = words.counts_all if stories == listed else words.counts
    return form.format(stories=stories, listed=listed)


def _stamps(edition: Edition, words: Words, zone: ZoneInfo) -> Iterator[str]:
    if edition.as_of:
        yield words.as_of.format(time=f"{edition.as_of.astimezone(zone):%H:%M}")
    if edition.revision > 1:
        yield words.revision.format(number=edition.revision)


def _changes(edition: Edition, frame: Frame, zone: ZoneInfo) -> str:
    words = frame.words
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
        time=shown_time(edition.printed_at, edition, frame, zone),
        changes=words.semicolon.join(said),
    )
