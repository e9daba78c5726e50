"""The written overview: the model tells the day in sentences, each verified against summaries.

It is told what is wrong with those that fail, once, and writes others in their place.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pressrun.errors import BadAnswer, PromptTooLong
from pressrun.models import Finding, FindingKind, Point, Prompt, Story, Turn
from pressrun.reading import prominence
from tasks.summaries.budget import estimate_tokens, shorten
from tasks.summaries.overview_check import Judged, judge_all, told_by
from tasks.summaries.overview_form import (
    FEWEST,
    LONGEST,
    MOST,
    TARGET,
    overview_schema,
    read_overview,
)
from tasks.summaries.talk import Talk
from tasks.summaries.wording import Wording, harmless, one_line

MOST_TOLD = 50
"""Summaries that the model reads; of the other stories it reads the headlines."""

_TRIES = 3
_TOLD_TOKENS = 400
"""Most that the second question says of the faults."""
_QUOTED_CHARS = 60


class Day(NamedTuple):
    """What is told of: *stories* in reading order, of which number n is at n - 1; and to whom."""

    stories: tuple[Story, ...]
    language: str
    wording: Wording
    readers: str = ""
    """What the paper says of its readers; may be empty."""

    @property
    def _words(self) -> dict[str, int]:
        """The length asked for, as prompt files name it."""
        return {"target": TARGET[self.language], "words": TARGET[self.language] // 6}

    @property
    def answer_tokens(self) -> int:
        """Most tokens of an answer: every sentence at its longest, and its frame."""
        a_char = 1.3 if self.language == "zh" else 1 / 3
        return int(MOST * LONGEST[self.language] * a_char) + 200

    def question(self, summaries: str, headlines: str) -> Prompt:
        """The first question, without its schema."""
        prompt = self.wording.prompt(
            "overview",
            self.language,
            summaries=summaries,
            headlines=headlines,
            fewest=FEWEST,
            most=MOST,
            **self._words,
        )
        prompt = prompt.model_copy(update={"max_tokens": self.answer_tokens})
        return self.wording.for_readers(prompt, self.readers, self.language, "overview_readers")

    def second(self, findings: str, told: str, count: int) -> str:
        """What is asked for in the place of what was found wrong."""
        return self.wording.prompt(
            "overview_again",
            self.language,
            findings=findings,
            told=told,
            count=count,
            **self._words,
        ).user

    def fault_lines(self, faults: Iterable[Finding]) -> str:
        """*faults* in words for the model."""
        target = TARGET[self.language]
        return self.wording.findings(faults, self.language, target=target, name="overview_findings")


class Material(NamedTuple):
    """What the model reads: texts, and the *numbers* of the stories in them."""

    summaries: str
    headlines: str
    numbers: tuple[int, ...]


async def write_points(day: Day, talk: Talk) -> tuple[Point, ...]:
    """Three to five sentences on *day* that nothing is wrong with, or none.

    Raises:
        EngineError: from the engine, as it came.
    """
    for _ in range(_TRIES):
        try:
            points = await _written(day, talk)
        except PromptTooLong:
            talk.meter.raise_factor(talk.language)
        except BadAnswer:  # the context has no room
            return ()
        else:
            return points if len(points) >= FEWEST else ()
    return ()


def material_of(stories: Sequence[Story], room: int) -> Material:
    """What fits into *room* (tokens, estimated): summaries of the top stories, other headlines.

    Both in reading order. Where not all summaries fit, a quarter of the room is for headlines.
    """
    texts = {
        number: f"[{number}] {' '.join(harmless(story.summary.text).split())}"
        for number, story in enumerate(stories, 1)
    }
    titles = {number: f"[{number}] {one_line(s.title)}" for number, s in enumerate(stories, 1)}
    order = sorted(texts, key=lambda number: prominence(stories[number - 1]))
    top = order[:MOST_TOLD]
    told, left = _fitting(top, texts, room)
    if len(told) < len(order):
        told, left = _fitting(top, texts, room - room // 4)
        left += room // 4
    named, _ = _fitting([one for one in order if one not in told], titles, left)
    return Material(_lines(told, texts), _lines(named, titles), tuple(sorted([*told, *named])))


def _fitting(order: Iterable[int], lines: Mapping[int, str], room: int) -> tuple[list[int], int]:
    """The numbers whose *lines* fit into *room*, taken in *order*; the room that is left."""
    taken = []
    for number in order:
        tokens = estimate_tokens(lines[number]) + 1
        if tokens <= room:
            taken.append(number)
            room -= tokens
    return taken, room


def _lines(numbers: Iterable[int], lines: Mapping[int, str]) -> str:
    return "\n".join(lines[number] for number in sorted(numbers))


async def _written(day: Day, talk: Talk) -> tuple[Point, ...]:
    frame = day.question("", "").model_copy(
        update={"turns": (Turn(role="user", content=day.second("", "", MOST)),)}
    )
    material = material_of(day.stories, talk.room(frame, day.answer_tokens + _TOLD_TOKENS))
    if len(material.numbers) < FEWEST:
        return ()
    question = day.question(material.summaries, material.headlines)
    first = await _asked(day, talk, question, material.numbers, (FEWEST, MOST))
    points = [one.point for one in first if one.point]
    wrong = [one for one in first if not one.point]
    known = {one for point in points for one in told_by(point)}
    untold = [n for n in material.numbers if day.stories[n - 1].url not in known]
    count = min(max(len(wrong), FEWEST - len(points)), len(untold))
    if count < 1:
        return tuple(points)
    told = ", ".join(str(n) for n in material.numbers if n not in untold) or "-"
    asked = day.second(_faults(day, wrong), told, count)
    # Beside the summaries, not after its own answer: small models say that once more.
    again = question.model_copy(update={"user": f"{question.user}\n\n{asked}"})
    second = await _asked(day, talk, again, untold, (1, count), known)
    return _merged(first, [one.point for one in second if one.point])


async def _asked(
    day: Day,
    talk: Talk,
    question: Prompt,
    numbers: Sequence[int],
    wanted: tuple[int, int],
    told: Iterable[str] = (),
) -> list[Judged]:
    """What *question* brings: sentences on the stories *numbers*, as many as *wanted*, judged."""
    schema = overview_schema(numbers, day.language, wanted)
    done = await talk.ask(question.model_copy(update={"response_schema": schema}))
    said = read_overview(done.text, numbers)[: wanted[1]]
    return await asyncio.to_thread(judge_all, said, day.stories, day.language, told)


def _faults(day: Day, wrong: Sequence[Judged]) -> str:
    """What is wrong with each sentence, or that there are too few."""
    lines = [
        f"“{harmless(one.said.text[:_QUOTED_CHARS])}”\n{day.fault_lines(one.faults)}"
        for one in wrong
    ] or [day.fault_lines([Finding(kind=FindingKind.EMPTY, reason="too few sentences")])]
    text = "\n".join(lines)
    return shorten(text, _TOLD_TOKENS, len(text))


def _merged(first: Sequence[Judged], mended: Sequence[Point]) -> tuple[Point, ...]:
    """The sound points in their order, those that were *mended* in the place of the others."""
    rest = iter(mended)
    points = [one.point or next(rest, None) for one in first]
    return tuple(point for point in (*points, *rest) if point)[:MOST]
