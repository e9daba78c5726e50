"""What the Prefect database keeps of old runs, and how it is cut back.

The archive is the record of what was printed; a run's states, logs and artifacts only help to see
why. They are removed through the API, so that it works on any server, and only Pressrun's own are,
so that other projects on the server lose nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from tasks.automations import TAG

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

BATCH = 50
"""Runs that are looked up at once."""


class Removed(NamedTuple):
    """Counts of what was removed. Task runs, states and logs go with their runs."""

    runs: int = 0
    artifacts: int = 0


async def remove_runs(before: datetime) -> AsyncIterator[Removed]:
    """Remove Pressrun's runs that ended before *before*, batch by batch.

    Pressrun's are those with its tag, which every run has that it starts, and what ran within
    them; others' flows may have the same names. Ended means a final state: what is running,
    scheduled or paused stays, however old. May be stopped between two batches and repeated.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilterEndTime, FlowRunFilterTags
    from prefect.types import DateTime

    ours = {
        "tags": FlowRunFilterTags(all_=[TAG]),
        "end_time": FlowRunFilterEndTime(before_=DateTime.fromisoformat(before.isoformat())),
    }
    async with get_client() as client:
        while batch := await _ended(client, ours):
            async for some in _remove_all(client, batch):
                yield some


async def _ended(client: "PrefectClient", which: Mapping[str, Any]) -> list[UUID]:
    """Runs in a final state, at most `BATCH`, that the filters *which* find."""
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import TERMINAL_STATES

    final = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(TERMINAL_STATES)))
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=final, **which), limit=BATCH
    )
    return [run.id for run in found]


async def _remove_all(client: "PrefectClient", runs: list[UUID]) -> AsyncIterator[Removed]:
    """Remove *runs*, and first what ran within them, which nothing would lead to afterwards."""
    from prefect.client.schemas.filters import FlowRunFilterParentFlowRunId

    within = {"parent_flow_run_id": FlowRunFilterParentFlowRunId(any_=runs)}
    while below := await _ended(client, within):
        async for some in _remove_all(client, below):
            yield some
    artifacts = await _remove_artifacts(client, runs)
    yield Removed(await _remove(client.delete_flow_run, runs), artifacts)


async def _remove_artifacts(client: "PrefectClient", runs: list[UUID]) -> int:
    """Remove the artifacts of *runs*, which the server would keep."""
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    removed = 0
    of_runs = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=runs))
    while found := await client.read_artifacts(artifact_filter=of_runs, limit=BATCH):
        removed += await _remove(client.delete_artifact, [artifact.id for artifact in found])
    return removed


async def _remove(delete: Callable[[UUID], Awaitable[None]], ids: list[UUID]) -> int:
    """How many of *ids* were there to delete: another maintenance may be at the same ones."""
    from prefect.exceptions import ObjectNotFound

    removed = 0
    for one in ids:
        with suppress(ObjectNotFound):
            await delete(one)
            removed += 1
    return removed
