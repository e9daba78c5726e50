"""The backfill: one daily run a date, several at a time, on one press."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.client.schemas.objects import State
from prefect.deployments.flow_runs import arun_deployment
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed

from flows.daily import daily_digest
from pressrun import __version__
from pressrun.archive import Archive
from pressrun.errors import SettingsError
from renderers.letter import write_letter
from settings import Settings, load_settings
from tasks.archives import archive_of
from tasks.backfill import (
    LACKING,
    Came,
    Outcome,
    as_rows,
    days_between,
    in_words,
    left_to_do,
    only_days,
    refuse_relisting,
)
from tasks.bell import tell_operator
from tasks.crew import Crew, outcomes_of
from tasks.delivery.running import deliver_printed
from tasks.desk import press_for_many
from tasks.ending import ended
from tasks.form import (
    Concurrency,
    Day,
    EngineOrEmpty,
    Every,
    FormatsOrEmpty,
    LimitOrEmpty,
    MomentOrEmpty,
    PaperName,
    Processes,
    RefreshOrEmpty,
    TextOrEmpty,
    titled,
)
from tasks.observing import tell
from tasks.order import Order, overrides, place_order, utc_now
from tasks.press import lend_press, lent_press
from tasks.progress import progress
from tasks.showing import tried

_SETTINGS = ("limit", "formats", "engine", "model", "host", "archive")
"""Parameters that change settings, of a date as of a backfill."""


def run_name() -> str:
    """`<paper>-<first day>-to-<last day>`."""
    given = flow_run.parameters
    return f"{given.get('paper')}-{given.get('start')}-to-{given.get('end')}"


@flow(
    name="backfill",
    flow_run_name=run_name,
    version=__version__,
    on_completion=[tell_operator],
    on_failure=[tell_operator],
    on_crashed=[tell_operator],
)
async def backfill(
    start: Annotated[Day, titled("First day")],
    end: Annotated[Day, titled("Last day")],
    paper: Annotated[PaperName, titled("Paper")] = "daily",
    every: Annotated[Every, titled("Every so many days")] = 1,
    refresh: Annotated[RefreshOrEmpty, titled("Make anew")] = None,
    newest_first: Annotated[bool, titled("Newest first")] = False,
    concurrency: Annotated[Concurrency, titled("Editions at once")] = 2,
    processes: Annotated[Processes, titled("Worker processes")] = 1,
    limit: Annotated[LimitOrEmpty, titled("Articles at most")] = None,
    formats: Annotated[FormatsOrEmpty, titled("Formats")] = None,
    engine: Annotated[EngineOrEmpty, titled("Engine")] = None,
    model: Annotated[TextOrEmpty, titled("Model")] = None,
    host: Annotated[TextOrEmpty, titled("Ollama's address")] = None,
    archive: Annotated[TextOrEmpty, titled("Archive")] = None,
    only: Annotated[TextOrEmpty, titled("Only these days")] = None,
    since: Annotated[MomentOrEmpty, titled("Made anew since")] = None,
) -> State[None]:
    """Print the editions of past days that are not printed yet, or make printed ones anew.

    Args:
        start: The first day whose edition is printed.
        end: The last one, included.
        paper: One of the papers in the settings.
        every: 1 for every day, 7 for one a week.
        refresh: What of printed editions is made anew, and what comes after it. Empty: nothing.
        newest_first: From the last day back to the first.
        concurrency: How many editions a process prints side by side, 1 to 16.
        processes: Runs that share the days, each on a worker of its own, 1 to 64.
        limit: Headlines to list for a day, 1 to 200. Empty: as the paper has it.
        formats: What is made of an edition. Empty: as the paper has it.
        engine: What summarises; auto is Ollama if it answers. Empty: as the settings have it.
        model: The model's name in Ollama, such as qwen3:4b. Empty: as the settings have it.
        host: Where Ollama listens, such as 127.0.0.1:11434. Empty: as the settings have it.
        archive: The archive's folder or address. Empty: as the settings have it.
        only: Days of those, as 2026-03-01, 2026-03-05. Empty: all.
        since: What was made anew after this is not made anew again. Empty: the run's start.
    """
    return await ended(_backfill(dict(locals())))


async def _backfill(given: dict[str, Any]) -> State[None]:
    outcomes = await _outcomes(given)
    rows, said = as_rows(outcomes), in_words(outcomes)
    await tried(acreate_table_artifact(rows, key=f"backfill-{given['paper']}", description=said))
    lost = [one for one in outcomes if one.came in LACKING]
    for one in lost[:3]:
        said += f"; {one.edition_date} {one.came}: {one.why}"
    if lost and len(lost) == len(outcomes):
        return Failed(message=said)
    partial_ones = any(one.came in {Came.PARTIAL, Came.KEPT_ASIDE} for one in outcomes)
    return Completed(name="Partial" if lost or partial_ones else None, message=said)


async def _outcomes(given: dict[str, Any]) -> list[Outcome]:
    name, lent = given["paper"], lent_press()
    changes = overrides(name, **{word: given[word] for word in _SETTINGS})
    settings = lent.settings if lent else load_settings(changes)
    refuse_relisting(given["refresh"], given["limit"])
    days = only_days(days_between(given["start"], given["end"], given["every"]), given["only"])
    given["since"] = since = given["since"] or flow_run.scheduled_start_time
    now = utc_now()
    place = partial(place_order, settings, name, moment=now, refresh=given["refresh"], since=since)
    orders = [place(edition_date=day) for day in days]
    if given["newest_first"]:
        orders.reverse()
    archive = await asyncio.to_thread(archive_of, settings)
    todo, outcomes = await asyncio.to_thread(left_to_do, archive, orders)
    tell("days", total=len(orders), skipped=len(outcomes))
    get_run_logger().info("%d of %d dates are left to print", len(todo), len(orders))
    skipped = {one.edition_date for one in outcomes}
    for order in orders:
        if order.edition_date in skipped:
            await deliver_printed(settings, order, write_letter)
    if not todo:
        return outcomes
    async with progress(f"backfill-{name}", len(todo), "dates") as count:

        def done(outcome: Outcome) -> None:
            tell("dated", outcome=outcome)
            count(outcome.came not in LACKING)

        if given["processes"] > 1 and len(todo) > 1:
            return outcomes + await _shared_out(todo, archive, given, done)
        return outcomes + await _on_one_press(todo, settings, archive, given, done)


async def _on_one_press(
    todo: Sequence[Order],
    settings: Settings,
    archive: Archive,
    given: dict[str, Any],
    done: Callable[[Outcome], None],
) -> list[Outcome]:
    """Every date as a flow run of its own in this process, and those that may pass once more."""
    passed_on = {word: given[word] for word in (*_SETTINGS, "paper", "refresh")}

    async def print_one(order: Order) -> State[None]:
        day = order.edition_date
        state: State[Any] = await daily_digest(edition_date=day, return_state=True, **passed_on)
        return state

    async with press_for_many(todo, settings, archive) as press:
        with lend_press(press):
            crew = Crew(print_one, archive, given["concurrency"], done)
            async with crew.watching(UUID(flow_run.id)):
                return await crew.print_all(todo)


async def _shared_out(
    todo: Sequence[Order],
    archive: Archive,
    given: dict[str, Any],
    done: Callable[[Outcome], None],
) -> list[Outcome]:
    """The dates dealt out to further runs of this deployment, and what came of each.

    Raises:
        SettingsError: this run is no deployment's, so that no worker could take another.
    """
    if not deployment.id:
        raise SettingsError(
            "several worker processes need the deployment backfill/backfill and workers: start "
            "them with `pressrun up`, or leave the number at 1"
        )
    hands = min(given["processes"], len(todo))
    passed_on = {word: value for word, value in given.items() if value is not None}

    async def one(number: int) -> list[Outcome]:
        orders = todo[number::hands]
        days = ", ".join(str(order.edition_date) for order in orders)
        run = await arun_deployment(
            UUID(deployment.id),
            parameters=passed_on | {"processes": 1, "only": days},
            flow_run_name=f"{run_name()} {number + 1}/{hands}",
            idempotency_key=f"{flow_run.id}-{flow_run.run_count}-{number}",
            timeout=None,
            poll_interval=2,
        )
        outcomes = await outcomes_of(run, orders, archive)
        for outcome in outcomes:
            done(outcome)
        return outcomes

    parts = await asyncio.gather(*(one(number) for number in range(hands)))
    return [outcome for part in parts for outcome in part]
