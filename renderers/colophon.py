"""How an edition was made, and what is missing from it. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pressrun.models import (
    DROPPED,
    DUPLICATE,
    RETRACTED,
    Edition,
    Failure,
    ListNote,
    ModelIdentity,
)
from pressrun.public import FOR_READERS
from renderers.frames import Frame
from renderers.inert import plain, web_link
from renderers.items import LABEL_CHARS, TITLE_CHARS, counted_claims

REASON_CHARS = 300
NOTES_SHOWN = 12

ROW = re.compile(r"^row \d+: ")
"""Which row a reason is of: of interest in the manifest, not to a reader."""

Row = tuple[str, tuple[str, ...]]
"""A label, and the lines beside it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A listed headline that is not printed, and why: in words, and by a reason for readers.

    What was taken back has no link.
    """

    rank: int
    title: str
    link: str | None
    why: str
    reason: str
    reason_lang: str


def make_gap(failure: Failure, frame: Frame) -> Gap:
    """What readers are told of *failure*."""
    words = frame.words
    kind = words.kinds.get(failure.kind, "")
    retracted = failure.kind == RETRACTED
    reason = failure.reason.removeprefix(f"{failure.url}: ")  # the link says which page
    if reason == RETRACTED or failure.kind not in FOR_READERS:
        reason = ""  # none was given; an error's own has hosts and addresses
    step = "" if failure.kind in (DUPLICATE, RETRACTED) else words.steps[failure.step]
    return Gap(
        rank=failure.rank,
        title=frame.write(plain(failure.title, TITLE_CHARS)) or words.untitled,
        link=None if retracted else web_link(failure.url),
        why=words.joint.join(filter(None, (step, kind))),
        reason=plain(reason, REASON_CHARS),
        reason_lang=words.tag if retracted else "en",
    )


def colophon(edition: Edition, frame: Frame, zone: ZoneInfo) -> Iterator[Row]:
    """What is told of the making, row by row."""
    words, listing = frame.words, edition.listing
    yield words.model, tuple(_model(edition.model))
    host = (urlsplit(web_link(listing.url) or "").hostname) or ""
    facts = (
        listing.source,
        host,
        words.categories.get(listing.category, listing.category),
        words.rankings.get(listing.ranking, listing.ranking),
    )
    yield words.source, (" · ".join(plain(fact, LABEL_CHARS) for fact in facts if fact),)
    claims = counted_claims(tuple(story.summary for story in edition.stories), frame)
    if claims:
        yield words.checked, (words.checked_all.format(claims=claims),)
    dropped = [failure for failure in edition.failures if failure.kind == DROPPED]
    if dropped:
        yield words.interests, tuple(_dropped(dropped, frame))
    if listing.skipped:
        reasons = Counter(_skip(reason, frame) for reason in listing.skipped)
        lines = [
            f"{reason} × {count}" if count > 1 else reason
            for reason, count in reasons.most_common(NOTES_SHOWN)
        ]
        count = len(listing.skipped)
        yield words.skipped, (words.skipped_rows.format(count=count), *lines)
    if listing.notes:
        yield words.notes, tuple(_not_from(listing.notes, frame))
    if edition.render_failures:
        names = words.comma.join(
            plain(one.partition(":")[0], LABEL_CHARS) for one in edition.render_failures
        )
        yield words.notes, (words.no_file.format(files=names),)
    yield words.printed, tuple(_printed(edition, frame, zone))


def _printed(edition: Edition, frame: Frame, zone: ZoneInfo) -> Iterator[str]:
    words = frame.words
    yield words.printed_by.format(
        moment=f"{edition.printed_at.astimezone(zone):%Y-%m-%d %H:%M}",
        zone=edition.time_zone,
        version=plain(edition.pressrun_version, LABEL_CHARS),
        revision=edition.revision,
    )
    if edition.took_s is not None:
        yield words.took.format(duration=_duration(edition.took_s, frame))
    if words.converted:
        yield words.converted


def _duration(seconds: float, frame: Frame) -> str:
    minutes, rest = divmod(round(seconds), 60)
    form = frame.words.minutes if minutes else frame.words.seconds
    return form.format(minutes=minutes, seconds=rest)


def _dropped(dropped: list[Failure], frame: Frame) -> Iterator[str]:
    yield frame.words.dropped.format(count=len(dropped))
    for failure in dropped[:NOTES_SHOWN]:
        title = frame.write(plain(failure.title, LABEL_CHARS))
        yield f"{title}{frame.words.joint}{plain(failure.reason, REASON_CHARS)}"
    if len(dropped) > NOTES_SHOWN:
        yield "…"


def _skip(reason: str, frame: Frame) -> str:
    """Why a row was passed over, whichever row it was."""
    said = plain(ROW.sub("", reason), REASON_CHARS)
    return frame.words.skips.get(said, said)


def _not_from(notes: tuple[ListNote, ...], frame: Frame) -> Iterator[str]:
    """Which sources had no list, and why: in words, for the error's own may have an address."""
    words = frame.words
    for note in notes[:NOTES_SHOWN]:
        kind = words.kinds.get(note.kind, "")
        said = words.not_from.format(source=plain(note.source, LABEL_CHARS))
        yield said + (words.joint + kind if kind else "")
    if len(notes) > NOTES_SHOWN:
        yield "…"


def _model(model: ModelIdentity) -> Iterator[str]:
    digest = model.digest.removeprefix("sha256:")[:12]
    yield " · ".join(
        plain(fact, LABEL_CHARS) for fact in (model.model, model.engine, digest) if fact
    )
    if model.note:
        yield plain(model.note, REASON_CHARS)
