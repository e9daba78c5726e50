"""How near a run comes to what the model server can do: 100 articles, 1, 2, 4 and 8 slots.

    python benchmarks/saturation.py [--json] [--quick] [--slots 1,2,4,8] [--articles 100]

The server is benchmarks/ollama_sim, in a process of its own; an article takes about 1.5 s on one
slot. Against each number of slots Pressrun runs twice, as the command does, with a Prefect server
of its own: finding the slots out by itself ("adaptive"), and told them ("fixed"). Beside it the
plain way, one article after another, and with 4 slots a run in which a tenth of the requests
fail: 503, streams cut or reset, stalls.

The run time counts from the first readable article to the last summary; Prefect's start and the
first fetch are told apart. Its floor is what the simulator takes for the very same requests when
all are queued at once. With a bar missed, the exit code is 1. All of it takes about 12 minutes.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.ollama_sim import Spec
from benchmarks.saturated.runs import Run, plain, pressrun
from benchmarks.saturated.site import StorySite

SPEC = Spec(load_s=2.0, prefill_tps=2000, decode_tps=75)
"""Of one slot; its curve has 8 slots do 6 times the work of one."""

FAULTS = {
    "busy_rate": 0.025,
    "cut_rate": 0.025,
    "reset_rate": 0.025,
    "stall_rate": 0.025,
    "seed": 43,  # with which 12 of the first 111 requests fail, three of each kind
}

PATIENCE = {"silence_timeout_s": 3.0, "first_token_timeout_s": 6.0, "attempts": 6}
"""Settings of the run with faults: a stall is known after this silence."""

ADAPTIVE = {1: 1.10, 2: 1.10, 4: 1.10, 8: 1.15}
FIXED = {1: 1.05, 2: 1.05, 4: 1.05, 8: 1.10}
"""Bars by slots: run time over the floor, at most."""

QUEUEING, SPEED_UP, FAULTY = 0.5, 0.85, 1.35
"""Bars: queueing over service, at most; share of the server's own speed-up, at least; run time
with faults over that without, at most."""

AT_LEAST = ("adaptive_8_share_of_speed_up",)
"""The figures of which more is better."""


class Bench:
    """The runs, one after another, each told of on standard error."""

    def __init__(self, folder: Path, list_url: str, articles: int) -> None:
        self._folder, self._list_url, self._articles = folder, list_url, articles
        self.runs: dict[str, Run] = {}

    async def press(self, name: str, spec: Spec, **ollama: object) -> None:
        """Run Pressrun against a server of *spec*."""
        run = pressrun(self._room(name), self._list_url, spec, self._articles, **ollama)
        await self._told(name, run)

    async def plain(self, spec: Spec) -> None:
        """Run the plain way."""
        await self._told("plain", plain(self._room("plain"), self._list_url, spec))

    async def _told(self, name: str, running: Any) -> None:
        begun = time.monotonic()
        _say(f"{name} ...")
        self.runs[name] = run = await running
        _say(
            f"{name}: {run.seconds:.1f} s, {run.over_floor:.3f} of the floor, queueing "
            f"{run.queueing:.2f}, {run.stories} stories, {run.outcomes} "
            f"({time.monotonic() - begun:.0f} s in all)"
        )

    def _room(self, name: str) -> Path:
        room = self._folder / name
        room.mkdir()
        return room


async def measure(slots: list[int], articles: int) -> dict[str, Run]:
    """All runs, by name."""
    with tempfile.TemporaryDirectory() as folder:
        async with StorySite(articles) as site:
            bench = Bench(Path(folder), site.list_url, articles)
            ways = [partial(bench.plain, SPEC)]
            for number in sorted(slots):
                spec = SPEC.model_copy(update={"slots": number})
                ways.append(partial(bench.press, f"adaptive_{number}", spec, concurrency=0))
                ways.append(partial(bench.press, f"fixed_{number}", spec, concurrency=number))
            if 1 in slots:
                # The first three have little to do but wait: side by side they save five minutes.
                await asyncio.gather(*(ways.pop(0)() for _ in range(3)))
            for way in ways:
                await way()
            if 4 in slots:
                faulty = SPEC.model_copy(update={"slots": 4, **FAULTS})
                await bench.press("faults_4", faulty, concurrency=0, **PATIENCE)
            return bench.runs


def judge(runs: dict[str, Run], articles: int) -> tuple[dict[str, float], dict[str, float]]:
    """The figures that have a bar, and the bars: at most, or for those of `AT_LEAST` at least."""
    held: dict[str, tuple[float, float]] = {}
    for name, run in runs.items():
        way, _, slots = name.partition("_")
        held[f"{name}_missing_stories"] = articles - run.stories, 0
        bar = {"adaptive": ADAPTIVE, "fixed": FIXED}.get(way, {}).get(int(slots or 0))
        if bar:
            held[f"{name}_over_floor"] = run.over_floor, bar
        if way == "adaptive":
            held[f"{name}_queueing"] = run.queueing, QUEUEING
    if "adaptive_8" in runs:
        gained = runs["plain"].seconds / runs["adaptive_8"].seconds
        own = SPEC.total_speed(8) / SPEC.total_speed(1)
        held["adaptive_8_share_of_speed_up"] = gained / own, SPEED_UP
    if "faults_4" in runs:
        ratio = runs["faults_4"].seconds / runs["adaptive_4"].seconds
        held["faults_4_over_faultless"] = ratio, FAULTY
    figures = {name: round(figure, 3) for name, (figure, _) in held.items()}
    return figures, {name: bar for name, (_, bar) in held.items()}


def is_met(name: str, figure: float, bar: float) -> bool:
    """Whether *figure* is on the right side of its bar."""
    return figure >= bar if name in AT_LEAST else figure <= bar


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    parser.add_argument(
        "--quick", action="store_true", help="30 articles instead of 100: for a look"
    )
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--slots", default="1,2,4,8", help="numbers of slots, by commas")
    asked = parser.parse_args()
    articles = asked.articles or (30 if asked.quick else 100)
    try:
        runs = asyncio.run(measure([int(number) for number in asked.slots.split(",")], articles))
    except RuntimeError as exc:
        sys.exit(str(exc))
    judged, bars = judge(runs, articles)
    met = {name: is_met(name, judged[name], bar) for name, bar in bars.items()}
    if asked.json:
        own = {f"servers_own_speed_up_{slots}": SPEC.total_speed(slots) for slots in ADAPTIVE}
        figures = {**judged, **own, "runs": {name: run.figures() for name, run in runs.items()}}
        print(json.dumps({"figures": figures, "bars": bars, "met": met}, ensure_ascii=False))
    else:
        for name, run in runs.items():
            print(f"{name}: " + json.dumps(run.figures(), ensure_ascii=False))
        for name, bar in bars.items():
            side, word = "<>"[name in AT_LEAST], "met" if met[name] else "missed"
            print(f"{name}: {judged[name]:g}  (bar {side}= {bar:g}, {word})")
    sys.exit(0 if all(met.values()) else 1)


if __name__ == "__main__":
    main()
