"""What one edition more costs the site of a large archive, and what a search reads.

    python benchmarks/site.py [--json] [--editions 10000] [--stories 20] [--keep FOLDER]

Fills an archive with editions of one paper, one a day, whose stories are put together from the
newsroom's sentences; makes its site; then prints an edition at the newest end, one into a gap in
the middle, and one again, each with a page of 600 KB and a PDF of 600 KB, and searches. The disk is
flushed as always but while the archive is filled. With a bar missed, the exit code is 1.
"""

import argparse
import gzip
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pressrun.archive import Archive, layout
from pressrun.archive.leafing import MARK
from pressrun.archive.searching import Asked, search, words_in
from pressrun.models import (
    Edition,
    ListRecord,
    ModelIdentity,
    Rendition,
    Story,
    Summary,
    Way,
)
from pressrun.newsroom.loader import every_article

BARS = {"newest_s": 1.0, "middle_s": 1.0, "again_s": 1.0}
PAPER, LAST, SHA = "daily", date(2026, 11, 22), "ab" * 32
QUERIES = {"common": "公司", "rare": "长江 禁渔", "absent": "绝无此词", "Latin": "AI"}


class Desk:
    """Makes editions, the same ones for the same seed."""

    def __init__(self, stories: int) -> None:
        self._dice, self._stories = random.Random(6), stories
        articles = [one for one in every_article() if re.search("[一-鿿]", one.title)]
        self._titles = [one.title for one in articles]
        text = "".join(part for one in articles for part in one.paragraphs)
        self._sentences = [one for one in re.findall("[^。！？]+[。！？]", text) if len(one) > 10]

    def edition(self, day: date, revision: int = 1) -> Edition:
        """The edition of *day*."""
        stories = tuple(self._story(day, rank) for rank in range(1, self._stories + 1))
        return Edition(
            pressrun_version="0",
            paper=PAPER,
            title="每日要闻",
            edition_date=day,
            time_zone="Asia/Shanghai",
            language="zh",
            revision=revision,
            printed_at=datetime(day.year, day.month, day.day, 7, tzinfo=UTC),
            listing=ListRecord(
                source="s", url="http://x.test/", sha256=SHA, category="all", ranking="clicks"
            ),
            model=ModelIdentity(engine="e", model="m", digest="d"),
            content_sha256=SHA,
            listed=self._stories,
            stories=stories,
        )

    def _story(self, day: date, rank: int) -> Story:
        title, tail = self._dice.sample(self._titles, 2)
        text = ""
        while len(text) < 110:
            text += self._dice.choice(self._sentences)
        summary = Summary(
            text=text[:150],
            language="zh",
            way=Way.WRITTEN,
            keywords=tuple(self._dice.choice(self._sentences)[:3] for _ in range(3)),
            engine="e",
            model="m",
            prompt_sha256=SHA,
            chars_read=8,
            chars_total=8,
        )
        return Story(
            rank=rank,
            title=f"{title[:14]}{tail[-8:]}",
            url=f"http://x.test/{day}/{rank}.html",
            language="zh",
            summary=summary,
            article_chars=600,
            page_sha256=SHA,
            extractor="x",
        )


def renditions(size: int) -> list[Rendition]:
    """A page and a PDF of *size* bytes each."""
    page = b"<!DOCTYPE html><title>x</title>" + MARK + b"x" * size
    return [
        Rendition(name="index.html", media_type="text/html", data=page),
        Rendition(name="edition.pdf", media_type="application/pdf", data=b"%PDF" + b"x" * size),
    ]


def fill(archive: Archive, desk: Desk, days: list[date]) -> None:
    """Print an edition of each of *days*, without the site."""
    flush, os.fsync = os.fsync, lambda _: None  # type: ignore[assignment]
    try:
        for day in days:
            archive.editions.publish(desk.edition(day), renditions(2_000))
    finally:
        os.fsync = flush


@contextmanager
def counted(archive: Archive) -> Iterator[dict[str, int]]:
    """Counts the files that are read and written, and their bytes."""
    files, counts = archive.files, dict.fromkeys(("reads", "read", "writes", "written"), 0)
    read, write, swap = files.read, files.write, files.swap

    def noted_read(key: str) -> bytes | None:
        data = read(key)
        counts["reads"] += 1
        counts["read"] += len(data or b"")
        return data

    def noted_write(key: str, data: bytes) -> None:
        counts["writes"] += 1
        counts["written"] += len(data)
        write(key, data)

    def noted_swap(key: str, old: bytes | None, new: bytes | None) -> bool:
        counts["writes"] += 1
        counts["written"] += len(new or b"")
        return swap(key, old, new)

    for name, noted in (("read", noted_read), ("write", noted_write), ("swap", noted_swap)):
        setattr(files, name, noted)
    try:
        yield counts
    finally:
        for name, real in (("read", read), ("write", write), ("swap", swap)):
            setattr(files, name, real)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of *work*."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def publishing(archive: Archive, edition: Edition) -> dict[str, float]:
    """What it costs to show *edition*, which is printed already."""
    archive.editions.publish(edition, renditions(600_000))
    with counted(archive) as counts:
        wall, cpu = timed(lambda: archive.settle(edition.paper, edition.edition_date))
    return {"wall_s": wall, "cpu_s": cpu, **counts}


