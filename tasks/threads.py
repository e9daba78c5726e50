"""Stories that carry on those of the days before: matched by their words, read from the manifests.

Two stories of different days are one that goes on when they share what few others have, in their
headlines and summaries, and names among their keywords. Figures say nothing here: they are what
changes. It errs on the side of seeing no connection.
"""

import asyncio
import logging
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pressrun.archive import Archive
from pressrun.errors import ArchiveError
from pressrun.models import Earlier, Edition, Story
from tasks.same_story import terms_in

logger = logging.getLogger(__name__)

DAYS_BACK = 7
"""How far back it is looked: a story that rested for longer begins anew."""

MOST_SHOWN = 5
"""Days of a story that are listed, at most."""

ALIKE = 0.55
"""Least likeness: the cosine of the words by tf-idf, plus the share of keywords that both have."""

NAMED = 3
"""Least weight of the shared keywords: common nouns alone, such as 天气, make no story."""


class Told(NamedTuple):
    """A story of *day*, known by *url*, and what is compared of it."""

    day: date
    url: str
    language: str
    text: str
    """Headline, summary and keywords, folded."""
    terms: Mapping[str, int]
    keywords: Mapping[str, int]
    """By folded word: how much of a name it is."""


def told(
    day: date, url: str, language: str, title: str, summary: str, keywords: Iterable[str]
) -> Told:
    """What is compared of a story whose words are in *language*. Figures do not count."""
    words = tuple(keywords)
    text = "\n".join((title, summary, *words))
    terms = (term for term in terms_in(text, language) if not any(map(str.isdigit, term)))
    named = {word.casefold(): _named(word, language) for word in words}
    return Told(day, url, language, text.casefold(), Counter(terms), named)


def _named(word: str, language: str) -> int:
    """How much of a name *word* seems: Chinese names are long, English ones have capitals."""
    if language == "zh":
        return len(word) - 1
    return 3 if word[:1].isupper() else 1


def going_on(today: Sequence[Told], before: Sequence[Told]) -> dict[str, list[Told]]:
    """By url, what each story of *today* carries on of *before*: the likest of a day, newest first.

    Those that carry on none are left out. Two of today may carry on the same one.
    """
    matcher = _Matcher([*before, *today])
    having: defaultdict[str, list[Told]] = defaultdict(list)
    for one in before:
        for key in (one.url, *one.keywords):
            having[key].append(one)
    found: dict[str, list[Told]] = {}
    for one in today:
        near = {
            (other.day, other.url): other for k in (one.url, *one.keywords) for other in having[k]
        }
        best: dict[date, tuple[float, Told]] = {}
        for other in near.values():
            alike = matcher.likeness(one, other)
            if alike >= ALIKE and alike > best.get(other.day, (0.0, other))[0]:
                best[other.day] = alike, other
        if best:
            found[one.url] = [best[day][1] for day in sorted(best, reverse=True)]
    return found


class _Matcher:
    """Compares stories among all of *stories*."""

    def __init__(self, stories: Sequence[Told]) -> None:
        self._total = len(stories)
        self._with_term = Counter(term for one in stories for term in one.terms)
        self._with_word = Counter(word for one in stories for word in one.keywords)
        self._vectors: dict[tuple[date, str], dict[str, float]] = {}

    def likeness(self, one: Told, other: Told) -> float:
        """From 0; 2 for the very same."""
        if one.url == other.url:
            return 2.0
        both = [
            word
            for word in {**one.keywords, **other.keywords}
            if word in one.text and word in other.text
        ]
        names = {**one.keywords, **other.keywords}
        if one.language != other.language or sum(names[word] for word in both) < NAMED:
            return 0.0
        if not {self._chief(one), self._chief(other)} & set(both):
            return 0.0
        share = sum(map(self._rarity, both)) / sum(map(self._rarity, names))
        mine, others = self._vector(one), self._vector(other)
        cosine = sum(weight * others.get(term, 0.0) for term, weight in mine.items())
        return cosine + share

    def _rarity(self, word: str) -> float:
        return math.log((1 + self._total) / self._with_word[word])

    def _chief(self, one: Told) -> str:
        """The keyword that tells a story best: the rarest of the longest names."""
        return max(one.keywords, key=lambda word: (one.keywords[word] * self._rarity(word), word))

    def _vector(self, one: Told) -> dict[str, float]:
        """The terms of *one* by weight; the whole is 1 long."""
        key = one.day, one.url
        if key not in self._vectors:
            whole = {
                term: (1 + math.log(count)) * math.log((1 + self._total) / self._with_term[term])
                for term, count in one.terms.items()
            }
            norm = math.sqrt(sum(weight * weight for weight in whole.values())) or 1.0
            self._vectors[key] = {term: weight / norm for term, weight in whole.items()}
        return self._vectors[key]


def carried_on(edition: Edition, before: Sequence[Edition]) -> Edition:
    """*edition*, each of its stories with those of *before* that it carries on (pure).

    What such a story carried on itself is carried on, too, unless it was since taken back.
    """
    known = {(one.edition_date, story.url): story for one in before for story in one.stories}
    days = {one.edition_date for one in before}
    found = going_on(
        [_told(edition, story) for story in edition.stories],
        [_told(one, story) for one in before for story in one.stories],
    )
    stories = []
    for story in edition.stories:
        by_day: dict[date, Earlier] = {}
        day = 1
        for match in found.get(story.url, ()):
            past = known[match.day, match.url]
            day = max(day, past.day + 1)
            whole = Earlier(edition_date=match.day, title=past.title, url=past.url)
            kept = (
                one
                for one in past.earlier
                if one.edition_date not in days or (one.edition_date, one.url) in known
            )
            for one in (whole, *kept):
                by_day.setdefault(one.edition_date, one)
        newest = sorted(by_day.values(), key=lambda one: one.edition_date, reverse=True)
        update = {"earlier": tuple(newest[:MOST_SHOWN]), "day": max(day, len(by_day) + 1)}
        stories.append(story.model_copy(update=update))
    return edition.model_copy(update={"stories": tuple(stories)})


def _told(edition: Edition, story: Story) -> Told:
    said = story.summary
    day, words = edition.edition_date, said.keywords
    return told(day, story.url, said.language, story.title, said.text, words)


async def with_threads(archive: Archive, edition: Edition) -> Edition:
    """*edition*, its stories tied to those of the paper's editions of the last days.

    Only days before its own are looked at. A day that cannot be read counts as one without an
    edition.
    """
    last = edition.edition_date
    days = [last - timedelta(days=back) for back in range(1, DAYS_BACK + 1)]
    read = [asyncio.to_thread(_current, archive, edition.paper, day) for day in days]
    before = [one for one in await asyncio.gather(*read) if one is not None]
    return await asyncio.to_thread(carried_on, edition, before)


def _current(archive: Archive, paper: str, day: date) -> Edition | None:
    try:
        return archive.editions.current(paper, day)
    except ArchiveError as exc:
        logger.debug("no story is followed back to %s: %s", day, exc)
        return None
