"""Each process of a family calls the test and holds the line: its end is the line's end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from pressrun.lifeline import child_process

CALL = """
import os, signal, socket, subprocess, sys, time
def call(name):
    line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    line.sendall(name.encode() + b"\\n")
    return line
"""
GRANDCHILD = CALL + "line = call('grandchild'); time.sleep(600)"
CHILD = f"""{CALL}
from pressrun.lifeline import exit_with_parent
exit_with_parent()
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", {GRANDCHILD!r}, sys.argv[1]])
line = call("child")
time.sleep(600)
"""
PARENT = f"""{CALL}
import asyncio
from pressrun.lifeline import child_process
async def main():
    async with child_process([sys.executable, "-c", {CHILD!r}, sys.argv[1]]):
        if "fork" in sys.argv and os.fork() == 0:
            line = call("sibling")
            time.sleep(600)
        line = call("parent")
        await asyncio.sleep(600)
asyncio.run(main())
"""


class Switchboard:
    """Takes calls: who called, and when the line goes dead."""

    def __init__(self) -> None:
        self.port = 0
        self._lines: dict[str, asyncio.Future[asyncio.StreamReader]] = {}
        self._writers: list[asyncio.StreamWriter] = []

    async def taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        name = (await reader.readline()).decode().strip()
        self._line(name).set_result(reader)

    def _line(self, name: str) -> asyncio.Future[asyncio.StreamReader]:
        return self._lines.setdefault(name, asyncio.get_running_loop().create_future())

    async def has_called(self, *names: str) -> None:
        async with asyncio.timeout(60):
            for name in names:
                await self._line(name)

    async def is_gone(self, name: str) -> bool:
        async with asyncio.timeout(15):
            try:
                return await (await self._line(name)).read() == b""
            except ConnectionResetError:
                return True

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@pytest.fixture
async def switchboard() -> AsyncIterator[Switchboard]:
    board = Switchboard()
    server = await asyncio.start_server(board.taken, "127.0.0.1", 0)
    board.port = server.sockets[0].getsockname()[1]
    async with server:
        yield board
        board.close()


@pytest.mark.parametrize("fork", ["", "fork"], ids=["alone", "a forked sibling holds the pipe"])
async def test_a_child_and_its_children_end_when_the_parent_is_killed(
    switchboard: Switchboard, fork: str
) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(switchboard.port), fork, start_new_session=True
    )
    try:
        await switchboard.has_called("parent", "child", "grandchild", *(["sibling"] * bool(fork)))
        parent.kill()
        assert await switchboard.is_gone("child")
        assert await switchboard.is_gone("grandchild")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)  # the sibling
        await parent.wait()


@pytest.mark.parametrize("mood", ["", "stubborn"], ids=["polite", "ignores SIGTERM"])
async def test_leaving_the_block_ends_the_whole_session(
    switchboard: Switchboard, mood: str
) -> None:
    argv = [sys.executable, "-c", CHILD, str(switchboard.port), mood]
    async with child_process(argv, grace_s=0.2) as process:
        await switchboard.has_called("child", "grandchild")
        assert os.getsid(process.pid) == process.pid != os.getsid(0)
    assert process.returncode == (-signal.SIGKILL if mood else -signal.SIGTERM)
    assert await switchboard.is_gone("grandchild")


async def test_an_exception_in_the_block_ends_the_child_and_comes_through(
    switchboard: Switchboard,
) -> None:
    async def work() -> None:
        async with child_process([sys.executable, "-c", CHILD, str(switchboard.port)]):
            await switchboard.has_called("child")
            raise KeyError

    with pytest.raises(KeyError):
        await work()
    assert await switchboard.is_gone("child")


async def test_output_is_appended_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    program = "import sys; print('out', flush=True); print('error', file=sys.stderr)"
    async with child_process([sys.executable, "-c", program], log=log) as process:
        await process.wait()
    assert log.read_text() == "before\nout\nerror\n"


async def test_a_module_that_is_not_ours_runs_on_a_lifeline() -> None:
    argv = [sys.executable, "-m", "pressrun.lifeline", "calendar", "2026", "11"]
    async with child_process(argv, pipes=True) as process:
        assert process.stdout is not None
        assert b"November 2026" in await process.stdout.read()
        assert await process.wait() == 0
