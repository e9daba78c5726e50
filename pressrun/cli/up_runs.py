"""The runs of Pressrun's pool: what is said of them, and those that were cut short."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from cronsim import CronSim

from pressrun.cli.deployments import POOL
from settings import Settings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, State

POLL_S = 2.0
LOOK_S = 0.5
MOST_STARTS = 4
"""A run that was begun so often and never came to an end is not begun again."""
PUT_BACK_LIMIT_S = 2.0
CANCEL_LIMIT_S = 1.0
ENDS = "pressrun up ends"
"""Message of the state Cancelling that is ours: such a run is put back."""
WORKER_LABEL = "prefect.worker.name"


async def polls(client: "PrefectClient", worker: str, since: datetime) -> None:
    """Return once *worker* has given a sign of life after *since*."""
    while True:
        with suppress(httpx.HTTPError):
            for one in await client.read_workers_for_work_pool(POOL):
                if one.name == worker and (one.last_heartbeat_time or since) > since:
                    return
        await asyncio.sleep(LOOK_S)


async def follow(
    client: "PrefectClient", since: datetime, say: Callable[[str, datetime], None]
) -> None:
    """Say of each run of the pool that it began, is late, or ended and how; until cancelled."""
    told: dict[UUID, str] = {}
    while True:
        with suppress(httpx.HTTPError):  # the server starts again
            for run in await _of_note(client, since):
                if run.state is None or told.get(run.id) == run.state.name:
                    continue
                told[run.id] = str(run.state.name)
                say(in_words(run), run.state.timestamp)
        await asyncio.sleep(POLL_S)


def in_words(run: "FlowRun") -> str:
    """One line on how *run* is: its name, its state, and the first line of the state's message."""
    assert run.state is not None
    line = f"{run.name} {run.state.name}"
    if run.state.is_final() and run.state.message:
        return f"{line}: {run.state.message.strip().splitlines()[0]}"
    return line


async def _of_note(client: "PrefectClient", since: datetime) -> "list[FlowRun]":
    from prefect.client.schemas import filters
    from prefect.client.schemas.sorting import FlowRunSort

    wanted = (
        filters.FlowRunFilter(
            state=filters.FlowRunFilterState(
                name=filters.FlowRunFilterStateName(any_=["Running", "Late"])
            )
        ),
        filters.FlowRunFilter(end_time=filters.FlowRunFilterEndTime(after_=since)),
    )
    found: list[FlowRun] = []
    for one in wanted:
        found += await client.read_flow_runs(
            flow_run_filter=one,
            work_pool_filter=_pool(),
            sort=FlowRunSort.START_TIME_DESC,
            limit=100,
        )
    return found


def _pool() -> Any:
    from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName

    return WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))


async def unfinished(client: "PrefectClient", worker: str) -> "list[FlowRun]":
    """The runs that *worker* took and that are not at their end."""
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType

    live = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    found = await client.read_flow_runs(
        flow_run_filter=filters.FlowRunFilter(
            state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=live))
        ),
        work_pool_filter=_pool(),
    )
    return [run for run in found if run.labels.get(WORKER_LABEL) == worker]


async def put_back(client: "PrefectClient", runs: "Sequence[FlowRun]") -> list[str]:
    """Have *runs*, whose processes are gone, begin again when a worker is there; their names.

    What a run recorded is not done again. One that somebody was cancelling is cancelled, and one
    that ended in the meantime is left alone.
    """
    from prefect.client.schemas import filters
    from prefect.states import Cancelled, Crashed, Scheduled

    names = []
    for run in runs:
        now = await client.read_flow_run(run.id)
        if now.state is None or now.state.is_completed() or now.state.is_failed():
            continue
        inner = await client.read_flow_runs(
            flow_run_filter=filters.FlowRunFilter(
                parent_flow_run_id=filters.FlowRunFilterParentFlowRunId(any_=[run.id])
            )
        )
        for one in inner:  # dates of a backfill, in the same process
            if one.state is not None and one.state.is_running():
                gone: State[Any] = Crashed(message="the process that ran it is gone")
                await client.set_flow_run_state(one.id, gone, force=True)
        if run.state and run.state.is_cancelling() and run.state.message != ENDS:
            await client.set_flow_run_state(run.id, Cancelled(), force=True)
        elif now.run_count >= MOST_STARTS:
            worn: State[Any] = Crashed(
                message=f"begun {now.run_count} times, and each time its process died"
            )
            await client.set_flow_run_state(run.id, worn, force=True)
        else:
            again: State[Any] = Scheduled(
                message="Pressrun ended while it ran; it goes on with what it has"
            )
            await client.set_flow_run_state(run.id, again, force=True)
            names.append(now.name)
    return names


async def begin_again(client: "PrefectClient", worker: str, say: Callable[[str], None]) -> None:
    """Put back what *worker*, which does not run, left unfinished."""
    with suppress(httpx.HTTPError):  # the server starts again; the next start does it
        for name in await put_back(client, await unfinished(client, worker)):
            say(f"{name} was cut short, and is begun again")


@asynccontextmanager
async def putting_back(
    client: "PrefectClient", live: "list[FlowRun]", say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Put back *live*, the runs that were ended, at the end of the block."""
    try:
        yield
    finally:
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(PUT_BACK_LIMIT_S):
                for name in await put_back(client, live):
                    say(f"{name} was cut short; the next pressrun up goes on with it")


@asynccontextmanager
async def cancelling(
    client: "PrefectClient", worker: str, live: "list[FlowRun]"
) -> AsyncIterator[None]:
    """At the end of the block, put *worker*'s runs into *live*, and have it cancel them.

    A run that is cancelled gives its lease back and rings nobody; a signal makes it Crashed.
    """
    from prefect.states import Cancelling

    ours: State[Any] = Cancelling(message=ENDS)
    try:
        yield
    finally:
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(CANCEL_LIMIT_S):
                live[:] = await unfinished(client, worker)
                await asyncio.gather(
                    *(
                        client.set_flow_run_state(run.id, ours, force=True)
                        for run in live
                        if run.state and not run.state.is_cancelling()
                    )
                )


def next_runs(settings: Settings, now: datetime) -> dict[str, datetime]:
    """When each paper with a schedule is printed next, in its time zone."""
    return {
        name: next(CronSim(paper.schedule, now.astimezone(ZoneInfo(paper.time_zone))))
        for name, paper in settings.papers.items()
        if paper.schedule
    }
