"""Summaries and failures -> the edition (pure)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from pressrun import __version__
from pressrun.archive.retractions import Retraction
from pressrun.errors import (
    ExtractionError,
    PressrunError,
    RenderError,
    WorkerDied,
)
from pressrun.models import (
    DUPLICATE,
    RETRACTED,
    Article,
    Calibration,
    Edition,
    Failure,
    Headline,
    Plan,
    Rendition,
    Step,
    Story,
    Summary,
    Telling,
)
from tasks.compare import compare
from tasks.extraction.tidy import key
from tasks.same_story import Sketch
from tasks.tellings import covering, left_alone, parted, told_once

_LONG_LINE = 20


def make_story(headline: Headline, article: Article, summary: Summary) -> Story:
    """The story of *headline*. The list's title, medium and time come first, then the page's."""
    return Story(
        rank=headline.rank,
        title=headline.title or article.title,
        url=headline.url,
        medium=headline.medium or article.medium,
        published=headline.published or article.published,
        category=summary.category or headline.category,
        language=article.language,
        summary=summary,
        article_chars=len(article.text),
        text_sha256=text_sha256(article.text),
        page_sha256=article.page_sha256,
        extractor=article.extractor,
    )


def text_sha256(text: str) -> str | None:
    """A hash that *text* shares with its reprints, or None when it is all of short lines.

    It is of the letters, digits and ideographs of lines that have at least 20 of them: what else
    an extractor took along, such as "1800跟贴", differs from page to page.
    """
    words = "".join(found for line in text.split("\n") if len(found := key(line)) >= _LONG_LINE)
    return hashlib.sha256(words.encode()).hexdigest() if words else None


def make_failure(headline: Headline | Failure | Telling, step: Step, exc: Exception) -> Failure:
    """What an edition says of *headline* when *step* failed with *exc* in the end.

    An extraction's error names its own step; workers do nothing else for an article.
    An error outside our tree is a fault of Pressrun's: it is tried again by the next run.
    """
    ours = isinstance(exc, PressrunError)
    return Failure(
        rank=headline.rank,
        title=headline.title,
        url=headline.url,
        step=Step.EXTRACT if isinstance(exc, ExtractionError | WorkerDied) else step,
        kind=type(exc).__name__,
        reason=str(exc) if ours else f"unexpected: {type(exc).__name__}: {exc}",
        transient=exc.transient if isinstance(exc, PressrunError) else True,
    )


def assemble(
    plan: Plan,
    revision: int,
    outcomes: Sequence[Story | Failure],
    printed_at: datetime,
    calibrations: tuple[Calibration, ...] = (),
    retractions: Sequence[Retraction] = (),
    sketches: Mapping[str, Sketch] = {},
) -> Edition:
    """The edition of *plan*, its stories and failures in the order of the list.

    Of headlines that tell one story the first is printed, with the others beside it: those with
    the same text, and those whose articles are alike by *sketches*, which has them by address.
    What was taken back (*retractions*, those in force) stays out.
    """
    outcomes = withhold(outcomes, retractions)
    stories = told_once([one for one in outcomes if isinstance(one, Story)], sketches)
    failures = [one for one in outcomes if isinstance(one, Failure)]
    return Edition(
        pressrun_version=__version__,
        paper=plan.paper,
        title=plan.title,
        edition_date=plan.edition_date,
        time_zone=plan.time_zone,
        language=plan.language,
        revision=revision,
        printed_at=printed_at,
        as_of=plan.as_of,
        listing=plan.listing,
        model=plan.model,
        calibrations=calibrations,
        content_sha256=plan.content_sha256,
        listed=len(plan.headlines),
        stories=tuple(stories),
        failures=tuple(sorted(failures, key=lambda failure: failure.rank)),
    )


def withhold(
    outcomes: Sequence[Story | Failure], retractions: Sequence[Retraction]
) -> list[Story | Failure]:
    """*outcomes* with a failure, "Retracted", for each that one of *retractions* covers.

    And for the copies of such a story: a link to one would lead to what was taken back.
    """
    covered: dict[str, Retraction] = {}
    for one in outcomes:
        if isinstance(one, Story):
            found = covering(one, retractions)
        else:
            found = next((r for r in retractions if r.covers(one.url)), None)
        if found:
            covered[one.url] = found
    gone = [one for one in outcomes if isinstance(one, Story) and one.url in covered]
    for one in outcomes:
        if original := next((story for story in gone if is_copy(one, story)), None):
            covered.setdefault(one.url, covered[original.url])
    kept: list[Story | Failure] = []
    for one in outcomes:
        if retraction := covered.get(one.url):
            kept.append(make_retracted(one, retraction))
            beside = one.also if isinstance(one, Story) else ()
            kept += [_without_story(telling, retraction, retractions) for telling in beside]
        elif isinstance(one, Story):
            story, out = parted(one, retractions)
            kept += [story, *(make_retracted(telling, why) for telling, why in out)]
        else:
            kept.append(one)
    return kept


def _without_story(
    telling: Telling, retraction: Retraction, retractions: Sequence[Retraction]
) -> Failure:
    """What becomes of *telling* when *retraction* took back the story that it stood beside."""
    own = next((one for one in retractions if one.covers(telling.url)), None)
    if own or telling.same_text:
        return make_retracted(telling, own or retraction)
    return make_failure(telling, Step.ASSEMBLE, left_alone(telling))


def is_copy(one: Story | Failure, story: Story) -> bool:
    """Whether *one* has the text of *story*, or stands in an edition as its duplicate."""
    if isinstance(one, Failure):
        return one == _duplicate(one, story)
    return one.text_sha256 is not None and one.text_sha256 == story.text_sha256


def make_retracted(one: Headline | Story | Failure | Telling, retraction: Retraction) -> Failure:
    """What an edition says of *one* in its place. Without a reason for readers, just that."""
    return Failure(
        rank=one.rank,
        title=one.title,
        url=one.url,
        step=Step.ASSEMBLE,
        kind=RETRACTED,
        reason=retraction.reason or RETRACTED,
    )


def redrawn(edition: Edition, revision: int, printed_at: datetime) -> Edition:
    """*edition* as *revision*, whose files are still to be drawn.

    What it told of the printing before it, it tells again: its readers may have missed it.
    """
    update = {
        "pressrun_version": __version__,
        "revision": revision,
        "printed_at": printed_at,
        "renditions": (),
        "missing_glyphs": (),
        "render_failures": (),
    }
    return edition.model_copy(update=update)


def following(edition: Edition, before: Edition | None) -> Edition:
    """*edition*, and how it differs from the printing *before* it, if there is one."""
    if before is None:
        return edition
    update = {"follows": before.revision, "changes": compare(before, edition)}
    return edition.model_copy(update=update)


def _duplicate(one: Failure, first: Story) -> Failure:
    """What manifests said of a second copy of a text before stories named who else tells them."""
    return Failure(
        rank=one.rank,
        title=one.title,
        url=one.url,
        step=Step.ASSEMBLE,
        kind=DUPLICATE,
        reason=f"{one.url}: the same text as number {first.rank}, {first.url}",
    )


def add_renditions(
    edition: Edition, made: Sequence[tuple[str, tuple[Rendition, ...] | Exception]]
) -> tuple[Edition, tuple[Rendition, ...]]:
    """The edition with what its renderers could not do; the files they made.

    *made* has each renderer's name and its files or its error, in order.

    Raises:
        RenderError: no renderer made anything.
    """
    files: list[Rendition] = []
    failures: list[str] = []
    for name, outcome in made:
        if isinstance(outcome, Exception):
            failures.append(f"{name}: {outcome}")
            continue
        files += [rendition.model_copy(update={"format": name}) for rendition in outcome]
    if not files:
        raise RenderError(f"no rendition could be made: {'; '.join(failures)}")
    missing = {glyph for rendition in files for glyph in rendition.missing_glyphs}
    update = {"render_failures": tuple(failures), "missing_glyphs": tuple(sorted(missing))}
    return edition.model_copy(update=update), tuple(files)
