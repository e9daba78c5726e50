"""A sentence of an overview against the summaries of the stories that it tells of. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from pressrun.models import Article, Evidence, Finding, FindingKind, Point, Story
from tasks.summaries.clean import clean_answer
from tasks.summaries.overview_form import LONGEST, Said
from tasks.verification.passages import Passages
from tasks.verification.topic import off_topic
from tasks.verify import verify

_REFERENCE = re.compile(r"\s*[\[［【]\d{1,3}(?:\s?[,，、]\s?\d{1,3})*[\]］】]")
"""The number of a story, as the model was given it; it has a place of its own in an answer."""


class Judged(NamedTuple):
    """What a model said, and the point that it is; none where it has *faults*."""

    said: Said
    point: Point | None
    faults: tuple[Finding, ...] = ()


def judge_all(
    said: Iterable[Said], stories: Sequence[Story], language: str, told: Iterable[str] = ()
) -> list[Judged]:
    """Each of *said* by the *stories*, of which number n is at n - 1.

    A sentence of which all stories, or the words, were *told* (addresses, texts) is at fault.
    """
    known, judged = set(told), []
    for one in said:
        found = _judge(one, stories, language, known)
        if found.point:
            known |= told_by(found.point)
        judged.append(found)
    return judged


def told_by(point: Point) -> set[str]:
    """What is told once *point* is printed: the addresses of its stories, and its text."""
    return {point.text, *point.urls}


def check_point(text: str, stories: Sequence[Story], language: str) -> tuple[Point, bool]:
    """*text* as a point that tells of *stories*, and whether it may be printed.

    That it has a summary's own words is no finding, and its evidence lies in the summaries.
    """
    texts = [unicodedata.normalize("NFC", story.summary.text) for story in stories]
    verdict = verify(
        _article(stories, "\n".join(texts), language),
        text,
        language=language,
        max_chars=LONGEST[language],
    )
    starts = list(accumulate((len(one) + 1 for one in texts), initial=0))
    point = Point(
        text=text,
        urls=tuple(story.url for story in stories),
        findings=tuple(one for one in verdict.findings if one.kind is not FindingKind.COPIED),
        evidence=tuple(_placed(one, starts) for one in verdict.evidence),
    )
    return point, not verdict.faults


def _judge(said: Said, stories: Sequence[Story], language: str, told: set[str]) -> Judged:
    text = clean_answer(_REFERENCE.sub("", said.text))
    named = [stories[number - 1] for number in said.numbers]
    # Small models name more stories than they tell of.
    about = [story for story in named if _tells_of(text, story, language)] or named
    if not about:
        return _faulty(said, FindingKind.TOPIC, "it names none of the stories")
    if text in told or told.issuperset(story.url for story in about):
        return _faulty(said, FindingKind.REPEATING, "it tells what is told already")
    point, sound = check_point(text, about, language)
    if sound:
        return Judged(said, point)
    return Judged(said, None, tuple(one for one in point.findings if not one.warning))


def _faulty(said: Said, kind: FindingKind, reason: str) -> Judged:
    return Judged(said, None, (Finding(kind=kind, reason=reason),))


def _tells_of(text: str, story: Story, language: str) -> bool:
    summary = story.summary
    if summary.language != language:
        return True  # nobody can tell by the words
    return not any(off_topic(text, Passages(unicodedata.normalize("NFC", summary.text)), language))


def _article(stories: Sequence[Story], text: str, language: str) -> Article:
    """The summaries of *stories* in the place of an article; in *language* if all of them are."""
    languages = {story.summary.language for story in stories} - {language}
    first = stories[0]
    return Article(
        url=first.url,
        title=first.title,
        text=text,
        language=min(languages, default=language),
        extractor=first.extractor,
        page_sha256=first.page_sha256,
    )


def _placed(found: Evidence, starts: Sequence[int]) -> Evidence:
    """*found* with its sentence's place in the one summary that has it."""
    begin = max(start for start in starts if start <= found.sentence_start)
    return found.model_copy(update={"sentence_start": found.sentence_start - begin})
