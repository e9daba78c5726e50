"""`pressrun up --check`: what is or would be wrong, a line for each thing; nothing is started."""

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from pressrun import __version__
from pressrun.cli.checkup import archive_check, engine_checks, prefect_in_time, python_check
from pressrun.cli.checkup_delivery import delivery_checks
from pressrun.cli.deployments import POOL, folder_of, present, registered, table
from pressrun.cli.doctor import as_lines, as_object, settings_check
from pressrun.cli.findings import LIMIT_S, Finding, Level, eased, good, within, wrong
from pressrun.cli.streams import say, takes_unicode
from pressrun.cli.up_place import Address, database_place, database_url, find_address, logs, running
from pressrun.errors import PressrunError
from settings import Settings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

UP = "type: pressrun up"


def report(host: str, port: int | None, database: str | None, *, as_json: bool) -> int:
    """Say what was found; 0 when nothing is wrong, else 1."""
    findings = asyncio.run(examine(host, port, database))
    fit = all(finding.level is not Level.FAILED for finding in findings)
    if as_json:
        found = as_object(findings, fit)
        say(json.dumps(found, ensure_ascii=not takes_unicode()) + "\n")
    else:
        say(as_lines(findings, fit, signs=sys.stdout.isatty(), what="pressrun up"))
    return 0 if fit else 1


async def examine(host: str, port: int | None, database: str | None) -> tuple[Finding, ...]:
    """All findings, in the order of a start."""
    settings, found = settings_check(None, None, {})
    findings = [python_check(), found]
    if settings is None:
        return tuple(findings)
    findings.append(eased(await prefect_in_time("auto")))
    try:
        address = await asyncio.to_thread(_address, host, port, database)
    except PressrunError as exc:
        server = wrong("server", exc, "start it, or choose another port with --port")
        return (*findings, *await _here(settings), server)
    if address.port:
        says = f"none answers; pressrun up starts one at {address.ui}, where the port is free"
        server = wrong("server", says, UP, Level.WARNING)
        base = within("database", database_check(database), "start it, or correct --database")
        return (*findings, *await _here(_alone(settings)), server, *_limits(settings), await base)
    from pressrun.cli.prefect import Server, using

    with using(Server(address.url, {"api.url": address.url})):  # which has secrets and limits, too
        here, there = await asyncio.gather(_here(settings), server_checks(settings, address))
    return (*findings, *here, *there)


def _address(host: str, port: int | None, database: str | None) -> Address:
    found = running()
    if found and port in {None, urlsplit(found.url).port}:
        return found
    return find_address(host, port, database)


async def _here(settings: Settings) -> tuple[Finding, ...]:
    """What a run needs on this machine: engines, archive, and whom it delivers to."""
    archive = within(
        "archive",
        asyncio.to_thread(archive_check, settings.archive, settings.archive_options),
        "name another folder with PRESSRUN_ARCHIVE",
    )
    engines, writable, sent = await asyncio.gather(
        engine_checks(settings), archive, delivery_checks(tuple(settings.papers), settings)
    )
    port = settings.metrics.port
    metrics = (metrics_check(port, runs=running() is not None),) if port else ()
    return (*engines, writable, *sent, *metrics)


def metrics_check(port: int, *, runs: bool) -> Finding:
    """Whether the metrics' *port* is free, or, when `pressrun up` *runs*, is listened at."""
    where = f"127.0.0.1:{port}"
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as exc:
            if runs:
                return good("metrics", f"{where}: something listens")
            says = f"{where} cannot be listened at: {exc.strerror}"
            remedy = "name a free port with PRESSRUN_METRICS__PORT, or end what listens there"
            return wrong("metrics", says, remedy, Level.WARNING)
    if runs:
        says = f"pressrun up runs, and nothing listens at {where}"
        return wrong("metrics", says, f"see {logs() / 'metrics.log'}", Level.WARNING)
    return good("metrics", f"{where} is free")


