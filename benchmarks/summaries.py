"""What the summaries of an engine are worth: articles with references, summarised and measured.

    python benchmarks/summaries.py DATASET [--engine embedded] [--way written] [--sample 60]

DATASET has a JSON object a line: id, lang, article, reference, title. Each article is summarised
as in an edition, by the defaults of the settings for its language; nothing is fetched or stored.
Bars: every summary within its length, none written that has a fault, none selected that is not in
the article. With one missed the exit code is 1; without a data set or an engine, 2.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from benchmarks.summarising.dataset import Made, Row, load_rows
from benchmarks.summarising.measure import measure
from pressrun import plugins
from pressrun.errors import PressrunError
from pressrun.models import ModelIdentity, Summary
from pressrun.ports import Engine
from tasks.engines.address import from_typed
from tasks.engines.choose import Choice, open_engine
from tasks.summaries.budget import TokenMeter
from tasks.summarise import summarise_article

BARS = {"within_length": 1.0, "unmarked_faults": 0, "not_in_the_article": 0}
REPOSITORY = Path(__file__).resolve().parents[1]


class Bench:
    """Summaries by one engine, *concurrency* at once (0: all), each kept as soon as it is made."""

    def __init__(
        self, engine: Engine, identity: ModelIdentity, concurrency: int, keep: TextIO | None
    ) -> None:
        self._engine, self._identity, self._keep = engine, identity, keep
        self._meter = TokenMeter()
        self._slots = asyncio.Semaphore(concurrency or sys.maxsize)
        self._done = 0

    async def run(self, rows: list[Row]) -> list[Made]:
        """What was made of *rows*, in their order."""
        return await asyncio.gather(*(self._one(row, len(rows)) for row in rows))

    async def _one(self, row: Row, of: int) -> Made:
        async with self._slots:
            begun = time.perf_counter()
            summary, failure = await self._summary(row)
            made = Made(row, summary, failure, time.perf_counter() - begun)
        self._done += 1
        rungs = " > ".join(rung.name for rung in summary.ladder) if summary else failure
        print(f"{self._done}/{of} {row.id}: {made.seconds:.1f} s, {rungs}", file=sys.stderr)
        if self._keep:
            print(json.dumps(made.record(), ensure_ascii=False), file=self._keep, flush=True)
        return made

    async def _summary(self, row: Row) -> tuple[Summary | None, str]:
        try:
            summary = await summarise_article(
                row.article, self._engine, self._identity, row.brief, self._meter
            )
        except PressrunError as exc:
            return None, f"{type(exc).__name__}: {exc}"
        return summary, ""


async def try_engine(
    choice: Choice, rows: list[Row], concurrency: int, keep: TextIO | None
) -> dict[str, Any]:
    """The figures of *rows* by language, the engine, and the run's seconds without its start."""
    async with open_engine(choice) as engine:
        identity = await engine.identify()
        begun = time.perf_counter()
        made = await Bench(engine, identity, concurrency, keep).run(rows)
        seconds = time.perf_counter() - begun
    languages = sorted({row.article.language for row in rows})
    by_language = {
        language: measure([one for one in made if one.row.article.language == language])
        for language in languages
    }
    engine_facts = identity.model_dump(mode="json", exclude={"note"})
    return {"engine": engine_facts, "seconds": round(seconds, 1), "languages": by_language}


def is_met(languages: dict[str, dict[str, Any]]) -> bool:
    """Whether something was made of each language's articles, and the bars hold."""
    return bool(languages) and all(
        all(figures[name] == bar for name, bar in BARS.items()) for figures in languages.values()
    )


def table(figures: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Lines with a column for each language; nested figures under dotted names."""
    columns = {language: dict(_flat(of)) for language, of in figures.items()}
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    yield f"{'':44}" + "".join(f"{language:>12}" for language in columns)
    for name in names:
        shown = ("" if of.get(name) is None else f"{of[name]:,}" for of in columns.values())
        yield f"{name:44}" + "".join(f"{value:>12}" for value in shown)


def _flat(figures: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}: ")
        else:
            yield f"{prefix}{name}", value


def choice_of(asked: argparse.Namespace) -> Choice:
    """The engine that the command line names, with the options that it gives."""
    given = {
        "model": asked.model,
        "host": from_typed(asked.host) if asked.host else None,
        "gguf": asked.gguf,
        "way": asked.way,
        "num_ctx": asked.num_ctx,
        "threads": asked.threads,
        "concurrency": asked.concurrency,
    }
    options = {name: value for name, value in given.items() if value is not None}
    return Choice(name=asked.engine, options=options, reason="")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--engine", default="embedded", choices=list(plugins.known("engines")))
    parser.add_argument("--model", help="of ollama")
    parser.add_argument("--host", help="of ollama")
    parser.add_argument("--gguf", help="a model file for the engine embedded")
    parser.add_argument("--threads", type=int, help="of the engine embedded")
    parser.add_argument("--way", choices=("written", "selected"))
    parser.add_argument("--num-ctx", type=int)
    parser.add_argument("--concurrency", type=int, default=1, help="0: as ollama has slots")
    parser.add_argument("--language", choices=("zh", "en"), default="")
    parser.add_argument("--sample", type=int, default=0, help="this many articles; 0: all")
    parser.add_argument("--seed", type=int, default=4, help="of the sample")
    parser.add_argument("--keep", type=Path, help="what was made, as JSON lines")
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    return parser


def main() -> int:
    parser = arguments()
    asked = parser.parse_args()
    if asked.keep and asked.keep.resolve().is_relative_to(REPOSITORY):
        parser.error(
            "--keep: summaries quote publishers' texts; name a file outside the repository"
        )
    keep = None
    try:
        rows = load_rows(asked.dataset, asked.language, asked.sample, asked.seed)
        keep = asked.keep.open("w", encoding="utf-8") if asked.keep else None
        figures = asyncio.run(try_engine(choice_of(asked), rows, asked.concurrency, keep))
    except (OSError, ValueError, PressrunError) as exc:
        print(exc, file=sys.stderr)
        return 2
    finally:
        if keep:
            keep.close()
    met = is_met(figures["languages"])
    if asked.json:
        print(json.dumps({"figures": figures, "bars": BARS, "met": met}, ensure_ascii=False))
    else:
        print("\n".join(table(figures["languages"])))
        verdict = "met" if met else "missed"
        print(f"{figures['engine']['model']}, {figures['seconds']} s: bars {verdict}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
