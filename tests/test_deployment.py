"""The deployments, by the commands of docs/prefect.md: server, worker and runs of their own."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from pressrun.models import Edition
from tests.fakes import FakeOllama, NewsSite
from tests.serving import (
    MARK,
    REPOSITORY,
    checkout,
    environment,
    free_port,
    program,
    settings_of_the_worker,
    type_in,
)

SETTINGS = '[papers.daily]\ntitle = "河湾早报"\nformats = ["html"]\n'
UNREACHED, ON_DEMAND = date(2026, 3, 9), date(2026, 3, 10)
MISSED, LATE = date(2026, 3, 12), date(2026, 3, 13)


def commands(heading: str) -> list[str]:
    """The lines of the `sh` block that follows *heading* in the guide."""
    guide = (REPOSITORY / "docs/prefect.md").read_text()
    section = guide.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return section.partition("```sh\n")[2].partition("```")[0].splitlines()


def created(said: str) -> UUID:
    found = re.search(r"UUID: ([0-9a-f-]{36})", said)
    assert found, said
    return UUID(found[1])


async def ended(run_id: UUID) -> Any:
    from prefect.flow_runs import wait_for_flow_run

    return await wait_for_flow_run(run_id, timeout=600)


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
@pytest.mark.timeout(900)
async def test_the_guides_commands_print_editions_from_any_workers_folder(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    port = free_port()
    code = checkout(tmp_path / "checkout", SETTINGS)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    env = environment(tmp_path / "home", port)
    api = Server(env["PREFECT_API_URL"], {"api.url": env["PREFECT_API_URL"]})
    [serve], [work] = commands("A server"), commands("A worker")
    [print_one], [print_missed] = (
        commands("An edition on demand"),
        commands("A morning that was missed"),
    )
    async with FakeOllama() as gone:
        unreachable = gone.url

    async with NewsSite() as site, program(serve, tmp_path, env) as server:
        site.answers = {1: [503, 200], 2: [404]}
        await server.says("Uvicorn running on")
        for command in commands("The deployments"):
            await type_in(command, code, env)
        theirs = {**env, **settings_of_the_worker(site, ollama)}
        async with program(work, elsewhere, theirs) as worker:
            partial_id = created(await type_in(print_one, elsewhere, env))
            with using(api):
                failed_id = await submitted(edition_date=UNREACHED, host=unreachable)
                partial, failed = await ended(partial_id), await ended(failed_id)
                site.answers = {}
                missed_id = created(await type_in(print_missed, elsewhere, env))
                late_id = await scheduled_by_the_deployment(LATE)
                missed, late = await ended(missed_id), await ended(late_id)
                await check_deployments(code)
                logs = await logs_of(partial_id)
                attempts, table = await attempts_of(partial_id), await table_of(partial_id)
        listed = await type_in(commands("What a run says")[0], elsewhere, env)

    # On demand, by its parameters; its second article is gone.
    assert (partial.name, partial.state.name) == (f"daily-{ON_DEMAND}", "Partial")
    assert partial.state.is_completed()
    assert partial.state.message.startswith("3 of 4 stories, revision 1; fetch: 第2号测试新闻")
    assert len(edition_of(code, ON_DEMAND).stories) == 3
    # A 503 was tried again and a 404 was not; the table in the UI says what became of each.
    assert (attempts["01 read"], attempts["02 read"], attempts["03 read"]) == (2, 1, 1)
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert ["written" in row for row in rows] == [True, False, True, True]
    assert "failed: fetch: " in rows[1]
    # Its engine does not answer: the reason comes first.
    assert (failed.name, failed.state.name) == (f"daily-{UNREACHED}", "Failed")
    assert failed.state.message.startswith(f"ollama at {unreachable} cannot be reached")
    # By an earlier slot: the day before it in Shanghai, where 06:30 is the day before in UTC.
    for run, day in ((missed, MISSED), (late, LATE)):
        assert (run.name, run.state.name) == (f"daily-{day}", "Completed")
        edition = edition_of(code, day)
        assert [story.rank for story in edition.stories] == [1, 2, 3, 4]
        assert edition.as_of is None
        # The deployed folder's code printed it, by the deployed folder's pressrun.toml.
        assert (edition.pressrun_version, edition.title) == (MARK, "河湾早报")
        assert [record.format for record in edition.renditions] == ["html"]
    # What a person sees: the flow's lines, one an article, and no traceback.
    assert all(log.task_run_id is None for log in logs)
    messages = [log.message for log in logs]
    articles = sorted(message for message in messages if re.match(r"\d+ 第", message))
    assert [article[0] for article in articles] == ["1", "2", "3", "4"]
    assert articles[0].endswith(FakeOllama.summary)
    assert articles[1].endswith("HTTP 404 Not Found")
    assert "Traceback" not in worker.said
    assert str(partial_id)[:8] in listed
    assert not any(elsewhere.iterdir())


async def submitted(**parameters: object) -> UUID:
    """A run on demand, as the form's button makes it."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        deployment = await client.read_deployment_by_name("daily-digest/on-demand")
        run = await client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    return run.id


async def scheduled_by_the_deployment(day: date) -> UUID:
    """The run that the deployment's schedule makes for the morning after *day*."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterExpectedStartTime

    # 06:30 in Shanghai, which is the day before in UTC.
    slot = datetime(day.year, day.month, day.day, 22, 30, tzinfo=UTC)
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("daily-digest/daily")
        answer = await client._client.post(
            f"/deployments/{deployment.id}/schedule",
            json={"start_time": slot.isoformat(), "end_time": slot.isoformat(), "min_runs": 1},
        )
        answer.raise_for_status()
        [run] = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                expected_start_time=FlowRunFilterExpectedStartTime(after_=slot, before_=slot)
            )
        )
    return run.id


async def check_deployments(code: Path) -> None:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        daily = await client.read_deployment_by_name("daily-digest/daily")
        on_demand = await client.read_deployment_by_name("daily-digest/on-demand")
    for deployment in (daily, on_demand):
        assert deployment.version == MARK
        assert deployment.tags == ["pressrun", deployment.name]
        assert deployment.description
        assert deployment.pull_steps is not None
        [[step]] = [list(step.values()) for step in deployment.pull_steps]
        assert step == {"directory": str(code)}
    assert not on_demand.schedules
    [schedule] = daily.schedules
    assert (schedule.slug, schedule.active) == ("daily", True)
    assert schedule.schedule.model_dump(include={"cron", "timezone"}) == {
        "cron": "30 6 * * *",
        "timezone": "Asia/Shanghai",
    }


async def logs_of(run_id: UUID) -> list[Any]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId

    async with get_client() as client:
        return await client.read_logs(
            log_filter=LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
        )


async def attempts_of(run_id: UUID) -> dict[str, int]:
    """How often each of a run's tasks was tried, by the task run's name."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    async with get_client() as client:
        tasks = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
        )
    return {task.name: task.run_count for task in tasks}


async def table_of(run_id: UUID) -> str:
    """The run's Markdown artifact."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    async with get_client() as client:
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        )
    [table] = [one for one in artifacts if one.key == "edition-daily"]
    return str(table.data)


def edition_of(code: Path, day: date) -> Edition:
    """What is printed in the default archive of the deployed folder."""
    current = Archive.open(str(code / "archive")).editions.current("daily", day)
    assert current is not None
    return current
