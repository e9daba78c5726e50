"""The parent's side of the embedded engine: its child process, from start to end."""

import asyncio
import json
import logging
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pressrun.errors import EngineUnavailable
from pressrun.lifeline import child_process
from settings import EmbeddedSettings
from tasks.engines.embedded.model import require_installed

RESTARTS = 2
"""How often a server that has ended is started again; one that ends over and over has a reason."""

TAIL_BYTES = 4096
"""How much of what the child last said is kept, for the error that tells of its end."""

# -P: a folder called `tasks` where the user happens to be must not become the program.
_PROGRAM = (sys.executable, "-P", "-m", "tasks.engines.embedded.server")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Serving:
    """A server that answers at *url* with *model*; *digest* is the sha256 of its file."""

    url: str
    model: str
    digest: str


@asynccontextmanager
async def serving(settings: EmbeddedSettings) -> AsyncIterator[Serving]:
    """The server of *settings* in a child process, loaded and warm, until the exit.

    Should it end before, it is started again, `RESTARTS` times, at the same address: what was
    being answered breaks off, and what is asked meanwhile waits.

    Raises:
        EngineUnavailable: not installed, no usable model, or it did not start in time.
    """
    await asyncio.to_thread(require_installed, settings)
    # The door stays ours: it outlives a child, and requests wait at it for the next one.
    with socket.create_server(("127.0.0.1", 0)) as door:
        async with AsyncExitStack() as child:
            process, server = await child.enter_async_context(_started(settings, door))
            keeping = asyncio.create_task(_keep(process, child, settings, door))
            try:
                yield server
            finally:
                keeping.cancel()
                await asyncio.wait([keeping])
                if not keeping.cancelled():
                    keeping.result()


async def _keep(
    process: Process, child: AsyncExitStack, settings: EmbeddedSettings, door: socket.socket
) -> None:
    """Start the server again, in *child*, whenever its *process* has ended; in the end, close."""
    for left in reversed(range(RESTARTS + 1)):
        status = await process.wait()
        await child.aclose()
        if not left:
            logger.warning("the embedded engine ended with status %d once more", status)
            break
        logger.warning("the embedded engine ended with status %d; it is started again", status)
        try:
            process, _ = await child.enter_async_context(_started(settings, door))
        except EngineUnavailable as exc:
            logger.warning("%s", exc)
            break
    logger.warning("the embedded engine is not started again in this run")
    door.close()  # whoever waits there is refused


@asynccontextmanager
async def _started(
    settings: EmbeddedSettings, door: socket.socket
) -> AsyncIterator[tuple[Process, Serving]]:
    """A child process that serves at *door*.

    Raises:
        EngineUnavailable: no usable model, or it did not start in time.
    """
    argv = (*_PROGRAM, settings.model_dump_json(), str(door.fileno()))
    async with child_process(argv, pipes=True, fds=[door.fileno()], grace_s=2.0) as process:
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
            url = f"http://127.0.0.1:{door.getsockname()[1]}"
            yield process, Serving(url, said["model"], said["digest"])
        finally:
            listening.cancel()


async def _keep_tail(stream: asyncio.StreamReader, log: bytearray) -> None:
    while block := await stream.read(TAIL_BYTES):
        log += block
        del log[:-TAIL_BYTES]


def _last_words(log: bytearray) -> str:
    text = log.decode("utf-8", "replace").strip()
    return f"\nIt said last:\n{text}" if text else ""
