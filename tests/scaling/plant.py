"""A printing plant: PostgreSQL, a Prefect server on it, three workers and one shared archive."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.models import Edition
from tests.fakes import FakeOllama, NewsSite
from tests.pressrun.archive.archive_store import BUCKET, Store, open_store
from tests.scaling.postgres import Postgres, postgres
from tests.serving import (
    Program,
    checkout,
    environment,
    free_port,
    program,
    settings_of_the_worker,
    type_in,
)

WORKERS = 3
COUNT = 4
"""Articles of an edition."""

ASKED = COUNT + 1
"""What is asked of the model for an edition: a summary of each article, and the overview."""

SLOTS = 2
ANSWER_S = 0.3
"""How long the model works on an answer: requests of several workers meet."""

ARCHIVE = f"s3://{BUCKET}/archive"
SETTINGS = '[papers.daily]\nformats = ["html"]\n'
SERVER = {
    # Leases that outlive the server: those in memory are forgotten, and their slots stay taken.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
}


class DatedSite(NewsSite):
    """A news site whose every day has articles of its own."""

    async def _list(self, request: web.Request) -> web.Response:
        day = request.query["top_time"]
        answer = await super()._list(request)
        assert isinstance(answer.text, str)
        return web.Response(text=answer.text.replace("/news/", f"/news/{day}"))

    def fetched(self, day: date) -> list[int]:
        """How often each article of *day* was fetched."""
        return [self.requests[f"/news/{day:%Y%m%d}{n}.html"] for n in range(1, self.count + 1)]


class BusyOllama(FakeOllama):
    """Takes `ANSWER_S` for an answer, and counts how many it works on at once."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once = self.peak = self.begun = 0
        self._asked = asyncio.Condition()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.peak = max(self.peak, self.at_once)
        async with self._asked:
            self.begun += 1
            self._asked.notify_all()
        try:
            await asyncio.sleep(ANSWER_S)
            return await super()._chat(request)
        finally:
            self.at_once -= 1

    async def was_asked(self, count: int) -> None:
        """Return once it was asked *count* times."""
        async with self._asked:
            await self._asked.wait_for(lambda: self.begun >= count)


class Plant:
    """All of it, running."""

    def __init__(
        self, cluster: Postgres, store: Store, site: DatedSite, ollama: BusyOllama, folder: Path
    ) -> None:
        self.postgres, self.site, self.ollama = cluster, site, ollama
        self._store = store
        self.workers: list[Program] = []
        self._folder = folder
        self._environment = (
            environment(folder / "home", free_port())
            | {"PREFECT_SERVER_DATABASE_CONNECTION_URL": cluster.url}
            | SERVER
        )
        self._stack = AsyncExitStack()

    @property
    def api(self) -> str:
        return self._environment["PREFECT_API_URL"]

    async def start_server(self) -> None:
        self._server = await self._stack.enter_async_context(
            program("prefect server start", self._folder, self._environment)
        )
        await self._server.says("Uvicorn running on")

    async def kill_server(self) -> None:
        os.killpg(self._server.process.pid, signal.SIGKILL)
        await self._server.process.wait()

    async def type_in(self, command: str) -> str:
        """What *command* prints, typed in the folder of the code."""
        return await type_in(command, self._folder / "code", self._of_a_worker())

    async def start(self) -> None:
        await self.start_server()
        checkout(self._folder / "code", SETTINGS)
        await self.type_in("prefect work-pool create pressrun --type process")
        await self.type_in("prefect deploy --all")
        await self.type_in(f"pressrun limits set {SLOTS}")

    async def hire(self) -> None:
        """Start the workers, each in a folder and a home of its own."""
        for number in range(1, WORKERS + 1):
            (folder := self._folder / f"worker-{number}").mkdir()
            own = self._of_a_worker() | {"PREFECT_HOME": str(folder / "home")}
            command = f"prefect worker start --pool pressrun --name worker-{number} --limit 2"
            self.workers.append(
                await self._stack.enter_async_context(program(command, folder, own))
            )

    async def close(self) -> None:
        for worker in self.workers:  # without a server they would wait for it
            with suppress(ProcessLookupError):
                os.killpg(worker.process.pid, signal.SIGKILL)
        await self._stack.aclose()

    async def submit(self, days: Iterable[date]) -> list[UUID]:
        from prefect.client.orchestration import get_client

        with using(Server(self.api, {"api.url": self.api})):
            async with get_client() as client:
                deployment = await client.read_deployment_by_name("daily-digest/on-demand")
                runs = [
                    await client.create_flow_run_from_deployment(
                        deployment.id, parameters={"edition_date": str(day)}
                    )
                    for day in days
                ]
        return [run.id for run in runs]

    async def ended(self, runs: Iterable[UUID]) -> list[Any]:
        from prefect.flow_runs import wait_for_flow_run

        with using(Server(self.api, {"api.url": self.api})):
            return [await wait_for_flow_run(run, timeout=600) for run in runs]

    async def slots_in_use(self) -> int:
        from tasks.engines.limits import LimitRegister

        with using(Server(self.api, {"api.url": self.api})):
            register = LimitRegister()
            try:
                [limit] = await register.all()
            finally:
                await register.aclose()
        return limit.active_slots

    @property
    def archive(self) -> Archive:
        return Archive.open(ARCHIVE, self._store.options)

    def edition(self, day: date) -> Edition | None:
        return self.archive.editions.current("daily", day)

    def _of_a_worker(self) -> dict[str, str]:
        return {
            **self._environment,
            **settings_of_the_worker(self.site, self.ollama),
            **self._store.environment,
            "PRESSRUN_ARCHIVE": ARCHIVE,
            "PRESSRUN_ENGINES__OLLAMA__SHARED_LIMIT": "true",
        }


@asynccontextmanager
async def plant(folder: Path) -> AsyncIterator[Plant]:
    with open_store() as store:
        async with postgres() as cluster, DatedSite(COUNT) as site, BusyOllama() as ollama:
            whole = Plant(cluster, store, site, ollama, folder)
            try:
                await whole.start()
                yield whole
            finally:
                await whole.close()
