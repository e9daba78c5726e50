"""The deployments: one table, which `pressrun up` registers and prefect.yaml says again.

A deployment here runs the installed Pressrun's flow, by module path, in the folder where `pressrun
up` was typed: its pressrun.toml and its archive are found there, and no prefect.yaml is needed.
"""

import importlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pressrun import __version__
from pressrun.models import Value
from settings import Settings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

POOL = "pressrun"
"""The work pool, of type process."""

ENVIRONMENT = {
    # The flow logs one line an article; a task's three would bury it. States show in the UI.
    "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "CRITICAL",
    # A sign of life every 30 s, the shortest that Prefect takes: an automation tells by it which
    # runs have died with their machine.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}
"""What a run's process has in its environment besides the worker's."""


class Schedule(Value):
    """When a deployment runs by itself: as cron has it, in a time zone; `slug` names it."""

    slug: str
    cron: str
    time_zone: str
    paper: str | None = None
    """The paper that it prints; none for a flow that serves them all."""


class Deployment(Value):
    """A flow of ours with a name under which it is run, and the schedules that run it."""

    name: str
    entrypoint: str
    """`<file>:<flow>` as prefect.yaml has it."""
    description: str
    schedules: tuple[Schedule, ...] = ()

    @property
    def tags(self) -> list[str]:
        """What the UI filters by."""
        return [POOL, self.name]

    @property
    def module(self) -> str:
        """The module of the flow."""
        return self.entrypoint.partition(":")[0].removesuffix(".py").replace("/", ".")

    @property
    def flow(self) -> str:
        """The name of the flow's function."""
        return self.entrypoint.partition(":")[2]


def table(settings: Settings) -> tuple[Deployment, ...]:
    """All deployments; each paper with a schedule has one of `daily`."""
    papers = tuple(
        Schedule(
            slug=name,
            cron=paper.schedule,
            time_zone=paper.time_zone,
            paper=name,
        )
        for name, paper in settings.papers.items()
        if paper.schedule
    )
    zone = settings.paper("daily").time_zone
    return (
        Deployment(
            name="daily",
            entrypoint="flows/daily.py:daily_digest",
            description="The edition of the last complete day, every morning.",
            schedules=papers,
        ),
        Deployment(
            name="on-demand",
            entrypoint="flows/daily.py:daily_digest",
            description="One edition, of any paper and day, by the form.",
        ),
        Deployment(
            name="backfill",
            entrypoint="flows/backfill.py:backfill",
            description="Editions of past days, each that is not printed yet.",
        ),
        Deployment(
            name="deliver",
            entrypoint="flows/deliver.py:deliver_edition",
            description="A printed edition sent again, on purpose.",
        ),
        Deployment(
            name="check",
            entrypoint="flows/check.py:check_editions",
            description="Which days should have an edition and have none.",
            schedules=(Schedule(slug="check", cron="30 9 * * *", time_zone=zone),),
        ),
        Deployment(
            name="maintenance",
            entrypoint="flows/maintenance.py:maintain",
            description="Old runs are removed, and what the archive no longer needs.",
            schedules=(Schedule(slug="maintenance", cron="0 4 * * 0", time_zone=zone),),
        ),
    )


def present(deployments: tuple[Deployment, ...]) -> tuple[Deployment, ...]:
    """Those whose flow this Pressrun has."""
    return tuple(one for one in deployments if find_spec(one.module))


async def register(client: "PrefectClient", settings: Settings, folder: Path) -> list[str]:
    """Create the pool and the deployments, or bring them up to date; what is worth saying of it.

    Runs work in *folder*. A schedule that was switched off in the UI stays off.
    """
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectNotFound

    try:
        await client.read_work_pool(POOL)
    except ObjectNotFound:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    notes = []
    before = await registered(client)
    for one in present(table(settings)):
        known = before.get(one.name)
        if known and (was := folder_of(known)) not in {None, str(folder)}:
            notes.append(f"{one.name} ran in {was}, and runs in {folder} from now on")
        off = {item.slug for item in known.schedules if not item.active} if known else set()
        notes.extend(
            f"the schedule {item.slug} of {one.name} is switched off, and stays so"
            for item in one.schedules
            if item.slug in off
        )
        await _create(client, one, folder, off)
    return notes


async def _create(
    client: "PrefectClient", one: Deployment, folder: Path, off: set[str | None]
) -> None:
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.utilities.callables import parameter_schema

    flow = getattr(importlib.import_module(one.module), one.flow)
    await client.create_deployment(
        flow_id=await client.create_flow(flow),
        name=one.name,
        version=__version__,
        description=one.description,
        tags=one.tags,
        entrypoint=f"{one.module}.{one.flow}",
        pull_steps=[
            {"prefect.deployments.steps.set_working_directory": {"directory": str(folder)}}
        ],
        parameter_openapi_schema=parameter_schema(flow).model_dump(),
        enforce_parameter_schema=True,
        work_pool_name=POOL,
        work_queue_name="default",
        job_variables={"env": ENVIRONMENT},
        schedules=[
            DeploymentScheduleCreate(
                slug=item.slug,
                active=item.slug not in off,
                schedule=CronSchedule(cron=item.cron, timezone=item.time_zone),
                parameters={"paper": item.paper} if item.paper else {},
            )
            for item in one.schedules
        ],
    )


async def registered(client: "PrefectClient") -> Mapping[str, "DeploymentResponse"]:
    """The deployments of Pressrun that the server has, by name."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    found = await client.read_deployments(
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[POOL]))
    )
    return {one.name: one for one in found}


def folder_of(deployment: "DeploymentResponse") -> str | None:
    """The folder that *deployment*'s runs work in."""
    for step in deployment.pull_steps or []:
        values: dict[str, Any]
        for values in step.values():
            if isinstance(values, dict) and "directory" in values:
                return str(values["directory"])
    return None
