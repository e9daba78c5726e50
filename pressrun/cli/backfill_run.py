"""Runs a backfill, on a worker or here, with a view of what happens."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import httpx
import typer
from rich.console import Console
from rich.table import Table

from pressrun.archive import Archive
from pressrun.cli.backfill_view import DatesView, dates_view, print_table
from pressrun.cli.interrupts import Interrupted, run
from pressrun.cli.press import require_plugins
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import PressrunError, SettingsError
from pressrun.models import Refresh
from settings import Settings
from tasks.archives import archive_of
from tasks.backfill import LACKING, Came, Outcome, as_rows, in_words, left_to_do
from tasks.forecast import forecast, rates
from tasks.forecast import in_words as cost_in_words
from tasks.order import Order

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

DEPLOYMENT = "backfill/backfill"
POLL_S = 2.0
NO_EDITION = 3
"""Exit code when some dates have no edition in the end."""


def foretell(orders: Sequence[Order], settings: Settings, *, as_json: bool) -> None:
    """Say what each of *orders* would come to, and what all would cost."""
    archive = archive_of(settings)
    tasks, by = forecast(archive, orders), rates(archive, orders[0].name)
    cost = cost_in_words(tasks, by)
    if as_json:
        listed = [task.model_dump(mode="json") for task in tasks]
        _say_json({"dates": listed, "cost": cost, "rates": by._asdict()})
        return
    table = Table("date", "what", "pages", "summaries", box=None, pad_edge=False)
    for task in tasks:
        counts = (str(task.pages or ""), str(task.summaries or ""))
        table.add_row(task.edition_date.isoformat(), task.what, *counts)
    console = Console()
    console.print(table)
    console.print(cost, highlight=False, soft_wrap=True)


def print_days(
    orders: Sequence[Order],
    settings: Settings,
    parameters: dict[str, Any],
    *,
    via: Literal["auto", "workers", "here"],
    as_json: bool,
) -> None:
    """Print *orders*, which *parameters* ask the flow for, and report.

    Raises:
        PressrunError: what stopped it.
        typer.Exit: some dates have no edition in the end, or a signal came.
    """
    started = time.monotonic()
    require_plugins(orders[0], settings)
    archive = archive_of(settings)
    todo, outcomes = left_to_do(archive, orders)
    if todo:
        quiet = as_json and not sys.stderr.isatty()
        with dates_view(orders[0].name, len(todo), quiet=quiet) as view:
            try:
                run(_print(todo, settings, archive, parameters, via, view), view.say_last)
            except Interrupted as stop:
                if parameters.get("refresh"):
                    moment = parameters["since"].strftime("%Y-%m-%dT%H:%M:%SZ")
                    view.say(f"what is made anew already stays so with --since {moment}")
                raise typer.Exit(stop.exit_code) from None
        outcomes += view.outcomes.values()
    if as_json:
        seconds = round(time.monotonic() - started, 2)
        _say_json({"said": in_words(outcomes), "dates": as_rows(outcomes), "seconds": seconds})
    else:
        print_table(Console(), outcomes)
    if any(one.came in LACKING for one in outcomes):
        raise typer.Exit(NO_EDITION)


async def _print(
    todo: Sequence[Order],
    settings: Settings,
    archive: Archive,
    parameters: dict[str, Any],
    via: Literal["auto", "workers", "here"],
    view: DatesView,
) -> None:
    # Imported here: they bring Prefect, which a backfill with nothing to do does not need.
    from pressrun.cli.prefect import decline_tracking

    decline_tracking()
    if via != "here":
        why_not = await _no_workers(settings)
        if why_not is None:
            await _on_a_worker(todo, archive, parameters, view)
            return
        if via == "workers":
            raise PressrunError(f"no worker can take it: {why_not}; leave out --via workers")
    if parameters.get("processes", 1) > 1:
        raise SettingsError(
            "--processes is for workers: start them with `pressrun up`; here, --concurrency has "
            "several editions printed at once"
        )
    await _here(todo, settings, archive, parameters, view)


async def _here(
    todo: Sequence[Order],
    settings: Settings,
    archive: Archive,
    parameters: dict[str, Any],
    view: DatesView,
) -> None:
    from pressrun.cli.prefect import load_flow, prefect_server, running_on
    from pressrun.cli.press import hired
    from tasks.desk import press_for_many
    from tasks.observing import observing
    from tasks.press import Hired, lend_press

    with observing(view):
        async with (
            press_for_many(todo, settings, archive) as press,
            hired(Hired(prefect_server(settings.prefect))) as server,
        ):
            waiting = [server.ready(), asyncio.to_thread(load_flow, "flows.backfill")]
            if todo[0].refresh is not Refresh.RENDITIONS:
                waiting.append(press.engine())
            ready, flows, *_ = await asyncio.gather(*waiting)
            with running_on(ready), lend_press(press):
                state = await flows.backfill(return_state=True, **parameters)
    error = None if state.is_completed() else await state.aresult(raise_on_failure=False)
    if isinstance(error, BaseException) and not view.outcomes:
        raise error
    for order in todo:
        if (day := order.edition_date) not in view.outcomes:
            view.event("dated", outcome=Outcome.of(day, Came.NOT_BEGUN, None, state.message or ""))


async def _on_a_worker(
    todo: Sequence[Order], archive: Archive, parameters: dict[str, Any], view: DatesView
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.deployments.flow_runs import arun_deployment
    from prefect.settings import PREFECT_UI_URL

    from tasks.crew import outcomes_of, states_of

    given = {name: value for name, value in parameters.items() if value is not None}
    async with get_client() as client:
        begun = await arun_deployment(DEPLOYMENT, parameters=given, timeout=0, as_subflow=False)
        where = PREFECT_UI_URL.value()
        view.say(
            f"on a worker: {f'{where}/runs/flow-run/{begun.id}' if where else begun.name}\n"
            f"[dim]it goes on without this command; to stop it: prefect flow-run cancel "
            f"{begun.id}[/dim]"
        )
        by_day = {order.edition_date: order for order in todo}
        while not (begun.state and begun.state.is_final()):
            await asyncio.sleep(POLL_S)
            try:
                begun = await client.read_flow_run(begun.id)
                states = await states_of(client, begun.id)
            except httpx.HTTPError:  # the server starts again
                continue
            ended = {day for day, state in states.items() if state.is_final()}
            new = [by_day[day] for day in sorted(ended & by_day.keys() - view.outcomes.keys())]
            await _tell(new, begun, archive, view)
        view.outcomes.clear()
        for outcome in await outcomes_of(begun, todo, archive):
            view.outcomes[outcome.edition_date] = outcome


async def _tell(orders: Sequence[Order], run_: Any, archive: Archive, view: DatesView) -> None:
    from tasks.crew import outcomes_of

    if orders:
        for outcome in await outcomes_of(run_, orders, archive):
            view.event("dated", outcome=outcome)


async def _no_workers(settings: Settings) -> str | None:
    """Why no worker of the profile's server can take a backfill; None: one can."""
    from pressrun.cli.prefect import is_loopback, profile_answers

    url, answers = await asyncio.to_thread(profile_answers)
    if url is None or not answers:
        return f"the Prefect server of the profile, {url or 'none is set'}, does not answer"
    if settings.prefect == "temporary" or not (settings.prefect == "active" or is_loopback(url)):
        return f"the setting prefect is {settings.prefect}, and the profile's server is {url}"
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    async with get_client() as client:
        try:
            found = await client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            return f"{url} has no deployment {DEPLOYMENT}"
        if not found.work_pool_name or not await _has_worker(client, found.work_pool_name):
            return f"no worker of the pool {found.work_pool_name} is online"
    return None


async def _has_worker(client: "PrefectClient", pool: str) -> bool:
    workers = await client.read_workers_for_work_pool(pool)
    return any(worker.status == "ONLINE" for worker in workers)


def _say_json(value: dict[str, Any]) -> None:
    say(json.dumps(value, ensure_ascii=not takes_unicode()) + "\n")
