"""The simulated server in a process of its own: it shares no event loop with the client."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.ollama_sim.log import LogRow
from benchmarks.ollama_sim.spec import Spec
from pressrun.lifeline import child_process

_ROOT = Path(__file__).resolve().parents[2]


class Remote:
    """A simulated server at *url*, in another process."""

    def __init__(self, url: str, spec: Spec) -> None:
        self.url, self.spec = url, spec

    async def log(self) -> list[LogRow]:
        """What was asked of it so far, in the order in which it ended."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/sim/log") as said:
            return [LogRow(**row) for row in await said.json()]


@asynccontextmanager
async def simulated(spec: Spec) -> AsyncIterator[Remote]:
    """A server of *spec* in a process of its own, which ends with the block or with us."""
    program = (sys.executable, "-m", "benchmarks.ollama_sim", "--child", "--spec")
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    argv = (*program, spec.model_dump_json())
    async with child_process(argv, pipes=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError((await process.stderr.read()).decode("utf-8", "replace"))
        yield Remote(json.loads(line)["url"], spec)
