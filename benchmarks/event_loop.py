"""How long the event loop is blocked while an edition of 20 articles is printed, and its memory.

    python benchmarks/event_loop.py [--json] [--articles 20] [--formats html,pdf,png]

Runs the path of `pressrun digest` in a process of its own, on a temporary Prefect server, with a
news site and an Ollama that answers at once in a process beside it. A task in that process's loop
ticks; what lies between two ticks is what the loop did before it could tick again: its wall time,
the CPU time of its thread, and its wall time without what the kernel kept it waiting for a core
(Linux tells). The bar is on the CPU time: on a busy machine the wall says nothing of the program.

Memory is sampled from outside: the command's process, its workers, Prefect's server, each in
resident bytes; what processes share is counted once in `proportional`. The bar is on the peak of
the command with its workers. With a bar missed, the exit code is 1.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

BARS = {"longest_block_cpu_ms": 100.0, "peak_mb": 400.0}
PERIOD_S = 0.005
SAMPLE_S = 0.1
SUSPECT_S = 0.04
"""From this gap on, what the loop's thread is at is looked up."""

DAY, NOW = date(2026, 3, 12), datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class Gap(NamedTuple):
    """What lay between two ticks, in milliseconds over the period; *stage* is what came last."""

    cpu_ms: float
    wall_ms: float
    held_ms: float
    stage: str
    where: str


class Ticker:
    """Measures the loop that it runs in, and passes on what an observer is told."""

    def __init__(self, view: Any) -> None:
        self._view = view
        self._thread = threading.get_ident()
        self._ticked = time.monotonic()
        self._caught = ""
        self.gaps: list[Gap] = []
        self.stage = "start"
        self.flow_at: int | None = None
        self._over = threading.Event()

    def event(self, stage: str, /, **facts: object) -> None:
        """Take note of *stage*, and pass it on."""
        self.stage = stage
        if stage == "prefect":  # what follows is the flow
            self.flow_at = len(self.gaps)
        self._view.event(stage, **facts)

    async def tick(self) -> None:
        """Measure until cancelled."""
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            with _queueing() as queued_s:
                wall, cpu, queued = time.monotonic(), time.thread_time(), queued_s()
                while True:
                    self._ticked = wall
                    await asyncio.sleep(PERIOD_S)
                    now = time.monotonic(), time.thread_time(), queued_s()
                    over_s = max(0.0, now[0] - wall - PERIOD_S)
                    held_s = max(0.0, over_s - (now[2] - queued))
                    where, self._caught = self._caught, ""
                    self.gaps.append(
                        Gap(1e3 * (now[1] - cpu), 1e3 * over_s, 1e3 * held_s, self.stage, where)
                    )
                    wall, cpu, queued = now
        finally:
            self._over.set()

    def _watch(self) -> None:
        """Note where the loop's thread is when a tick is overdue."""
        while not self._over.wait(SUSPECT_S / 2):
            if not self._caught and time.monotonic() - self._ticked > SUSPECT_S:
                frame = sys._current_frames().get(self._thread)
                rows = traceback.extract_stack(frame)[-12:]
                self._caught = " < ".join(
                    f"{'/'.join(Path(row.filename).parts[-2:])}:{row.lineno} {row.name}"
                    for row in reversed(rows)
                )


@contextlib.contextmanager
def _queueing() -> Iterator[Any]:
    """A function that tells how long this thread has waited for a core, in seconds."""
    try:
        handle = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        yield lambda: 0.0
        return
    try:
        yield lambda: int(os.pread(handle, 100, 0).split()[1]) / 1e9
    finally:
        os.close(handle)


def measured(stage: dict[str, str], archive: str, limit: int, formats: tuple[str, ...]) -> None:
    """Print the edition as `pressrun digest` does; one JSON object of figures comes out."""
    from pressrun.cli import press
    from settings import load_settings
    from tasks.order import place_order

    settings = load_settings(
        {
            "archive": archive,
            "engine": "ollama",
            "prefect": "temporary",
            "engines": {"ollama": {"host": stage["host"], "model": stage["model"]}},
            "sources": {"sina": {"list_url": stage["list_url"]}},
            "fetch": {"private_hosts": True, "host_delay_s": 0, "per_host": 8},
            "papers": {"daily": {"limit": limit, "formats": formats}},
        }
    )
    printed, tickers = press._print, []

    async def ticking(order: Any, settings: Any, given: Any, view: Any) -> None:
        ticker = Ticker(view)
        tickers.append(ticker)
        ticks = asyncio.create_task(ticker.tick())
        try:
            await printed(order, settings, given, ticker)  # type: ignore[arg-type]
        finally:
            ticks.cancel()

    press._print = ticking
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        edition = press.print_edition(
            place_order(settings, "daily", DAY, NOW), settings, {}, as_json=True
        )
    (ticker,) = tickers
    start = ticker.flow_at or 0
    flow = ticker.gaps[start:]
    worst = sorted(flow, reverse=True)[:5]
    found = {
        "stories": len(edition.stories),
        "seconds": json.loads(said.getvalue())["seconds"],
        "ticks_in_the_flow": len(flow),
        "longest_block_cpu_ms": round(max(flow).cpu_ms, 1),
        "longest_block_held_ms": round(max(gap.held_ms for gap in flow), 1),
        "longest_block_wall_ms": round(max(gap.wall_ms for gap in flow), 1),
        "longest_before_the_flow_cpu_ms": round(max(ticker.gaps[:start]).cpu_ms, 1),
        "worst": [gap._asdict() for gap in worst],
        "worst_held": [
            gap._asdict() for gap in sorted(flow, key=lambda gap: gap.held_ms, reverse=True)[:3]
        ],
    }
    print(json.dumps(found, ensure_ascii=False))


