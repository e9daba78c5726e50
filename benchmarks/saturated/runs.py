"""One run against a simulated server: started, waited for, and held against the server's log."""

import asyncio
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.ollama_sim import Load, LogRow, Spec, makespan, simulated

_ROOT = Path(__file__).resolve().parents[2]

SETTLED = 20
"""Requests in which the limiter may find its way; what queues later counts."""


class Run(NamedTuple):
    """What a run took; seconds, and requests as the server logged them.

    *seconds* are from the first readable article to the last summary, *floor_s* is what the server
    takes for the same requests when all are queued at once. *queueing* is the mean time in the
    server's queue over the mean time in its slots, after the first `SETTLED` requests.
    *slots_busy* is the share of the slots that were, up to the last request's arrival.
    """

    seconds: float
    floor_s: float
    start_s: float
    first_fetch_s: float
    stories: int
    requests: int
    alone_s: float
    """Mean time of a request that has the server to itself."""
    queueing: float
    slots_busy: float
    outcomes: dict[str, int]
    failures: dict[str, int]
    ways: dict[str, int]

    @property
    def over_floor(self) -> float:
        """Run time over the floor."""
        return self.seconds / self.floor_s

    def figures(self) -> dict[str, Any]:
        """All of it, rounded."""
        figures = {"over_floor": self.over_floor, **self._asdict()}
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in figures.items()
        }


async def pressrun(folder: Path, list_url: str, spec: Spec, articles: int, **ollama: object) -> Run:
    """Pressrun with the settings *ollama* of its engine; what it keeps lies in *folder*."""
    async with simulated(spec) as server:
        settings = {
            "archive": str(folder / "archive"),
            "engine": "ollama",
            "prefect": "temporary",
            "engines": {"ollama": {"host": server.url, "model": spec.model, **ollama}},
            "sources": {"sina": {"list_url": list_url}},
            # Other people's sites want pauses, and are many.
            "fetch": {"private_hosts": True, "host_delay_s": 0, "per_host": 8},
            # Asked for when all summaries are there: no slot could be kept busy by it.
            "papers": {"daily": {"limit": articles, "formats": ["html"], "overview": False}},
        }
        said = await _program(folder, "pressrun_way", json.dumps(settings))
        return _run(said, await server.log(), spec)


async def plain(folder: Path, list_url: str, spec: Spec) -> Run:
    """One article after another."""
    async with simulated(spec) as server:
        said = await _program(folder, "plain_way", list_url, server.url, spec.model)
        return _run(said, await server.log(), spec)


async def _program(folder: Path, name: str, *arguments: str) -> dict[str, Any]:
    """What the program *name* says on its last line.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PRESSRUN_", "PREFECT"))
    }
    # A home for Prefect that runs side by side do not share, and one after another do.
    state = folder.parent / f"state_{folder.name.partition('_')[0]}"
    environment |= {"PYTHONPATH": str(_ROOT), "XDG_STATE_HOME": str(state)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"benchmarks.saturated.{name}", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=folder,
    )
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}: {err.decode()[-2000:]}")
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


def _run(said: dict[str, Any], log: list[LogRow], spec: Spec) -> Run:
    rows = sorted((row for row in log if row.prompt_tokens), key=lambda row: row.arrived_s)
    answered = [row for row in rows if row.outcome == "answered"]
    loads = [Load(0.0, row.prompt_tokens, row.output_tokens, row.cached) for row in answered]
    settled = answered[SETTLED:] or answered
    begun, arrived = said["first_article_s"], max(row.arrived_s for row in rows)
    outcomes = [row.outcome for row in rows]
    return Run(
        seconds=said["last_summary_s"] - said["first_article_s"],
        floor_s=makespan(loads, spec),
        start_s=said.get("start_s", 0.0),
        first_fetch_s=said.get("first_fetch_s", 0.0),
        stories=said["stories"],
        requests=len(rows),
        alone_s=statistics.fmean(
            spec.service_s(load.prompt_tokens - load.cached, load.output_tokens) for load in loads
        ),
        queueing=statistics.fmean(row.queued_s for row in settled)
        / statistics.fmean(row.prompt_s + row.output_s for row in settled),
        slots_busy=sum(_overlap(row, begun, arrived) for row in rows)
        / (spec.slots * (arrived - begun)),
        outcomes={name: outcomes.count(name) for name in sorted(set(outcomes))},
        failures=said.get("failures", {}),
        ways=said.get("ways", {}),
    )


def _overlap(row: LogRow, begin: float, end: float) -> float:
    """Seconds between *begin* and *end* that *row* had its slot."""
    started = row.arrived_s + row.load_s + row.queued_s
    return max(0.0, min(started + row.prompt_s + row.output_s, end) - max(started, begin))
