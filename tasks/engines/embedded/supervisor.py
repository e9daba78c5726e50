"""The parent's side of the embedded engine: its child process, from start to end."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pressrun.errors import EngineUnavailable
from pressrun.lifeline import child_process
from settings.groups import EmbeddedSettings
from tasks.engines.embedded.model import require_installed

TAIL_BYTES = 4096
"""How much of what the child last said is kept, for the error that tells of its end."""

# -P: a folder called `tasks` where the user happens to be must not become the program.
_PROGRAM = (sys.executable, "-P", "-m", "tasks.engines.embedded.server")


@dataclass(frozen=True)
class Serving:
    """A server that answers at *url* with *model*; *digest* is the sha256 of its file."""

    url: str
    model: str
    digest: str
    pid: int


@asynccontextmanager
async def serving(settings: EmbeddedSettings) -> AsyncIterator[Serving]:
    """The server of *settings* in a child process, loaded and warm, until the exit.

    Raises:
        EngineUnavailable: not installed, no usable model, or it did not start in time.
    """
    await asyncio.to_thread(require_installed, settings)
    argv = (*_PROGRAM, settings.model_dump_json())
    async with child_process(argv, pipes=True, grace_s=2.0) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        log = bytearray()
        listening = asyncio.create_task(_keep_tail(process.stderr, log))
        try:
            try:
                line = await asyncio.wait_for(process.stdout.readline(), settings.start_timeout_s)
            except TimeoutError as exc:
                raise EngineUnavailable(
                    f"the embedded engine did not start within {settings.start_timeout_s:g} s; "
                    "raise PRESSRUN_ENGINES__EMBEDDED__START_TIMEOUT_S" + _last_words(log),
                    transient=False,
                ) from exc
            if not line:
                status = await process.wait()
                await listening
                raise EngineUnavailable(
                    f"the embedded engine ended with status {status} while it started; "
                    "is there enough memory for the model?" + _last_words(log),
                    transient=False,
                )
            said = json.loads(line)
            if "error" in said:
                raise EngineUnavailable(said["error"], transient=False)
            yield Serving(said["url"], said["model"], said["digest"], process.pid)
        finally:
            listening.cancel()


async def _keep_tail(stream: asyncio.StreamReader, log: bytearray) -> None:
    while block := await stream.read(TAIL_BYTES):
        log += block
        del log[:-TAIL_BYTES]


def _last_words(log: bytearray) -> str:
    text = log.decode("utf-8", "replace").strip()
    return f"\nIt said last:\n{text}" if text else ""
