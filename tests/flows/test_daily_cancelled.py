"""A run in a process of its own, as workers start it, ended as Prefect ends a cancelled one."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

REPOSITORY = Path(__file__).parents[2]
DAY = date(2026, 3, 12)
LIMIT_S = 5.0
"""How long a cancelled run may take, from the signal on."""


class SilentOllama(FakeOllama):
    """Tells when it is asked first, and does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.hold.clear()
        self.first = asyncio.Event()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.first.set()
        return await super()._chat(request)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


async def submitted(**parameters: object) -> UUID:
    """A run of a deployment that lies in this checkout."""
    from prefect.client.orchestration import get_client

    from flows.daily import daily_digest

    async with get_client() as client:
        flow_id = await client.create_flow(daily_digest)
        deployment = await client.create_deployment(
            flow_id,
            "cancelled",
            pull_steps=[
                {"prefect.deployments.steps.set_working_directory": {"directory": str(REPOSITORY)}}
            ],
            entrypoint="flows/daily.py:daily_digest",
        )
        run = await client.create_flow_run_from_deployment(deployment, parameters=parameters)
    return run.id


def leases(archive: Path) -> list[Path]:
    return list(archive.rglob("lease.json"))


@pytest.mark.timeout(180)
async def test_a_run_that_is_cancelled_ends_soon_and_leaves_neither_lease_nor_process(
    prefect_api: str, archive_dir: Path, tmp_path: Path
) -> None:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
    async with NewsSite() as site, SilentOllama() as ollama:
        run_id = await submitted(
            edition_date=str(DAY),
            formats=["html"],
            archive=str(archive_dir),
            host=ollama.url,
            model=ollama.model,
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "prefect.engine", str(run_id)),
            env=kept
            | {
                "PREFECT_API_URL": prefect_api,
                "PREFECT_HOME": str(tmp_path / "prefect"),
                "PRESSRUN_SOURCES__SINA__LIST_URL": site.list_url,
                "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
                "PRESSRUN_FETCH__HOST_DELAY_S": "0",
            },
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        asked = asyncio.create_task(ollama.first.wait())
        said = asyncio.create_task(process.stdout.read())
        await asyncio.wait({asked, said}, return_when=asyncio.FIRST_COMPLETED)
        assert asked.done(), said.result().decode()
        assert leases(archive_dir)
        started = time.monotonic()
        os.killpg(process.pid, signal.SIGTERM)  # Prefect's worker signals the group
        words = (await said).decode()  # all that hold its output have ended
        await process.wait()
        took_s = time.monotonic() - started
    print(words)
    assert not leases(archive_dir), words
    assert took_s < LIMIT_S
    assert Archive.open(str(archive_dir)).editions.unfinished("daily", DAY) is not None
