"""How well Pressrun sees that articles tell the same story, and that a story goes on.

    python benchmarks/same_story.py [--part dev|held-out|fresh] [--json | --misses]

Labelled articles (`benchmarks/data/same_story_*.jsonl`, written for it: retellings of the
newsroom's articles and of events made up for them, and what is easily mistaken for them) are
grouped as the list of one edition, by language and part. Of each two it is asked whether they were
put together, and whether they belong so. Then stories of several days (`going_on_*.jsonl`) are
matched with those of the days before. The rules were made by the part "dev"; "fresh" was written
after they were fixed. With a bar missed the exit code is 1.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from pressrun.newsroom.loader import every_article
from tasks.same_story import Sketch, group, sketch_of
from tasks.threads import going_on, told

FOLDER = Path(__file__).parent / "data"
PARTS = ("dev", "held-out", "fresh")
F1 = 0.9
PRECISION = 0.9
"""Bars of seeing one story, and of seeing one that goes on, over all parts and languages."""
STORIES, DAYS = 100, 7
"""Of the timed run: stories an edition has, and days before that are read."""


class Judged(NamedTuple):
    """A pair: what it *is*, and what it was *taken* for."""

    task: str
    language: str
    part: str
    pair: tuple[str, str]
    is_same: bool
    taken: bool


def main() -> int:
    """Judge all pairs, print what came out, and tell by the exit code whether the bars are met."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=PARTS, default="")
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--misses", action="store_true")
    args = asked.parse_args()
    judged = [one for one in judge() if not args.part or one.part == args.part]
    figures: dict[str, Any] = {
        f"{task} {language} {part}".strip(): counts(
            one
            for one in judged
            if one.task == task and language in ("all", one.language) and part in ("all", one.part)
        )
        for task in ("same story", "going on")
        for language in ("zh", "en", "all")
        for part in (*PARTS, "all")
    }
    figures["seconds"] = seconds()
    bars = {
        "same story, F1": (figures["same story all all"]["f1"], F1),
        "going on, precision": (figures["going on all all"]["precision"], PRECISION),
    }
    met = all(value >= bar for value, bar in bars.values())
    if args.json:
        said = {"figures": figures, "bars": bars, "met": met}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    elif args.misses:
        for one in judged:
            if one.is_same != one.taken:
                wrong = "missed" if one.is_same else "mistaken"
                print(wrong, one.task, one.part, *one.pair)
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
        print("bars met" if met else "a bar is missed")
    return 0 if met else 1


def judge() -> Iterator[Judged]:
    """Every pair of both tasks."""
    for language in ("zh", "en"):
        for part in PARTS:
            yield from _same(language, part)
        yield from _going_on(language)


def counts(judged: Iterable[Judged]) -> dict[str, Any]:
    """Pairs that belong together, those put together rightly and wrongly; precision, recall, F1."""
    rows = list(judged)
    right = sum(one.is_same and one.taken for one in rows)
    same, taken = sum(one.is_same for one in rows), sum(one.taken for one in rows)
    precision, recall = right / taken if taken else 1.0, right / same if same else 1.0
    f1 = 2 * precision * recall / (precision + recall) if right else float(not (same or taken))
    return {
        "pairs": len(rows),
        "same": same,
        "right": right,
        "wrong": taken - right,
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
    }


def seconds() -> dict[str, float]:
    """CPU seconds for the largest edition that is usual: 100 stories, and 7 days of as many."""
    articles = [one for one in every_article() if one.language == "zh"]
    # Each a little otherwise: equal ones would all share all of their terms.
    texts = [
        (f"{one.title}{n}", f"{one.text[37 * n :]}{one.text[: 37 * n]}")
        for n in range(STORIES)
        for one in [articles[n % len(articles)]]
    ]
    begun = time.process_time()
    sketches = {n: sketch_of(title, text, "zh") for n, (title, text) in enumerate(texts)}
    sketched = time.process_time()
    group(sketches)
    grouped = time.process_time()
    day = date(2026, 3, 12)
    today = [
        told(day, str(n), "zh", title, text[:150], {title[:4], title[4:8], text[:4], text[9:12]})
        for n, (title, text) in enumerate(texts)
    ]
    before = [
        one._replace(day=day - timedelta(days=back)) for back in range(1, DAYS + 1) for one in today
    ]
    prepared = time.process_time()
    going_on(today, before)
    return {
        "sketches of 100 articles": round(sketched - begun, 2),
        "grouping them": round(grouped - sketched, 2),
        "matching 100 with 700": round(time.process_time() - prepared, 2),
    }


def _same(language: str, part: str) -> Iterator[Judged]:
    rows = [row for row in _read(f"same_story_{language}.jsonl") if row["part"] == part]
    written = {article.slug: article for article in every_article()}
    sketches: dict[str, Sketch] = {}
    for row in rows:
        if "newsroom" in row:
            article = written[row["newsroom"]]
            row |= {"title": article.title, "text": article.text}
        sketches[row["id"]] = sketch_of(row["title"], row["text"], language)
    taken = {frozenset(pair) for one in group(sketches) for pair in combinations(one, 2)}
    for one, other in combinations(rows, 2):
        pair = one["id"], other["id"]
        is_same = one["story"] == other["story"]
        yield Judged("same story", language, part, pair, is_same, frozenset(pair) in taken)


def _going_on(language: str) -> Iterator[Judged]:
    """The pairs of two days; all parts are one archive, and a pair is of the later one's part."""
    rows = {row["id"]: row for row in _read(f"going_on_{language}.jsonl")}
    stories = [
        told(
            date.fromisoformat(row["day"]),
            row["id"],
            language,
            row["title"],
            row["summary"],
            row["keywords"],
        )
        for row in rows.values()
    ]
    for day in sorted({one.day for one in stories}):
        before = [one for one in stories if one.day < day]
        today = [one for one in stories if one.day == day]
        matched = going_on(today, before)
        for one in today:
            taken = {match.url for match in matched.get(one.url, ())}
            row = rows[one.url]
            for other in before:
                is_same = row["story"] == rows[other.url]["story"]
                pair = one.url, other.url
                yield Judged("going on", language, row["part"], pair, is_same, other.url in taken)


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
