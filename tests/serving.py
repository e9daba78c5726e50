"""Prefect as an operator runs it: a server, workers and commands, in processes of their own."""

import asyncio
import os
import shlex
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.fakes import FakeOllama, NewsSite

REPOSITORY = Path(__file__).parents[1]
MARK = "7.7.7"
"""The version that a deployed copy of the code calls itself."""


class Program:
    """A command that runs until its block ends; `said` keeps what it prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self._heard = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.said += line.decode(errors="replace")
            self._heard.set()
        self._heard.set()

    async def says(self, words: str) -> None:
        """Return once it has printed *words*."""
        while words not in self.said:
            assert not self._listening.done(), self.said
            self._heard.clear()
            await self._heard.wait()

    async def end(self) -> None:
        """End it and what it started, and have read all that it printed."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), 10)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        await self._listening


@asynccontextmanager
async def program(command: str, folder: Path, env: dict[str, str]) -> AsyncIterator[Program]:
    """*command*, begun in *folder*; ended with the block."""
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        stdin=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env=env,
        start_new_session=True,
    )
    running = Program(process)
    try:
        yield running
    finally:
        await running.end()


async def type_in(command: str, folder: Path, env: dict[str, str]) -> str:
    """What *command* prints; it ends well."""
    async with program(command, folder, env) as running:
        code = await running.process.wait()
    assert code == 0, f"{command}\n{running.said}"
    return running.said


def checkout(folder: Path, settings: str) -> Path:
    """A copy of the code that tells itself apart, with *settings* as its pressrun.toml."""
    for name in ("pressrun", "flows", "tasks", "renderers", "settings"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "prefect.yaml", folder)
    (folder / "pressrun/__init__.py").write_text(f'"""A copy."""\n\n__version__ = "{MARK}"\n')
    (folder / "pressrun.toml").write_text(settings)
    return folder


def free_port() -> int:
    """A port of loopback that nobody listened on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment(home: Path, port: int) -> dict[str, str]:
    """This environment, for commands of a Prefect server on *port* that lives in *home*."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOGGING_LEVEL": "INFO",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def settings_of_the_worker(site: NewsSite, ollama: FakeOllama) -> dict[str, str]:
    """What has a worker print from *site* with *ollama*."""
    return {
        "PRESSRUN_SOURCES__SINA__LIST_URL": site.list_url,
        "PRESSRUN_ENGINE": "ollama",
        "PRESSRUN_ENGINES__OLLAMA__HOST": ollama.url,
        "PRESSRUN_ENGINES__OLLAMA__MODEL": ollama.model,
        "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
        "PRESSRUN_FETCH__HOST_DELAY_S": "0",
    }


async def ends(pid: int) -> None:
    """Return once the process *pid* is gone."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            await asyncio.sleep(0.01)
