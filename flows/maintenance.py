"""The maintenance: what has served its time is removed, in the Prefect database and the archive."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from pressrun import __version__
from pressrun.archive.prune import Freed, Rule, prune
from settings import load_settings
from tasks.archives import archive_of
from tasks.bell import tell_operator
from tasks.ending import ended
from tasks.form import titled
from tasks.order import utc_now
from tasks.retention import Removed, remove_runs
from tasks.showing import tried
from tasks.upkeep import as_markdown, in_words

RunDays = Annotated[int, Field(ge=7, le=3650), titled("Days that runs are kept")]
StoreDays = Annotated[int, Field(ge=1, le=3650), titled("Days that unused pages are kept")]
Revisions = Annotated[int, Field(ge=0, le=100), titled("Old printings kept of an edition")]


def run_name() -> str:
    """`maintenance-<date>`, by the scheduled start."""
    return f"maintenance-{flow_run.scheduled_start_time:%Y-%m-%d}"


@flow(
    name="maintenance",
    flow_run_name=run_name,
    version=__version__,
    on_failure=[tell_operator],
    on_crashed=[tell_operator],
)
async def maintain(
    keep_runs_days: RunDays = 90,
    keep_unused_days: StoreDays = 30,
    keep_revisions: Revisions = 0,
    dry_run: Annotated[bool, titled("Only say what would go from the archive")] = False,
) -> State[None]:
    """Remove old runs from Prefect, and from the archive what no edition refers to.

    Args:
        keep_runs_days: Runs that ended longer ago go, with their logs and artifacts. Editions stay.
        keep_unused_days: What no edition refers to goes from the archive once it is this old.
        keep_revisions: The newest printings that stay besides the current one. 0: all of them.
        dry_run: Nothing is removed at all; the archive's part is counted.
    """
    rule = Rule(keep_revisions=keep_revisions or None, older_than=timedelta(days=keep_unused_days))
    return await ended(_maintain(rule, timedelta(days=keep_runs_days), dry_run=dry_run))


async def _maintain(rule: Rule, keep_runs: timedelta, *, dry_run: bool) -> State[None]:
    now = utc_now()
    runs = Removed() if dry_run else await _remove_runs(now - keep_runs)
    files, bytes_, waited = await asyncio.to_thread(_prune, rule, now, dry_run)
    said = in_words(runs, files, bytes_, dry_run=dry_run)
    table = as_markdown(runs, files, bytes_, waited, dry_run=dry_run)
    await tried(acreate_markdown_artifact(table, key="maintenance", description=said))
    return Completed(message=said)


async def _remove_runs(before: datetime) -> Removed:
    total = Removed()
    async for some in remove_runs(before):
        total = Removed(total.runs + some.runs, total.artifacts + some.artifacts)
        get_run_logger().info("%d runs that ended before %s are gone", total.runs, before.date())
    return total


def _prune(
    rule: Rule, now: datetime, dry_run: bool
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Files and bytes that went, by kind, and why something stayed."""
    files, bytes_, waited = Counter[str](), Counter[str](), list[str]()
    for one in prune(archive_of(load_settings()), rule, now, dry_run=dry_run):
        if isinstance(one, Freed):
            files[one.kind.value] += 1
            bytes_[one.kind.value] += one.bytes
        else:
            waited.append(one.says)
    return files, bytes_, waited
