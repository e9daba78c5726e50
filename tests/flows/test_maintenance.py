"""The maintenance on a real Prefect server: old runs of Pressrun go, and nobody else's."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed, Scheduled

from flows.maintenance import maintain
from pressrun.cli.prefect import Server, using
from tasks.automations import TAG
from tasks.retention import Removed, remove_runs
from tasks.upkeep import as_markdown, in_words


@flow(name="backfill")
async def ours() -> None:
    await acreate_markdown_artifact("what was printed", key="edition-daily")
    await a_day()


@flow(name="daily-digest")
async def a_day() -> None:
    await acreate_markdown_artifact("what was printed of it", key="edition-daily")


@flow(name="backfill")
async def theirs() -> None:
    await acreate_markdown_artifact("another project's", key="theirs")


async def ran(what: Any) -> UUID:
    state: State[Any] = await what(return_state=True)
    assert state.state_details.flow_run_id
    return state.state_details.flow_run_id


async def left(runs: list[UUID]) -> tuple[set[UUID], int]:
    """Which of *runs* are there, and how many artifacts of theirs."""
    async with get_client() as client:
        found = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=runs))
        )
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=runs))
        )
    return {run.id for run in found}, len(artifacts)


async def below(runs: list[UUID]) -> list[FlowRun]:
    """The runs within *runs*."""
    async with get_client() as client:
        return await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=runs)
            )
        )


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_runs_of_pressrun_that_ended_long_ago_go_with_what_ran_within_them(
    prefect_api: str,
) -> None:
    with using(Server(prefect_api, {"api.url": prefect_api})):
        async with get_client() as client:
            flow_id = await client.create_flow(ours)
            deployment = await client.create_deployment(flow_id, name="ours", tags=[TAG])
            waiting = await client.create_flow_run(
                ours, tags=[TAG], state=Scheduled(scheduled_time=datetime(2020, 1, 1, tzinfo=UTC))
            )
            begun = await client.create_flow_run_from_deployment(deployment, state=Completed())
            mine = [await ran(ours), begun.id]
            await client.update_flow_run(mine[0], tags=[TAG])  # not in the context: within it, too
            inner = [run.id for run in await below(mine)]
            assert len(inner) == 1
        others = [await ran(theirs)]
        assert [r async for r in remove_runs(datetime(2026, 1, 1, tzinfo=UTC))] == []
        later = datetime.now(UTC) + timedelta(days=1)
        removed = [some async for some in remove_runs(later)]
        assert await left([*mine, *inner]) == (set(), 0)
        assert await left([*others, waiting.id]) == ({*others, waiting.id}, 1)
        assert [some async for some in remove_runs(later)] == []
        async with get_client() as client:
            await client.delete_deployment(deployment)
            await client.delete_flow_run(waiting.id)
    assert sum(some.runs for some in removed) >= 3  # the server is the session's: others' tests ran
    assert sum(some.artifacts for some in removed) >= 2


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_a_maintenance_ends_with_a_table_of_what_went(
    prefect_api: str, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_ARCHIVE", str(archive_dir))
    with using(Server(prefect_api, {"api.url": prefect_api})):
        state: State[Any] = await maintain(return_state=True)
        assert state.state_details.flow_run_id
        _, artifacts = await left([state.state_details.flow_run_id])
    assert state.is_completed(), state.message
    assert str(state.message).startswith("removed ")
    assert artifacts == 1


def test_what_went_is_told_in_one_line_and_in_a_table() -> None:
    files, bytes_ = Counter({"unreferenced in the store": 3}), Counter({"unreferenced": 2_500_000})
    line = in_words(Removed(14, 28), files, bytes_)
    assert line == "removed 14 runs and 28 artifacts; 3 files, 2.5 MB"
    table = as_markdown(Removed(14, 28), files, files, ["daily 2026-11-21 is being printed"])
    assert "| Prefect | artifacts | 28 | |" in table
    assert "| archive | unreferenced in the store | 3 | 0.0 |" in table
    assert table.endswith("- not yet: daily 2026-11-21 is being printed\n")


def test_a_dry_run_says_that_nothing_went() -> None:
    assert in_words(Removed(), Counter(), Counter(), dry_run=True).startswith("nothing was removed")
    assert "Prefect" not in as_markdown(Removed(), Counter(), Counter(), [], dry_run=True)


def test_every_field_of_the_form_has_a_title_a_bound_and_a_line_of_help() -> None:
    from prefect.utilities.callables import parameter_schema

    for name, field in parameter_schema(maintain).properties.items():
        assert field["title"] != name
        assert field["description"]
        assert "default" in field
        assert field["type"] == "boolean" or {"minimum", "maximum"} <= field.keys()
