"""What the Prefect database keeps of old runs, and how it is cut back.

The archive is the record of what was printed; a run's states, logs and artifacts only help to see
why. They are removed through the API, so that it works on any server, and only Pressrun's own are,
so that other projects on the server lose nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
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
    """Remove the runs of Pressrun's flows that ended before *before*, batch by batch.

    Ended means a final state: what is running, scheduled or paused stays, however old. May be
    stopped between two batches and repeated.
    """
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        flows = await _flows(client)
        while flows and (batch := await _ended(client, flows, before)):
            artifacts = await _remove_artifacts(client, batch)
            yield Removed(await _remove(client.delete_flow_run, batch), artifacts)


async def _flows(client: "PrefectClient") -> list[UUID]:
    """The flows that a deployment of Pressrun runs."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    found = await client.read_deployments(
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    )
    return list({one.flow_id for one in found})


async def _ended(client: "PrefectClient", flows: list[UUID], before: datetime) -> list[UUID]:
    from prefect.client.schemas.filters import (
        FlowFilter,
        FlowFilterId,
        FlowRunFilter,
        FlowRunFilterEndTime,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import TERMINAL_STATES
    from prefect.types import DateTime

    found = await client.read_flow_runs(
        flow_filter=FlowFilter(id=FlowFilterId(any_=flows)),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(TERMINAL_STATES))),
            end_time=FlowRunFilterEndTime(before_=DateTime.fromisoformat(before.isoformat())),
        ),
        limit=BATCH,
    )
    return [run.id for run in found]


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
