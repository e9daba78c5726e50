"""An edition as readers may see it: the manifest, with what is the operator's own left blank. Pure.

The fields and their meanings are those of the manifest (docs/edition.schema.json). Blank are

    style.theme              where it is a folder of the operator's
    listing.url              but for its server: path and query may have a key in them
    listing.notes[].reason   the error's words, with addresses; `kind` stays
    stories[].summary.host, .ladder[].findings, .findings[].reason
                             which machine answered; drafts that were not printed; words for an
                             operator. What is wrong with the text, and where, stays
    overview.points[].findings[].reason
                             likewise
    failures[].reason        but for those that are written for readers: what was taken back, what
                             the paper's interests left out, what is the text of another story
    failures[].url, changes[].url
                             of what was taken back: it leads nowhere in the page, either
    render_failures[]        but for the renderer's name

Who else tells a story, the days it carries on from, its picture's measures and whether the paper's
interests raised or lowered it stay: the page shows them, or the order of its stories does.

An `edition.json` drawn with an edition comes before its other files: `renditions`, `missing_glyphs`
and `render_failures` are empty in it. What is sent to a webhook has them.
"""

import re
from urllib.parse import urlsplit, urlunsplit

from pressrun.models import (
    DROPPED,
    DUPLICATE,
    RETRACTED,
    Change,
    ChangeKind,
    Edition,
    Failure,
    Finding,
    ListRecord,
    Overview,
    Story,
    Summary,
)

FOR_READERS = (DUPLICATE, DROPPED, RETRACTED)
"""Kinds of failures whose reasons are."""

_THEME_NAME = re.compile(r"[a-z0-9-]*")


def public(edition: Edition) -> Edition:
    """*edition* as readers may see it."""
    named = _THEME_NAME.fullmatch(edition.style.theme)
    update = {
        "style": edition.style if named else edition.style.model_copy(update={"theme": ""}),
        "changes": tuple(map(_change, edition.changes)),
        "listing": _listing(edition.listing),
        "overview": _overview(edition.overview) if edition.overview else None,
        "stories": tuple(map(_story, edition.stories)),
        "failures": tuple(map(_failure, edition.failures)),
        "render_failures": tuple(one.partition(":")[0] for one in edition.render_failures),
    }
    return edition.model_copy(update=update)


def public_json(edition: Edition) -> bytes:
    """*edition* as readers may see it, as JSON in UTF-8 that keeps to the manifest's schema."""
    return public(edition).model_dump_json(indent=2).encode() + b"\n"


def _listing(listing: ListRecord) -> ListRecord:
    notes = (note.model_copy(update={"reason": ""}) for note in listing.notes)
    return listing.model_copy(update={"url": _server(listing.url), "notes": tuple(notes)})


def _server(url: str) -> str:
    """Scheme and host of *url*; empty where it has none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, "/", "", "")) if host else ""


def _overview(overview: Overview) -> Overview:
    points = (
        point.model_copy(update={"findings": _findings(point.findings)})
        for point in overview.points
    )
    return overview.model_copy(update={"points": tuple(points)})


def _story(story: Story) -> Story:
    return story.model_copy(update={"summary": _summary(story.summary)})


def _summary(summary: Summary) -> Summary:
    update = {
        "host": "",
        "ladder": tuple(rung.model_copy(update={"findings": ()}) for rung in summary.ladder),
        "findings": _findings(summary.findings),
    }
    return summary.model_copy(update=update)


def _findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding.model_copy(update={"reason": ""}) for finding in findings)


def _failure(failure: Failure) -> Failure:
    update: dict[str, str] = {}
    if failure.kind not in FOR_READERS:
        update["reason"] = ""
    if failure.kind == RETRACTED:
        update["url"] = ""
    return failure.model_copy(update=update)


def _change(change: Change) -> Change:
    return change.model_copy(update={"url": ""}) if change.kind is ChangeKind.RETRACTED else change
