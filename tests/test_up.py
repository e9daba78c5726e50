"""`pressrun up` as the README has it typed: in an empty folder, until Ctrl-C."""

import asyncio
import json
import os
import signal
from datetime import date
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.cli.deployments import present, table
from pressrun.cli.prefect import Server, using
from pressrun.lifeline import groups_below
from settings import Settings
from tests.fakes import FakeOllama, LocalServer, NewsSite
from tests.serving import (
    REPOSITORY,
    environment,
    free_port,
    program,
    settings_of_the_worker,
    type_in,
)

PRINTED, CUT_SHORT = date(2026, 3, 10), date(2026, 3, 11)
END_LIMIT_S = 10.0


class Bell(LocalServer):
    """Where alerts go; `requests` counts them."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/{path:.*}", self._ring)]

    @property
    def address(self) -> str:
        return self.url.replace("http:", "json:")

    async def _ring(self, request: web.Request) -> web.Response:
        self.requests["rung"] += 1
        return web.Response()


def commands() -> list[str]:
    """The commands of the README's Prefect section, a block each."""
    section = (REPOSITORY / "README.md").read_text().partition("\n## With Prefect\n")[2]
    blocks = section.partition("\n## ")[0].split("```sh\n")[1:]
    return [block.partition("\n```")[0] for block in blocks]


@pytest.mark.faults
@pytest.mark.server
@pytest.mark.timeout(900)
async def test_the_readmes_commands_print_editions_until_ctrl_c(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    port = free_port()
    (desk := tmp_path / "desk").mkdir()
    env = environment(tmp_path / "home", port)
    # As a newcomer has it: neither a profile nor variables name a server. Only the port is another.
    del env["PREFECT_API_URL"], env["PREFECT_SERVER_API_PORT"]
    up, check = commands()
    ui = f"http://127.0.0.1:{port}"
    async with NewsSite() as site, Bell() as bell:
        env |= settings_of_the_worker(site, ollama)
        env |= {
            "PRESSRUN_PAPERS__DAILY__FORMATS": '["html"]',
            "PRESSRUN_ALERTS__ADDRESSES": json.dumps([bell.address]),
        }
        async with program(f"{up} --port {port}", desk, env) as running:
            await running.says(f"the form and the runs: {ui}\n")
            await running.says("daily is printed next at ")
            assert await type_in(check, desk, env)
            async with httpx.AsyncClient() as browser:
                page = await browser.get(f"{ui}/")
            assert "<title>" in page.text
            with using(Server(f"{ui}/api", {"api.url": f"{ui}/api"})):
                assert await schedules() == {
                    one.name: {item.slug for item in one.schedules}
                    for one in present(table(Settings()))
                }
                await submitted(PRINTED, limit=2)
                await running.says(f"daily-{PRINTED} Completed: 2 of 2 stories, revision 1")
                ollama.hold.clear()
                await submitted(CUT_SHORT)
                await running.says(f"daily-{CUT_SHORT} Running")
                while len(ollama.asked) < 3:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
            groups = groups_below(running.process.pid)
            os.killpg(running.process.pid, signal.SIGINT)
            async with asyncio.timeout(END_LIMIT_S):
                code = await running.process.wait()
        ollama.hold.set()

    assert code == 130
    assert f"daily-{CUT_SHORT} was cut short; the next pressrun up goes on with it" in running.said
    # Server, worker and run, each in a session of its own.
    assert len(groups) >= 3
    assert not [group for group in groups if lives(group)]
    editions = Archive.open(str(desk / "archive")).editions
    assert editions.current("daily", PRINTED)
    assert not editions.current("daily", CUT_SHORT)
    assert not list(desk.rglob("lease.json"))
    assert not bell.requests


async def schedules() -> dict[str, set[str]]:
    """The names of the active schedules of each deployment."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        found = await client.read_deployments()
    return {one.name: {str(s.slug) for s in one.schedules if s.active} for one in found}


async def submitted(day: date, limit: int = 4) -> None:
    """A run on demand, as the form's button makes it."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        deployment = await client.read_deployment_by_name("daily-digest/on-demand")
        await client.create_flow_run_from_deployment(
            deployment.id, parameters={"edition_date": str(day), "limit": limit}
        )


def lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
