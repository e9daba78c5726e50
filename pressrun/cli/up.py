"""`pressrun up`: a Prefect server, the deployments and a worker, on one machine, in one command."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from pressrun.cli.interrupts import Interrupted, run
from pressrun.cli.streams import say
from pressrun.cli.up_place import (
    Address,
    find_address,
    find_server,
    logs,
    only_one,
    worker_name,
)
from settings import Settings, load_settings
from tasks.order import utc_now

Keeping: TypeAlias = "set[asyncio.Task[Any]]"
"""The tasks that keep a program going, which end only when they fail."""

LEASE_STORAGE = "prefect.server.concurrency.lease_storage.filesystem"

GRACE_S = 10.0
"""How long a Ctrl-C may take: 1 s, the runs 4.5 s, putting them back 2 s, the programs the rest."""


def up(
    port: Annotated[
        int | None, typer.Option(help="The server's port.", min=1, max=65535, show_default="4200")
    ] = None,
    host: Annotated[str, typer.Option(help="The address that it listens at.")] = "127.0.0.1",
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The server's database, such as postgresql+asyncpg://...; else SQLite in "
            "PREFECT_HOME.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="Editions printed at once.", min=1, max=64)] = 2,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; default: ./pressrun.toml.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Start nothing; say what is or would be wrong.")
    ] = False,
    register_: Annotated[
        bool,
        typer.Option("--register", help="Only register pool and deployments where a server is."),
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="With --check: one JSON object.")] = False,
) -> None:
    """Print the papers by their schedules: start Prefect here, and go on until Ctrl-C.

    Uses the server of Prefect's profile when one answers, else starts one. Runs work in the folder
    where this is typed: its pressrun.toml and its archive. Ctrl-C ends all; a run that it cuts
    short goes on with the next start.
    """
    from pressrun.cli.prefect import decline_tracking

    decline_tracking()
    if config:
        os.environ["PRESSRUN_CONFIG"] = str(config.expanduser().resolve())  # the worker's, too
    if check:
        from pressrun.cli.up_check import report

        raise typer.Exit(report(host, port, database, as_json=json_))
    settings = load_settings()
    if register_:
        asyncio.run(_register(settings, find_server()))
        return
    try:
        with only_one() as lock:
            address = find_address(host, port, database)
            lock.write(address.url)
            lock.flush()
            run(_up(settings, address, database, limit, logs()), line, grace_s=GRACE_S)
    except Interrupted as stop:
        raise typer.Exit(stop.exit_code) from None


def line(text: str, at: datetime | None = None) -> None:
    """Say *text* in a line that begins with the time."""
    say(f"{(at or utc_now()).astimezone():%H:%M:%S} {text}\n")


@asynccontextmanager
async def _server(address: Address, database: str | None, home: Path) -> AsyncIterator[Keeping]:
    """A server that answers; the task that keeps it, if it is ours."""
    from pressrun.cli.up_keep import SERVER_GRACE_S, Program, kept, until_it_answers

    if not address.port:
        line(f"Prefect's server answers at {address.ui}")
        yield set()
        return
    env = {**os.environ, "PREFECT_API_URL": address.url}
    env.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    # In its memory, by default, leases end with the server, and their slots stay taken.
    env.setdefault("PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE", LEASE_STORAGE)
    if database:
        env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
    program = Program(
        "server",
        "prefect",
        ("server", "start", "--host", address.host, "--port", str(address.port)),
        env=env,
        log=home / "server.log",
        grace_s=SERVER_GRACE_S,
    )
    line("Prefect's server starts; the first time takes up to a minute")
    async with kept(program, line) as keeping:
        await _first({keeping}, until_it_answers(address.url, program))
        yield {keeping}


async def _register(settings: Settings, address: Address) -> None:
    from pressrun.cli.deployments import present, register, table
    from pressrun.cli.prefect import Server, imported, using

    with using(Server(address.url, {"api.url": address.url})):
        async with imported("prefect.client.orchestration").get_client() as client:
            for note in await register(client, settings, Path.cwd()):
                line(note)
    names = ", ".join(one.name for one in present(table(settings)))
    line(f"registered at {address.ui}: {names}; runs work in {Path.cwd()}")


async def _up(
    settings: Settings, address: Address, database: str | None, limit: int, home: Path
) -> None:
    from pressrun.cli.deployments import POOL, register
    from pressrun.cli.prefect import Server, imported, load_flow, using
    from pressrun.cli.up_keep import WORKER_GRACE_S, Program, ending_runs, kept, kept_beside
    from pressrun.cli.up_runs import begin_again, cancelling, follow, polls, putting_back

    name = worker_name(home)
    env = {**os.environ, "PREFECT_API_URL": address.url}
    async with AsyncExitStack() as stack:
        keeping = await stack.enter_async_context(_server(address, database, home))
        await asyncio.to_thread(load_flow)
        stack.enter_context(using(Server(address.url, {"api.url": address.url})))
        get_client = imported("prefect.client.orchestration").get_client
        client = await stack.enter_async_context(get_client())
        for note in await register(client, settings, Path.cwd()):
            line(note)
        since = utc_now()
        live: list[Any] = []
        await stack.enter_async_context(putting_back(client, live, line))
        if settings.metrics.port:
            metrics = Program(
                "metrics",
                "pressrun.cli",
                ("metrics", "serve", "--port", str(settings.metrics.port)),
                env=env,
                log=home / "metrics.log",
                grace_s=WORKER_GRACE_S,
            )
            await stack.enter_async_context(kept_beside(metrics, line))
        worker = Program(
            "worker",
            "prefect",
            (
                *("worker", "start", "--pool", POOL, "--type", "process"),
                *("--name", name, "--limit", str(limit)),
            ),
            env=env,
            log=home / "worker.log",
            grace_s=WORKER_GRACE_S,
            prepare=lambda: begin_again(client, name, line),
        )
        keeping.add(await stack.enter_async_context(kept(worker, line)))
        await stack.enter_async_context(ending_runs(worker))
        await stack.enter_async_context(cancelling(client, name, live))
        await _first(keeping, polls(client, name, since))
        _greet(settings, address, limit, home)
        await _first(keeping, follow(client, since, line))


async def _first(keeping: Keeping, work: Coroutine[Any, Any, None]) -> None:
    """Return with *work*, or raise what a program failed of."""
    working = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({*keeping, working}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        working.cancel()


def _greet(settings: Settings, address: Address, limit: int, home: Path) -> None:
    from pressrun.archive.archive import files_at
    from pressrun.cli.up_runs import next_runs

    line(f"ready, {limit} editions at once; the form and the runs: {address.ui}")
    for name, moment in next_runs(settings, utc_now()).items():
        line(f"{name} is printed next at {moment:%Y-%m-%d %H:%M} {moment.tzinfo}")
    for name, paper in settings.papers.items():
        if not paper.schedule:
            line(f"{name} has no schedule")
    line(f"the archive: {files_at(settings.archive).address('')}; logs: {home}")
    line("Ctrl-C ends all")