def _alone(settings: Settings) -> Settings:
    """*settings* for a look at Ollama while no server is there to count its slots."""
    ollama = settings.engines.ollama.model_copy(update={"shared_limit": False})
    engines = settings.engines.model_copy(update={"ollama": ollama})
    return settings.model_copy(update={"engines": engines})


def _limits(settings: Settings) -> tuple[Finding, ...]:
    """What the server is still to be told, when it is the first start."""
    if not settings.engines.ollama.shared_limit:
        return ()
    says = "shared_limit is set, and the server that would count the slots is not started yet"
    remedy = "after the first start, type: pressrun limits set 2"
    return (wrong("limits", says, remedy, Level.WARNING),)


async def server_checks(settings: Settings, address: Address) -> tuple[Finding, ...]:
    """The server that is used, and what it knows of Pressrun."""
    from pressrun.cli.prefect import imported

    try:
        async with asyncio.timeout(5 * LIMIT_S):
            async with imported("prefect.client.orchestration").get_client() as client:
                return await _known(client, settings, address)
    except (httpx.HTTPError, TimeoutError) as exc:
        return (wrong("server", f"{address.ui}: {exc or 'no answer in time'}", "try again"),)


async def database_check(url: str | None) -> Finding:
    """Whether something listens where the database is to be; SQLite needs nothing.

    Without *url* it is that of the profile or the environment.
    """
    try:
        place = database_place(database_url(url)).set(query={})
    except PressrunError as exc:
        return wrong("database", exc, "correct --database")
    if not place.host:
        return good("database", f"{place.get_backend_name()}, {place.database}")
    try:
        _, writer = await asyncio.open_connection(place.host, place.port or 5432)
    except OSError as exc:
        return wrong("database", f"{place.host}: {exc.strerror or exc}", "start PostgreSQL there")
    writer.close()
    return good("database", f"{place.render_as_string(hide_password=True)}: something listens")


async def _known(
    client: "PrefectClient", settings: Settings, address: Address
) -> tuple[Finding, ...]:
    from prefect import __version__ as ours

    theirs = await client.api_version()
    says = f"Prefect {theirs} at {address.ui}"
    server = good("server", says)
    if theirs != ours:
        remedy = f"have the same on both sides: Prefect is {ours} here"
        server = wrong("server", says, remedy, Level.WARNING)
    return server, await _workers(client), *await _deployments(client, settings)


async def _workers(client: "PrefectClient") -> Finding:
    from prefect.exceptions import ObjectNotFound

    try:
        workers = await client.read_workers_for_work_pool(POOL)
    except ObjectNotFound:
        return wrong("worker", f"there is no work pool {POOL}", UP)
    alive = [worker.name for worker in workers if str(worker.status).endswith("ONLINE")]
    if not alive:
        return wrong("worker", f"none is alive in the work pool {POOL}", UP)
    return good("worker", f"{', '.join(alive)} in the work pool {POOL}")


async def _deployments(client: "PrefectClient", settings: Settings) -> tuple[Finding, ...]:
    known = await registered(client)
    findings = []
    for one in present(table(settings)):
        name = f"deployment {one.name}"
        there = known.get(one.name)
        if there is None:
            findings.append(wrong(name, "is missing", UP))
            continue
        active = {item.slug for item in there.schedules if item.active}
        lacking = [item.slug for item in one.schedules if item.slug not in active]
        folder = folder_of(there)
        if there.version != __version__:
            says = f"is of Pressrun {there.version}, and this is {__version__}"
            findings.append(wrong(name, says, f"{UP} again"))
        elif there.paused or lacking:
            says = "is paused" if there.paused else f"schedules not active: {', '.join(lacking)}"
            findings.append(wrong(name, says, "switch it on in the UI", Level.WARNING))
        elif folder != str(Path.cwd()):
            findings.append(wrong(name, f"runs in {folder}", f"{UP} there", Level.WARNING))
        else:
            findings.append(good(name, f"version {there.version}, in {folder}"))
    return tuple(findings)
