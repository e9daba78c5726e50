"""An overview without a model: the first sentences of the summaries of the top stories. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from pressrun.models import Edition, Evidence, Finding, Overview, Point, Story, Way
from pressrun.reading import prominence
from tasks.summaries.overview_form import FEWEST, LONGEST, MOST
from tasks.summaries.sentences import Sentence, fit_clause, split_sentences

Placed = TypeVar("Placed", Finding, Evidence)


def selected_overview(edition: Edition, prompt_sha256: str) -> Overview | None:
    """The first sentences of the summaries of *edition*'s top stories; None when it has too few.

    In the paper's language, or in that which most summaries have where too few have it. A sentence
    that is too long is cut at a comma, with "…"; where it cannot be, the next story is taken.
    """
    language = _language(edition)
    points: dict[str, Point] = {}
    for story in sorted(edition.stories, key=prominence):
        point = _point(story) if story.summary.language == language else None
        if point and len(points) < MOST:
            points.setdefault(point.text, point)
    if len(points) < FEWEST:
        return None
    return Overview(
        points=tuple(points.values()),
        language=language,
        way=Way.SELECTED,
        engine=edition.model.engine,
        model=edition.model.model,
        prompt_sha256=prompt_sha256,
    )


def left_of(overview: Overview | None, edition: Edition) -> Overview | None:
    """What *overview* comes to in *edition*, which may lack stories that it tells of.

    Written sentences that tell of others only stay, where enough are left.
    """
    if overview is None:
        return None
    there = {story.url for story in edition.stories}
    points = tuple(point for point in overview.points if there.issuperset(point.urls))
    if len(points) == len(overview.points):
        return overview
    if overview.way is Way.WRITTEN and len(points) >= FEWEST:
        return overview.model_copy(update={"points": points})
    return selected_overview(edition, overview.prompt_sha256)


def _language(edition: Edition) -> str:
    counts = Counter(story.summary.language for story in edition.stories)
    if counts[edition.language] >= FEWEST or not counts:
        return edition.language
    return counts.most_common(1)[0][0]


def _point(story: Story) -> Point | None:
    """The first sentence of *story*'s summary, with what was found of it."""
    summary = story.summary
    first = next(iter(split_sentences(summary.text)), None)
    if first is None:
        return None
    longest = LONGEST.get(summary.language, LONGEST["en"])
    cut = len(first.text) > longest
    text = fit_clause(first.text, longest) if cut else first.text
    if not text:
        return None
    kept = Sentence(first.start, first.start + len(text) - cut, text)
    here = {"sentence": first.text, "sentence_start": first.start}
    return Point(
        text=text,
        urls=(story.url,),
        findings=tuple(_within(kept, (one for one in summary.findings if one.text))),
        evidence=tuple(one.model_copy(update=here) for one in _within(kept, summary.evidence)),
    )


def _within(kept: Sentence, found: Iterable[Placed]) -> Iterator[Placed]:
    """What of *found*, of the summary, lies in what is *kept* of it, and where."""
    for one in found:
        if kept.start <= one.start and one.start + len(one.text) <= kept.end:
            yield one.model_copy(update={"start": one.start - kept.start})
