"""What it costs to draw an edition of a hundred stories: page, PDF and picture.

    python -m benchmarks.rendering [--json] [--stories 100]

The stories are the newsroom's articles, a different passage of one each time, with the evidence
that the verifier finds, without thumbnails. One process that has drawn a small edition before
draws page, PDF and picture one after the other: its CPU time and its greatest resident memory are
under a bar, and so is the size of the PDF. Then the card; and, for comparison, what WeasyPrint
takes in the same process for the headlines and summaries alone, one after the other in one column
of the same fonts: to lay them out, and to lay them out and write them as a PDF.

Then all four are drawn by worker processes as an edition is printed, by one and by two beside each
other: the time, and their memory with what they share counted once. With a bar missed, the exit
code is 1.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any

from pressrun import __version__, plugins
from pressrun.models import (
    Article,
    Edition,
    ListRecord,
    ModelIdentity,
    Overview,
    Point,
    Rendition,
    Story,
    Summary,
    Way,
)
from pressrun.newsroom.loader import NewsArticle, every_article

BARS = {"cpu_s": 12.0, "peak_mb": 350.0, "pdf_kib": 800.0}
BARRED = ("html", "pdf", "png")
FORMATS = (*BARRED, "card")
SHA = "0" * 64
LENGTHS = {"zh": 150, "en": 300}
SECTIONS = ("时政", "国际", "社会", "财经", "科技", "体育", "文娱")
SENTENCE = re.compile(r"[^。！？.!?]+[。！？.!?]+[”’\"]?\s*")


def passages(article: NewsArticle, most: int) -> Iterator[str]:
    """*article* cut at sentences into passages of at most *most* characters."""
    passage = ""
    for sentence in SENTENCE.findall(" ".join(article.paragraphs)):
        if len(passage + sentence) > most and passage:
            yield passage.strip()
            passage = ""
        passage += sentence[:most]
    if passage:
        yield passage.strip()


def stories(count: int) -> Iterator[Story]:
    """*count* stories: the first passage of every article, then the second of each, ..."""
    waiting = [(one, passages(one, LENGTHS[one.language])) for one in every_article()]
    rank = 0
    while rank < count:
        for article, rest in waiting:
            if rank < count and (text := next(rest, "")):
                rank += 1
                yield _story(rank, article, text)


def _story(rank: int, given: NewsArticle, text: str) -> Story:
    from tasks.verify import verify  # what draws has none of this in memory

    url = f"https://news.example.com/{given.slug}/{rank}.html"
    article = Article(
        url=url,
        title=given.title,
        text=given.text,
        language=given.language,
        extractor="readability",
        page_sha256=SHA,
    )
    most = LENGTHS[given.language]
    found = verify(article, text, language=given.language, max_chars=most, way=Way.SELECTED)
    return Story(
        rank=rank,
        title=given.title,
        url=url,
        medium=given.medium,
        published=given.published,
        category=SECTIONS[rank % len(SECTIONS)],
        language=given.language,
        summary=Summary(
            text=text,
            language=given.language,
            way=Way.SELECTED,
            keywords=tuple(re.findall(r"\w{2,6}", given.title)[:3]),
            importance=1 + rank % 5,
            engine="embedded",
            model="gemma3-270m",
            prompt_sha256=SHA,
            chars_read=len(given.text),
            chars_total=len(given.text),
            evidence=found.evidence,
            findings=found.findings,
        ),
        article_chars=len(given.text),
        page_sha256=SHA,
        extractor="readability",
    )


def edition_of(count: int) -> Edition:
    """An edition of *count* stories with a day in brief."""
    printed = tuple(stories(count))
    return Edition(
        pressrun_version=__version__,
        paper="daily",
        title="每日要闻",
        edition_date=date(2026, 3, 12),
        time_zone="Asia/Shanghai",
        language="zh",
        sections=SECTIONS,
        revision=1,
        printed_at=datetime(2026, 3, 12, 23, tzinfo=UTC),
        listing=ListRecord(
            source="sina",
            url="https://list.example.com/top",
            sha256=SHA,
            category="all",
            ranking="clicks",
        ),
        model=ModelIdentity(engine="embedded", model="gemma3-270m", digest=SHA),
        content_sha256=SHA,
        listed=count,
        overview=Overview(
            points=tuple(Point(text=one.summary.text[:60], urls=(one.url,)) for one in printed[:4]),
            language="zh",
            way=Way.SELECTED,
            engine="embedded",
            model="gemma3-270m",
            prompt_sha256=SHA,
        ),
        stories=printed,
    )


def in_one_process(edition: Edition) -> dict[str, Any]:
    """Figures of this process, which has drawn nothing yet."""
    small = edition.model_copy(update={"stories": edition.stories[:5]})
    renderers = {name: plugins.build("renderers", name) for name in FORMATS}
    for renderer in renderers.values():
        renderer.render(small)
    found: dict[str, Any] = {}
    made: dict[str, tuple[Rendition, ...]] = {}
    for name, renderer in renderers.items():
        if name not in BARRED:
            found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        began = time.process_time()
        made[name] = tuple(renderer.render(edition))
        found[f"{name}_cpu_s"] = time.process_time() - began
    found["cpu_s"] = sum(found[f"{name}_cpu_s"] for name in BARRED)
    for name, files in made.items():
        found[f"{name}_kib"] = sum(len(file.data) for file in files) / 1024
    found["pdf_pages"] = made["pdf"][0].parts
    found["pictures"] = len(made["png"])
    found["bare_layout_cpu_s"], found["bare_pdf_cpu_s"] = bare(edition)
    found["over_bare_layout"] = found["cpu_s"] / found["bare_layout_cpu_s"]
    found["pdf_over_bare_pdf"] = found["pdf_cpu_s"] / found["bare_pdf_cpu_s"]
    return found


def bare(edition: Edition) -> tuple[float, float]:
    """CPU seconds for the text alone, on A4 in one column: its layout, and its PDF in all."""
    from renderers.sheet import weasyprint_library
    from renderers.themes import style_sheet

    weasyprint, fetcher = weasyprint_library()
    text = "".join(
        f"<h3>{escape(one.title)}</h3><p>{escape(one.summary.text)}</p>" for one in edition.stories
    )
    style = f"{style_sheet('faces.css')} body {{ font: 10pt 'Pressrun Sans' }}"
    html = f'<html lang="zh"><style>{style}</style><body>{text}'
    began = time.process_time()
    page = weasyprint.HTML(string=html, base_url="about:blank", url_fetcher=fetcher())
    layout = page.render()
    laid_out = time.process_time() - began
    layout.write_pdf(full_fonts=False)
    return laid_out, time.process_time() - began


async def beside(edition: Edition, count: int) -> tuple[float, float]:
    """Seconds that *count* workers take for all formats, and their proportional peak in MB."""
    from tasks.render import render_edition
    from tasks.workers import Workers

    peak = 0.0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, sum(map(_proportional, _children(os.getpid()))))
            await asyncio.sleep(0.1)

    async with Workers(count) as workers:
        await workers.run(os.getpid, timeout_s=60.0)  # they have started
        watching = asyncio.create_task(watch())
        began = time.monotonic()
        await asyncio.gather(*(render_edition(workers, edition, name, {}) for name in FORMATS))
        took = time.monotonic() - began
        watching.cancel()
    return took, peak


def _children(root: int) -> Iterator[int]:
    """Processes below *root*."""
    below: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(status.parent.name))
    waiting = [root]
    while waiting:
        children = below.get(waiting.pop(), [])
        waiting += children
        yield from children


def _proportional(pid: int) -> float:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(row.split()[1]) * 1024 / 1e6 for row in rows if row.startswith("Pss:"))


def measure(count: int) -> dict[str, float]:
    """All figures, the first in a process of its own."""
    edition = edition_of(count)
    command = [sys.executable, "-m", "benchmarks.rendering", "--measured"]
    given = edition.model_dump_json()
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    for workers, name in ((1, "one_worker"), (2, "two_workers")):
        seconds, peak = asyncio.run(beside(edition, workers))
        figures |= {f"{name}_s": seconds, f"{name}_mb": peak}
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--measured", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measured:
        print(json.dumps(in_one_process(Edition.model_validate_json(sys.stdin.read()))))
        return
    figures = measure(asked.stories)
    met = {name: figures[name] <= bar for name, bar in BARS.items()}
    if asked.json:
        print(json.dumps({"figures": figures, "bars": BARS, "met": met}))
    else:
        for name, value in figures.items():
            word = "" if name not in BARS else "  met" if met[name] else "  missed"
            print(f"{name}: {value:g}" + (f"  (bar {BARS[name]:g},{word})" if word else ""))
    sys.exit(0 if all(met.values()) else 1)


if __name__ == "__main__":
    main()
