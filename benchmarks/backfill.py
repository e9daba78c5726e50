"""What a backfill costs beyond the model, and whether a year costs more than a month.

    python -m benchmarks.backfill [--json] [--without-rendering] [--dates 30,365] [--articles 20]

For each number of dates: a news site whose pages are as heavy as real ones, the simulated Ollama
at a hundred times a real one's speed, and a new Prefect server on SQLite, each in a process of its
own. On that server first a flow of child runs (30 at most) with two empty tasks an article, then
the flow `backfill`, then the same again with nothing left to do; at last the same pages are read
bare.

`--without-rendering` puts a renderer in the place of html that writes one line: a printing has
at least one file, and publishing it is a part of the cost. The bars are for that way.

CPU and memory are read from outside. "An article" is all that it takes: list, tasks, fetch,
extraction, summary, verification, records, printing. With a bar missed, the exit code is 1. A year
takes half an hour.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.backfilled.line import NAME
from benchmarks.backfilled.runs import Run, measured

GROWTH = 1.15
"""Bar: cost of an article for most dates over that for fewest, CPU and seconds beyond the model."""
MEMORY, OVER_BARE, OVER_EMPTY, SECOND_S = 1.1, 1.6, 2.0, 30.0
"""Bars of the run with most dates."""


async def measure(
    sizes: list[int], articles: int, formats: tuple[str, ...], folder: Path
) -> dict[int, Run]:
    """A run of each size, smallest first."""
    runs = {}
    for dates in sorted(sizes):
        room = folder / str(dates)
        room.mkdir()
        _say(f"{dates} dates of {articles} articles ...")
        runs[dates] = run = await measured(room, dates, articles, formats, _say)
        _say(
            f"{dates} dates: {run.seconds:.1f} s, {1e3 * run.cpu_an_article:.1f} ms of CPU an "
            f"article, {run.over_bare:.2f} of bare extraction"
        )
    return runs


def judge(runs: dict[int, Run]) -> tuple[dict[str, float], dict[str, float]]:
    """The figures that have a bar, and the bars: at most."""
    few, many = runs[min(runs)], runs[max(runs)]
    held = {
        "memory_growth": (many.memory_growth, MEMORY),
        "over_bare": (many.over_bare, OVER_BARE),
        "over_empty": (many.over_empty, OVER_EMPTY),
        "second_run_s": (many.second_s, SECOND_S),
    }
    if len(runs) > 1:
        held["cpu_growth"] = many.cpu_an_article / few.cpu_an_article, GROWTH
        held["seconds_growth"] = many.seconds_an_article / few.seconds_an_article, GROWTH
    figures = {name: round(figure, 3) for name, (figure, _) in held.items()}
    return figures, {name: bar for name, (_, bar) in held.items()}


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    parser.add_argument("--dates", default="30,365", help="numbers of dates, by commas")
    parser.add_argument("--articles", type=int, default=20, help="of a date")
    parser.add_argument(
        "--without-rendering", action="store_true", help="print one line of text, no page"
    )
    asked = parser.parse_args()
    sizes = [int(number) for number in asked.dates.split(",")]
    formats = (NAME,) if asked.without_rendering else ("html",)
    try:
        with tempfile.TemporaryDirectory() as folder:
            runs = asyncio.run(measure(sizes, asked.articles, formats, Path(folder)))
    except RuntimeError as exc:
        sys.exit(str(exc))
    judged, bars = judge(runs)
    met = {name: judged[name] <= bar for name, bar in bars.items()}
    if asked.json:
        figures = {**judged, "runs": {str(dates): run.figures() for dates, run in runs.items()}}
        print(json.dumps({"figures": figures, "bars": bars, "met": met}, ensure_ascii=False))
    else:
        for dates, run in runs.items():
            print(f"{dates} dates: " + json.dumps(run.figures(), ensure_ascii=False))
        for name, bar in bars.items():
            word = "met" if met[name] else "missed"
            print(f"{name}: {judged[name]:g}  (bar <= {bar:g}, {word})")
    sys.exit(0 if all(met.values()) else 1)


if __name__ == "__main__":
    main()
