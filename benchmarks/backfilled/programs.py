"""The benchmark's programs as children, each with the lines that it says."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pressrun.cli.deployments import ENVIRONMENT
from pressrun.cli.prefect import server_answers
from pressrun.lifeline import child_process

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A child that says JSON lines."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self._name, self._process = name, process
        self._errors = bytearray()
        self._listening = asyncio.create_task(self._listen())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    async def said(self) -> dict[str, Any]:
        """Its next line.

        Raises:
            RuntimeError: it ended instead; with its last words.
        """
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            if line.startswith(b"{"):
                found: dict[str, Any] = json.loads(line)
                return found
        await self._listening
        raise RuntimeError(f"{self._name} ended: {self._errors.decode(errors='replace')}")

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        while words := await self._process.stderr.read(4096):
            self._errors = (self._errors + words)[-3000:]


@asynccontextmanager
async def program(name: str, *arguments: object, env: Mapping[str, str]) -> AsyncIterator[Program]:
    """The module *name* of this package, run with *arguments* until the block ends."""
    argv = (sys.executable, "-m", f"benchmarks.backfilled.{name}", *map(str, arguments))
    async with child_process(argv, pipes=True, env=env, grace_s=1.0) as process:
        yield Program(name, process)


def environment(folder: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """Ours without Pressrun's and Prefect's own, with *settings*, as a run of a deployment has it.

    *folder* is on Python's path.
    """
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PRESSRUN_", "PREFECT"))}
    given = {
        f"PRESSRUN_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "PREFECT_HOME": str(folder / "prefect")}
    return {**kept, **ENVIRONMENT, **paths, **given, "XDG_STATE_HOME": str(folder / "state")}


class PrefectServer(NamedTuple):
    """A Prefect server, as an operator starts it."""

    url: str
    pid: int


@asynccontextmanager
async def prefect(folder: Path, env: Mapping[str, str]) -> AsyncIterator[PrefectServer]:
    """A Prefect server on a new SQLite database in *folder*, until the block ends.

    Raises:
        RuntimeError: it ended while it started; its log says why.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = folder / "prefect.log"
    start = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    argv = (sys.executable, "-m", "pressrun.lifeline", *start)
    env = {
        **env,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    async with child_process(argv, log=log, env=env) as process:
        url = f"http://127.0.0.1:{port}/api"
        while not await asyncio.to_thread(server_answers, url):
            if process.returncode is not None:
                raise RuntimeError(f"the Prefect server ended: {log.read_text()[-3000:]}")
            await asyncio.sleep(0.5)
        yield PrefectServer(url, process.pid)
