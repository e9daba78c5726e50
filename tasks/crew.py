"""The crew of a backfill: prints dates side by side, each as a child run of the backfill's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled

from pressrun.archive import Archive
from pressrun.errors import ArchiveError, EngineUnavailable, ModelMissing, PressrunError
from tasks.backfill import Came, Outcome
from tasks.order import PRINTED, Order

WATCH_S = 3.0
"""How often the server is asked whether somebody cancelled a date, which should end within 15 s."""

PATIENCE = 2
"""Dates in a row that the engine may fail before no more is begun."""

_PAGE = 200
"""Runs that the server lists at once, at most."""

_BY_AN_OPERATOR = "cancelled by an operator"


class Crew:
    """Prints dates, *concurrency* at once, until the engine goes for good.

    *print_one* runs the flow of one date. *done* is told of each outcome.
    """

    def __init__(
        self,
        print_one: Callable[[Order], Awaitable[State[None]]],
        archive: Archive,
        concurrency: int,
        done: Callable[[Outcome], None],
    ) -> None:
        self._print_one, self._archive, self._done = print_one, archive, done
        self._room = asyncio.Semaphore(concurrency)
        self._running: dict[date, asyncio.Task[State[None]]] = {}
        self._cancelled: dict[date, UUID] = {}
        self._may_pass: set[date] = set()
        self._engine_gone = 0

    async def print_all(self, todo: Sequence[Order]) -> list[Outcome]:
        """What came of each order, in their order; what may pass is tried once more at the end."""
        first = await self._side_by_side(todo, self._may_pass)
        again = [order for order in todo if order.edition_date in self._may_pass]
        if not again or self._engine_is_gone:
            for outcome in first:
                if outcome.edition_date in self._may_pass:
                    self._done(outcome)
            return first
        get_run_logger().info("%d dates are tried again", len(again))
        second = {one.edition_date: one for one in await self._side_by_side(again, set())}
        return [second.get(one.edition_date, one) for one in first]

    @property
    def _engine_is_gone(self) -> bool:
        return self._engine_gone >= PATIENCE

    async def _side_by_side(self, todo: Sequence[Order], may_pass: set[date]) -> list[Outcome]:
        async def one(order: Order) -> Outcome:
            async with self._room:
                outcome = await self._print(order, may_pass)
            if order.edition_date not in may_pass:
                self._done(outcome)
            return outcome

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(order)) for order in todo]
        except BaseExceptionGroup as faults:  # such as the signal that Prefect ends a run by
            raise faults.exceptions[0] from faults
        return [task.result() for task in tasks]

    async def _print(self, order: Order, may_pass: set[date]) -> Outcome:
        day = order.edition_date
        if self._engine_is_gone:
            return Outcome.of(day, Came.NOT_BEGUN, None, "the engine had gone; run it again")

        async def run() -> State[None]:
            return await self._print_one(order)

        # A task of its own: cancelling this date ends nothing else.
        running = self._running[day] = asyncio.create_task(run())
        try:
            state = await running
        except asyncio.CancelledError:
            if day not in self._cancelled or not running.done():
                running.cancel()
                raise
            state = await _settled(self._cancelled[day])
        except httpx.HTTPError as exc:  # of Prefect's client: what a flow raises is a state
            may_pass.add(day)
            why = f"the Prefect server does not take it, run it again: {exc}"
            get_run_logger().warning("%s: %s", day, why)
            return Outcome.of(day, Came.FAILED, None, why)
        finally:
            del self._running[day]
        outcome = await asyncio.to_thread(_outcome, self._archive, order, state)
        if outcome.came is not Came.FAILED or state.is_completed():
            self._engine_gone = 0
            return outcome
        error = await state.aresult(raise_on_failure=False)
        lost = isinstance(error, EngineUnavailable | ModelMissing)
        self._engine_gone = self._engine_gone + 1 if lost else 0
        if lost or (isinstance(error, PressrunError) and error.transient):
            may_pass.add(day)
        get_run_logger().warning("%s: %s", day, outcome.why)
        return outcome

    @asynccontextmanager
    async def watching(self, parent: UUID) -> AsyncIterator[None]:
        """While the block runs, ends the children of run *parent* that are cancelled on the server.

        They have no process of their own that Prefect could end.
        """
        watch = asyncio.create_task(self._watch(parent))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def _watch(self, parent: UUID) -> None:
        ends = [StateType.CANCELLING, StateType.CANCELLED]
        asked = FlowRunFilter(
            parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[parent]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ends)),
        )
        # Those of an earlier attempt of the backfill, or of a date, are not these.
        begun = datetime.now(UTC)
        async with get_client() as client:
            while True:
                await asyncio.sleep(WATCH_S)
                try:
                    runs = await client.read_flow_runs(flow_run_filter=asked)
                except httpx.HTTPError as exc:
                    get_run_logger().debug("the server does not answer: %s", exc)
                    continue
                for run in runs:
                    day = _day_of(run)
                    if run.created is None or run.created < begun:
                        continue
                    if day in self._running and self._cancelled.get(day) != run.id:
                        self._cancelled[day] = run.id
                        self._running[day].cancel()


async def outcomes_of(run: FlowRun, orders: Sequence[Order], archive: Archive) -> list[Outcome]:
    """What came of the *orders* that a run printed: its children tell, or it does itself."""
    async with get_client() as client:
        states = await states_of(client, run.id)
    why = f"its run ended before: {run.state.message if run.state else ''}"
    outcomes = []
    for order in orders:
        state = states.get(order.edition_date)
        outcomes.append(await asyncio.to_thread(_outcome, archive, order, state, why))
    return outcomes


async def states_of(client: PrefectClient, run_id: UUID) -> dict[date, State[Any]]:
    """The state of each date's last attempt under a backfill, and under those it dealt out to."""
    states: dict[date, State[Any]] = {}
    asked = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run_id]))
    order = FlowRunSort.EXPECTED_START_TIME_ASC
    read = 0
    while True:
        page = await client.read_flow_runs(
            flow_run_filter=asked, sort=order, limit=_PAGE, offset=read
        )
        read += len(page)
        for child in page:
            if "edition_date" not in child.parameters:
                states |= await states_of(client, child.id)
            elif child.state:
                states[_day_of(child)] = child.state
        if len(page) < _PAGE:
            return states