def searching(archive: Archive, query: str, since: date) -> dict[str, float]:
    """What it takes to read all that *query* could be in, since a day."""
    _, index = archive.site.shards.index()
    assert index
    asked, found = Asked(words_in(query), since=since), 0

    def work() -> None:
        nonlocal found
        found = sum(1 for _ in search(archive.site.shards, index, asked))

    with counted(archive) as counts:
        wall, cpu = timed(work)
    return {"found": found, "wall_s": wall, "cpu_s": cpu, **counts}


def text_sizes(folder: Path, since: date) -> dict[str, int]:
    """What a browser loads that reads every month since a day, plain and as servers send it."""
    months = [path for path in folder.glob(f"site/{PAPER}/*-*.json") if path.stem >= str(since)[:7]]
    data = [path.read_bytes() for path in months]
    return {
        "requests": len(data),
        "bytes": sum(map(len, data)),
        "gzip": sum(len(gzip.compress(one, 6)) for one in data),
    }


def measured(folder: Path, editions: int, stories: int) -> dict[str, Any]:
    """All figures."""
    desk, archive = Desk(stories), Archive.open(str(folder))
    gap = LAST - timedelta(days=editions // 2)
    days = [LAST - timedelta(days=back) for back in range(1, editions + 2)]
    filled_s, _ = timed(lambda: fill(archive, desk, [day for day in days if day != gap]))
    rebuilt_s, rebuilt_cpu_s = timed(archive.site.rebuild)
    made: dict[str, Any] = {
        "editions": editions,
        "stories": stories,
        "filled_s": filled_s,
        "rebuilt_s": rebuilt_s,
        "rebuilt_cpu_s": rebuilt_cpu_s,
        "newest": publishing(archive, desk.edition(LAST)),
        "middle": publishing(archive, desk.edition(gap)),
        "again": publishing(archive, desk.edition(gap, revision=2)),
    }
    spans = {"1 year": LAST - timedelta(days=365), "10 years": LAST - timedelta(days=3652)}
    made["text"] = {name: text_sizes(folder, since) for name, since in spans.items()}
    made["search"] = {
        f"{kind}, {name}": searching(archive, query, since)
        for kind, query in QUERIES.items()
        for name, since in spans.items()
    }
    made["index_bytes"] = (folder / layout.SITE_INDEX).stat().st_size
    made["front_bytes"] = (folder / layout.SITE_PAGE).stat().st_size
    return made


def report(made: dict[str, Any]) -> None:
    """The figures for a person."""
    print(f"{made['editions']} editions of {made['stories']} stories")
    print(f"  site made anew        {made['rebuilt_s']:8.2f} s, {made['rebuilt_cpu_s']:.2f} CPU-s")
    for name in ("newest", "middle", "again"):
        one = made[name]
        print(
            f"  one more, {name:<11} {one['wall_s']:8.3f} s, {one['cpu_s']:.3f} CPU-s, "
            f"{one['reads']} files read ({one['read'] / 1e6:.1f} MB), "
            f"{one['writes']} written ({one['written'] / 1e6:.1f} MB)"
        )
    for name, one in made["text"].items():
        print(
            f"  text of {name:<13} {one['requests']} files, {one['bytes'] / 1e6:.1f} MB, "
            f"{one['gzip'] / 1e6:.1f} MB by gzip"
        )
    for name, one in made["search"].items():
        print(f"  {name:<21} {one['wall_s']:8.3f} s, {one['found']} found")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--editions", type=int, default=10_000)
    parser.add_argument("--stories", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder for the archive, which stays")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = measured(given.keep or Path(folder), given.editions, given.stories)
    walls = {f"{name}_s": made[name]["wall_s"] for name in ("newest", "middle", "again")}
    made["bars"] = {name: {"bar": bar, "is": walls[name]} for name, bar in BARS.items()}
    missed = [name for name, bar in BARS.items() if walls[name] > bar]
    if given.json:
        print(json.dumps(made, indent=1))
    else:
        report(made)
        print("bars missed: " + ", ".join(missed) if missed else "all bars hold")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
