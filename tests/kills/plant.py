"""What is killed: a Prefect server, a worker, and the runs of the deployment `backfill`."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pressrun.cli.deployments import register
from pressrun.cli.prefect import Server, using
from settings import load_settings
from tests.kills import processes
from tests.kills.post import delivery_by
from tests.kills.stages import Victim
from tests.kills.world import Log, Model, Site
from tests.serving import (
    REPOSITORY,
    Program,
    environment,
    free_port,
    program,
    settings_of_the_worker,
)
from tests.tasks.delivery.mailing import MailServer

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

STORIES = 4
LOOK_S = 0.1
_ENGINE = "tasks.engines.embedded.server"
_FLOW = "-m prefect.engine"


class Plant:
    """A server on SQLite, a worker, a site and a model, kept through many moments."""

    def __init__(
        self, site: Site, model: Model, log: Log, folder: Path, post: MailServer | None = None
    ) -> None:
        self.log, self.folder, self.post = log, folder, post
        self._environment = environment(folder / "home", free_port())
        self._of_the_worker = (
            self._environment
            | settings_of_the_worker(site, model)
            | {
                "PYTHONPATH": str(REPOSITORY),
                "PRESSRUN_LEASE_S": "30",
                "PRESSRUN_PAPERS__DAILY__FORMATS": '["html"]',
                "PRESSRUN_FETCH__EXTRACT_WORKERS": "1",
            }
            | (delivery_by(post) if post else {})
        )
        self._stack = AsyncExitStack()
        self._server: Program
        self._worker: Program
        self._workers = 0

    async def start(self) -> None:
        from prefect.client.orchestration import get_client

        await self.start_server()
        async with get_client() as client:
            await register(client, load_settings({}), self.folder)
        await self.start_worker()

    async def start_server(self) -> None:
        self._server = await self._stack.enter_async_context(
            program("prefect server start", self.folder, self._environment)
        )
        await self._server.says("Uvicorn running on")

    async def start_worker(self) -> None:
        self._workers += 1
        command = f"prefect worker start --pool pressrun --name worker-{self._workers}"
        self._worker = await self._stack.enter_async_context(
            program(command, self.folder, self._of_the_worker)
        )
        await self._worker.says("started!")

    async def close(self) -> None:
        await self._stack.aclose()

    def using(self) -> Any:
        """Prefect's client speaks to this server inside the block."""
        api = self._environment["PREFECT_API_URL"]
        return using(Server(api, {"api.url": api}))

    async def submit(self, days: Sequence[date], archive: Path, **given: object) -> UUID:
        """A run of the deployment `backfill` over *days*; its ID."""
        from prefect.client.orchestration import get_client

        parameters = {"start": str(days[0]), "end": str(days[-1]), "archive": str(archive)}
        async with get_client() as client:
            deployment = await client.read_deployment_by_name("backfill/backfill")
            run = await client.create_flow_run_from_deployment(
                deployment.id, parameters=parameters | given
            )
        return run.id

    async def state_of(self, run: UUID) -> "FlowRun":
        from prefect.client.orchestration import get_client

        async with get_client() as client:
            return await client.read_flow_run(run)

    async def process_of(self, run: UUID) -> int:
        """The process that runs the flow, once there is one."""
        while True:
            found = [pid for pid in processes.below(self._worker.process.pid) if _runs(pid, run)]
            if found:
                return found[0]
            await asyncio.sleep(LOOK_S)

    async def ended(self, run: UUID) -> "FlowRun":
        """The run, once it is in a final state."""
        while True:
            found = await self.state_of(run)
            if found.state and found.state.is_final():
                return found
            await asyncio.sleep(3 * LOOK_S)

    async def kill(self, victim: Victim, process: int) -> None:
        """`kill -9` of *victim*, of the run in *process*; returns when it is gone."""
        match victim:
            case Victim.FLOW:
                pids = [process]
            case Victim.ENGINE:
                pids = await _engine_below(process)
            case Victim.WORKER:
                pids = [self._worker.process.pid]
            case Victim.SERVER:
                os.killpg(self._server.process.pid, signal.SIGKILL)
                pids = [self._server.process.pid]
        for pid in pids:
            processes.kill(pid)
            await processes.gone(pid)

    async def restore(self, victim: Victim) -> None:
        """Start again what was killed, on the same database."""
        if victim is Victim.SERVER:
            await self.start_server()
        elif victim is Victim.WORKER:
            await self.start_worker()

    def is_whole(self) -> bool:
        """Whether the server's database is."""
        with closing(sqlite3.connect(self.folder / "home/prefect.db")) as database:
            return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@asynccontextmanager
async def plant(
    folder: Path, *, answer_s: float = 0.15, post: MailServer | None = None
) -> AsyncIterator[Plant]:
    """A plant in *folder* whose model takes *answer_s* for an answer.

    With *post* every edition is sent to readers there.
    """
    log = Log()
    async with Site(log, STORIES) as site, Model(log, answer_s) as model:
        whole = Plant(site, model, log, folder, post)
        with whole.using():
            try:
                await whole.start()
                yield whole
            finally:
                await whole.close()


async def _engine_below(process: int) -> list[int]:
    """The engine of the run in *process*, once it was started; none when the run has ended."""
    found: list[int] = []
    while not found and processes.is_alive(process):
        found = [pid for pid in processes.below(process) if _ENGINE in processes.words(pid)]
        await asyncio.sleep(0.02)
    return found


def _runs(pid: int, run: UUID) -> bool:
    return _FLOW in processes.words(pid) and str(run) in processes.surroundings(pid)
