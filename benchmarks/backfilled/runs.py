"""One size of the benchmark: a new server, empty tasks, the backfill twice, bare extraction."""

import asyncio
import os
import statistics
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.backfilled import line
from benchmarks.backfilled.programs import PrefectServer, environment, prefect, program
from benchmarks.backfilled.watch import Use, used
from benchmarks.ollama_sim import Load, LogRow, Spec, makespan, simulated

FIRST = date(2025, 1, 1)

SPEC = Spec(load_s=0.05, prefill_tps=200_000, decode_tps=8_000, slots=8)
"""A hundred times a real one: an article takes it 15 ms, so that our own cost shows."""

PAPER = {"sources": ["sina"], "overview": False}
"""What is measured is articles: an overview is a request or two more, once an edition."""

BARE_PAGES = 600
"""Pages that are read bare, spread over all of them."""

EARLY = 10
"""The edition at which memory counts as settled."""
WINDOW = 5
"""Editions over which a figure of memory is the median."""


EMPTY_DATES = 30
"""Of the empty tasks, at most: each date costs 5 s, and the server no less on a filled database."""


class Run(NamedTuple):
    """What a backfill of so many dates took.

    Seconds, and those of CPU, count from the call of the flow; `start_cpu_s` is what its program
    took before: imports.
    """

    dates: int
    articles: int
    seconds: float
    floor_s: float
    """What the model takes for the same requests, all queued at once."""
    start_cpu_s: float
    flow_cpu_s: float
    """Of the flow's process."""
    workers_cpu_s: float
    """Of the processes that it started: extraction, and what draws."""
    server_cpu_s: float
    """Of Prefect's server, meanwhile."""
    empty_server_cpu_s: float
    """Of the server, for two empty tasks an article, as the first `EMPTY_DATES` cost it."""
    empty_flow_cpu_s: float
    """Of the process that ran them."""
    bare_cpu_s: float
    """Of extracting an article of these pages, and nothing else, with all cores at it.

    A backfill keeps them all busy, and the same work takes more CPU time beside other work.
    """
    bare_alone_cpu_s: float
    """The same on one core, the others idle."""
    early_mb: float
    late_mb: float
    memory_mb: tuple[float, ...]
    """After each edition, what the flow's process and its workers hold, shared pages once."""
    second_s: float
    """A second run over the same dates, with its start."""
    second_flow_s: float
    """From the flow's call on."""
    message: str
    requests: int
    objects: int
    """Python objects of the flow's process at the end."""

    @property
    def seconds_an_article(self) -> float:
        """Beyond the model's floor."""
        return (self.seconds - self.floor_s) / self.articles

    @property
    def cpu_an_article(self) -> float:
        """Of the flow's process, the workers and the server."""
        return (self.flow_cpu_s + self.workers_cpu_s + self.server_cpu_s) / self.articles

    @property
    def over_bare(self) -> float:
        """CPU of the flow's process, with its start, and the workers, over bare extraction."""
        ours = self.start_cpu_s + self.flow_cpu_s + self.workers_cpu_s
        return ours / (self.bare_cpu_s * self.articles)

    @property
    def over_empty(self) -> float:
        """The server's CPU over that for empty tasks."""
        return self.server_cpu_s / self.empty_server_cpu_s

    @property
    def memory_growth(self) -> float:
        """Memory at the end over that at the tenth edition."""
        return self.late_mb / self.early_mb

    def figures(self) -> dict[str, Any]:
        """All of it, rounded; memory of every few editions."""
        every = max(1, len(self.memory_mb) // 20)
        figures = {
            "seconds_an_article": self.seconds_an_article,
            "cpu_an_article": self.cpu_an_article,
            "over_bare": self.over_bare,
            "over_empty": self.over_empty,
            "memory_growth": self.memory_growth,
            **self._asdict(),
            "memory_mb": [round(size) for size in self.memory_mb[::every]],
        }
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in figures.items()
        }


class _Backfill(NamedTuple):
    begun_s: float
    ended_s: float
    before: Use
    ours: Use
    server: Use
    memory_mb: tuple[float, ...]
    said: Mapping[str, Any]


