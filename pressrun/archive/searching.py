"""The stories of an archive whose words are asked for, read from the site's texts."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from pressrun.archive import layout
from pressrun.archive.entries import DayText, PaperRecord, SiteIndex, StoryText
from pressrun.archive.shards import Shards

READERS = 8
"""Months that are read at a time: a bucket takes its time for each."""

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Soft hyphens, joiners and marks of direction. search.js has both patterns, too."""


class Asked(NamedTuple):
    """What is looked for: stories with every one of *words*, folded, in title, text or keywords.

    *since* and *until* are the first and last day; *paper* is a name, empty for all.
    """

    words: tuple[str, ...]
    paper: str = ""
    since: date = date.min
    until: date = date.max


class Hit(NamedTuple):
    """A story that was found. *href* is where readers see it, relative to the site."""

    paper: PaperRecord
    edition_date: date
    story: StoryText
    href: str


def words_in(text: str) -> tuple[str, ...]:
    """The words of a query, folded: what stands between spaces, or between straight quotes."""
    found = (quoted.strip() or plain for quoted, plain in _WORD.findall(fold(text)))
    return tuple(filter(None, found))


def fold(text: str) -> str:
    """*text* so that letters are found whatever their case or width, without unseen marks."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text).lower())


def marks(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the folded *words* stand in *text*: starts and ends that rise, in code points."""
    folded = [fold(character) for character in text]
    origin = [at for at, plain in enumerate(folded) for _ in plain]
    marked = sorted(
        (origin[found.start()], origin[found.end() - 1] + 1)
        for word in words
        for found in re.finditer(re.escape(word), "".join(folded))
    )
    merged: list[tuple[int, int]] = []
    for start, end in marked:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def search(shards: Shards, index: SiteIndex, asked: Asked) -> Iterator[Hit]:
    """The stories, newest edition first, in reading order; months are read as they are come to."""
    months = iter(_months(index, asked))
    with ThreadPoolExecutor(READERS) as readers:
        while batch := list(islice(months, READERS)):
            for days in readers.map(lambda month: _days(shards, month, asked.words), batch):
                yield from chain.from_iterable(_found(paper, day, asked) for paper, day in days)


class _Month(NamedTuple):
    year: int
    month: int
    papers: tuple[PaperRecord, ...]


def _months(index: SiteIndex, asked: Asked) -> list[_Month]:
    """Newest first, each with the papers that have text of it."""
    papers = [one for one in index.papers if asked.paper in ("", one.name)]
    first, last = ((day.year, day.month) for day in (asked.since, asked.until))
    by_paper = {paper: index.months(paper.name) for paper in papers}
    wanted = {month for months in by_paper.values() for month in months if first <= month <= last}
    return [
        _Month(*month, tuple(paper for paper, months in by_paper.items() if month in months))
        for month in sorted(wanted, reverse=True)
    ]


def _days(shards: Shards, month: _Month, words: Sequence[str]) -> list[tuple[PaperRecord, DayText]]:
    # What JSON writes otherwise than it is cannot be looked for in the bytes.
    plain = [word for word in words if json.dumps(word, ensure_ascii=False) == f'"{word}"']

    def worth(raw: bytes) -> bool:
        text = fold(raw.decode("utf-8", "replace"))
        return all(word in text for word in plain)

    found: Sequence[tuple[PaperRecord, DayText]] = [
        (paper, day)
        for paper in month.papers
        if (text := shards.month(paper.name, month.year, month.month, worth))
        for day in text.days
    ]
    return sorted(found, key=lambda pair: (-pair[1].edition_date.toordinal(), pair[0].name))


def _found(paper: PaperRecord, day: DayText, asked: Asked) -> Iterator[Hit]:
    if not asked.since <= day.edition_date <= asked.until:
        return
    for story in day.stories:
        text = fold("\n".join((story.title, story.summary, *story.keywords)))
        if all(word in text for word in asked.words):
            fragment = f"#{story.anchor}" if day.page == layout.PAGE else ""
            href = f"{paper.name}/{day.edition_date}/{day.page}{fragment}"
            yield Hit(paper, day.edition_date, story, href)