def _outcome(
    archive: Archive, order: Order, state: State[Any] | None, not_begun: str = ""
) -> Outcome:
    """What came of a date whose run ended in *state*; None: it was *not_begun*, and why."""
    day = order.edition_date
    try:
        edition = archive.editions.current(order.name, day)
        aside = archive.editions.kept_aside(edition) if edition else ()
    except ArchiveError as exc:  # of this date alone
        return Outcome.of(day, Came.FAILED, None, str(exc))
    if state is None:
        return Outcome.of(day, Came.NOT_BEGUN, edition, not_begun)
    why = state.message or ""
    if state.is_completed():
        if why == PRINTED:
            return Outcome.of(day, Came.SKIPPED, edition)
        if aside or state.name == "Partial":
            came = Came.KEPT_ASIDE if aside else Came.PARTIAL
            return Outcome.of(day, came, edition, why.partition(" stories, ")[2] or why)
        return Outcome.of(day, Came.PRINTED, edition)
    return Outcome.of(day, Came.CANCELLED if state.is_cancelled() else Came.FAILED, edition, why)


def _day_of(run: FlowRun) -> date:
    return date.fromisoformat(str(run.parameters["edition_date"])[:10])


async def _settled(run_id: UUID) -> State[None]:
    """The run as what somebody made it, not as a crash."""
    state: State[None] = Cancelled(message=_BY_AN_OPERATOR)
    async with get_client() as client:
        await client.set_flow_run_state(run_id, state, force=True)
    return state