async def measured(
    folder: Path, dates: int, articles: int, formats: tuple[str, ...], tell: Callable[[str], None]
) -> Run:
    """The run over *dates* of *articles*; what it leaves lies in *folder*.

    Raises:
        RuntimeError: a program failed, or editions are missing.
    """
    line.install(folder)
    bare = environment(folder, {})
    async with simulated(SPEC) as model, program("site", articles, env=bare) as site:
        settings = {
            "archive": str(folder / "archive"),
            "engine": "ollama",
            "engines": {"ollama": {"host": model.url, "model": SPEC.model}},
            "sources": {"sina": {"list_url": (await site.said())["url"]}},
            # Other people's sites want pauses, and are many.
            "fetch": {"private_hosts": True, "host_delay_s": 0, "per_host": 8},
            "papers": {"daily": {**PAPER, "limit": articles, "formats": formats}},
        }
        env = environment(folder, settings)
        async with prefect(folder, bare) as server:
            few = min(dates, EMPTY_DATES)
            empty_flow, empty_server = await _empty(server, few, articles, bare)
            tell(f"empty tasks of {few} dates: the server {empty_server.cpu_s:.1f} s of CPU")
            first = await _backfill(server, dates, env, tell)
            log = await model.log()
            second = await _backfill(server, dates, env, tell)
    alone = await _bare(dates, articles, bare)
    extracted = await _bare(dates, articles, bare, os.cpu_count() or 1)
    total = dates * articles
    if not str(first.said["message"]).endswith(f"{dates} dates: {dates} printed"):
        raise RuntimeError(f"editions are missing: {first.said['message']}")
    sizes = first.memory_mb
    return Run(
        dates=dates,
        articles=total,
        seconds=first.ended_s - first.begun_s,
        floor_s=_floor(log),
        start_cpu_s=first.before.cpu_s,
        flow_cpu_s=first.ours.own_cpu_s,
        workers_cpu_s=first.ours.below_cpu_s,
        server_cpu_s=first.server.cpu_s,
        empty_server_cpu_s=empty_server.cpu_s * dates / few,
        empty_flow_cpu_s=empty_flow.cpu_s * dates / few,
        bare_cpu_s=extracted,
        bare_alone_cpu_s=alone,
        early_mb=statistics.median(sizes[max(0, EARLY - WINDOW) : EARLY]),
        late_mb=statistics.median(sizes[-WINDOW:]),
        memory_mb=sizes,
        second_s=second.ended_s - second.said["started_s"],
        second_flow_s=second.ended_s - second.begun_s,
        message=f"{first.said['message']}; {second.said['message']}",
        requests=len([row for row in log if row.prompt_tokens]),
        objects=first.said["objects"],
    )


async def _empty(
    server: PrefectServer, dates: int, articles: int, env: Mapping[str, str]
) -> tuple[Use, Use]:
    """What the empty tasks cost their own process and the server."""
    async with program("empty_way", server.url, dates, articles, env=env) as empty:
        await empty.said()
        before = used(empty.pid), used(server.pid)
        await empty.said()
        return used(empty.pid).since(before[0]), used(server.pid).since(before[1])


async def _backfill(
    server: PrefectServer, dates: int, env: Mapping[str, str], tell: Callable[[str], None]
) -> _Backfill:
    last = FIRST + timedelta(days=dates - 1)
    sizes: list[float] = []
    started_s = asyncio.get_running_loop().time()
    async with program("backfill_way", server.url, FIRST, last, env=env) as flow:
        begin = await flow.said()
        before, server_before = used(flow.pid), used(server.pid)
        while (said := await flow.said())["at"] == "date":
            use = used(flow.pid, memory=True)
            sizes.append(use.bytes / 1e6)
            if len(sizes) % 10 == 0:
                since = use.since(before)
                tell(
                    f"{len(sizes)} of {dates} dates, {said['s'] - begin['s']:.0f} s, CPU "
                    f"{since.own_cpu_s:.1f} + {since.below_cpu_s:.1f} s, {sizes[-1]:.0f} MB"
                )
        return _Backfill(
            begun_s=begin["s"],
            ended_s=said["s"],
            before=before,
            ours=used(flow.pid).since(before),
            server=used(server.pid).since(server_before),
            memory_mb=tuple(sizes),
            said={**said, "started_s": started_s},
        )


async def _bare(dates: int, articles: int, env: Mapping[str, str], beside: int = 1) -> float:
    """Seconds of CPU for a page, with so many processes that read *beside* each other."""

    async def one() -> float:
        async with program("bare_way", FIRST, dates, articles, BARE_PAGES, env=env) as bare:
            return float((await bare.said())["cpu_s"])

    return statistics.fmean(await asyncio.gather(*(one() for _ in range(beside))))


def _floor(log: list[LogRow]) -> float:
    rows = sorted((row for row in log if row.prompt_tokens), key=lambda row: row.arrived_s)
    answered = [row for row in rows if row.outcome == "answered"]
    loads = [Load(0.0, row.prompt_tokens, row.output_tokens, row.cached) for row in answered]
    return makespan(loads, SPEC.model_copy(update={"max_queue": len(loads)}))
