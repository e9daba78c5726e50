"""A PostgreSQL of Debian's package, on loopback, for the time of a test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.serving import free_port

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
max_connections = 100
"""


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL's programs; none where it is not installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Postgres:
    """A cluster in *folder*. It refuses to run as root: then its user is `postgres`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.port = free_port()
        self._programs, self._data = programs, folder / "data"
        self._folder = folder
        root = os.geteuid() == 0
        self._user: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if root else {}
        )
        if root:
            shutil.chown(folder, "postgres", "postgres")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    async def create(self) -> None:
        await self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync")
        config = self._data / "postgresql.conf"
        config.write_text(SETTINGS.format(port=self.port, folder=self._folder))

    async def start(self) -> None:
        await self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}")

    async def restart(self) -> None:
        """Break all connections, and be back."""
        await self._run(
            "pg_ctl", "restart", "--wait", "--mode=fast", f"--log={self._folder / 'log'}"
        )

    async def stop(self) -> None:
        await self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    async def _run(self, name: str, *words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            str(self._programs / name),
            f"--pgdata={self._data}",
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            # The server keeps what it inherits: a pipe would never end.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self._folder,
            start_new_session=True,
            **self._user,
        )
        code = await process.wait()
        assert code == 0, f"{name} {words}: status {code}"


@asynccontextmanager
async def postgres() -> AsyncIterator[Postgres]:
    programs = postgres_bin()
    assert programs is not None, "no PostgreSQL; apt-get install postgresql"
    # Not in pytest's folder, which only its own user may enter.
    folder = Path(tempfile.mkdtemp(prefix="pressrun-postgres-"))
    cluster = Postgres(programs, folder)
    try:
        await cluster.create()
        await cluster.start()
        try:
            yield cluster
        finally:
            await cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