async def serve(count: int) -> None:
    """The news site and the Ollama, until standard input ends."""
    from tests.fakes import FakeOllama, NewsSite

    async with NewsSite(count) as site, FakeOllama() as ollama:
        said = {"list_url": site.list_url, "host": ollama.url, "model": ollama.model}
        print(json.dumps(said), flush=True)
        await asyncio.to_thread(sys.stdin.read)


class Memory:
    """Peaks of the process *pid* and of those below it, in MB, sampled from outside."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.peaks: dict[str, float] = {}

    def sample(self) -> None:
        """Look at them now."""
        sizes = {"command": 0.0, "workers": 0.0, "prefect": 0.0, "proportional": 0.0}
        for pid, kind in _family(self._pid):
            resident, proportional = _memory(pid)
            sizes[kind] += resident
            if kind != "prefect":
                sizes["proportional"] += proportional
        sizes["together"] = sizes["command"] + sizes["workers"]
        for name, size in sizes.items():
            self.peaks[name] = max(self.peaks.get(name, 0.0), size)


def _family(root: int) -> Iterator[tuple[int, str]]:
    """*root* and its descendants, each with what it is."""
    below: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(status.parent.name))
    waiting = [(root, "command")]
    while waiting:
        pid, kind = waiting.pop()
        yield pid, kind
        for child in below.get(pid, ()):
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{child}/cmdline").read_bytes()
                theirs = kind if kind != "command" else "workers"
                waiting.append((child, "prefect" if b"prefect_child" in line else theirs))


def _memory(pid: int) -> tuple[float, float]:
    """Resident and proportional MB of *pid*; what is gone has none."""
    found = {"Rss": 0.0, "Pss": 0.0}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in found:
                found[name] = int(rest.split()[0]) * 1024 / 1e6
    return found["Rss"], found["Pss"]


def measure(count: int, formats: str) -> dict[str, Any]:
    """All figures of one run, in processes of their own."""
    me = [sys.executable, str(Path(__file__).resolve())]
    root = Path(__file__).resolve().parent.parent
    environment = {
        n: v for n, v in os.environ.items() if not n.startswith(("PRESSRUN_", "PREFECT"))
    }
    environment["PYTHONPATH"] = str(root)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen([*me, "--serve", str(count)], env=environment, **pipes) as stage,
    ):
        assert stage.stdout is not None
        environment["XDG_STATE_HOME"] = str(Path(folder, "state"))
        given = ["--measured", stage.stdout.readline(), "--articles", str(count)]
        with subprocess.Popen(
            [*me, *given, "--formats", formats], env=environment, cwd=folder, **pipes
        ) as command:
            memory = Memory(command.pid)
            while command.poll() is None:
                memory.sample()
                time.sleep(SAMPLE_S)
            out = command.communicate()[0]
        stage.communicate()
    if command.returncode:
        sys.exit(f"the run ended with {command.returncode}")
    figures: dict[str, Any] = json.loads(out)
    figures |= {f"{name}_peak_mb": round(size, 1) for name, size in memory.peaks.items()}
    figures["peak_mb"] = figures["proportional_peak_mb"]
    return figures


def _word(met: bool) -> str:
    return "met" if met else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--formats", default="html,pdf,png")
    parser.add_argument("--measured", help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve is not None:
        asyncio.run(serve(asked.serve))
        return
    if asked.measured:
        measured(
            json.loads(asked.measured), "archive", asked.articles, tuple(asked.formats.split(","))
        )
        return
    figures = measure(asked.articles, asked.formats)
    met = {name: figures[name] <= bar for name, bar in BARS.items()}
    if asked.json:
        print(json.dumps({"figures": figures, "bars": BARS, "met": met}, ensure_ascii=False))
    else:
        for name, value in figures.items():
            if isinstance(value, list):
                for gap in value:
                    print(f"{name}: " + json.dumps(gap, ensure_ascii=False))
            else:
                bar = f"  (bar {BARS[name]:g}, {_word(met[name])})" if name in BARS else ""
                print(f"{name}: {value}{bar}")
    sys.exit(0 if all(met.values()) else 1)


if __name__ == "__main__":
    main()
