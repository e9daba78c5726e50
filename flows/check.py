"""The check: which editions should be there and are not, and what is done about it."""

import asyncio
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.client.schemas.objects import State
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from pressrun import __version__
from pressrun.errors import PressrunError
from settings import load_settings
from tasks.archives import archive_of
from tasks.bell import MISSING as MISSING_STATE
from tasks.bell import tell_operator
from tasks.ending import ended
from tasks.form import PaperOrEmpty, titled
from tasks.gaps import GRACE_H, MISSING, Gap, find_gaps, in_words
from tasks.order import utc_now
from tasks.showing import tried

BACKFILL = "backfill/backfill"


def run_name() -> str:
    """`check-<paper or all>-<date>`, by the scheduled start."""
    paper = flow_run.parameters.get("paper") or "all"
    return f"check-{paper}-{flow_run.scheduled_start_time:%Y-%m-%d}"


@flow(
    name="check-editions",
    flow_run_name=run_name,
    version=__version__,
    on_failure=[tell_operator],
    on_crashed=[tell_operator],
)
async def check_editions(
    paper: Annotated[PaperOrEmpty, titled("Paper")] = None,
    grace_h: Annotated[float, Field(ge=0, le=72), titled("Hours of grace")] = GRACE_H,
    fill: Annotated[bool, titled("Print what is missing")] = False,
) -> State[None]:
    """See whether each edition that the schedules ask for is there.

    Args:
        paper: One of the papers in the settings. Empty: every paper that has a schedule.
        grace_h: Hours that a scheduled run may take before its edition counts as missing.
        fill: Whether a backfill of the missing editions is started.
    """
    return await ended(_check(paper, grace_h, fill=fill))


async def _check(paper: str | None, grace_h: float, *, fill: bool) -> State[None]:
    found = await asyncio.to_thread(_found, paper, grace_h)
    lines = [line for name, gaps in found.items() if (line := in_words(name, gaps))]
    await _show(found)
    if not lines:
        partial = sum(map(len, found.values()))
        said = f"no edition is missing of {', '.join(found) or 'any paper with a schedule'}"
        return Completed(message=f"{said}; {partial} partial" if partial else said)
    message = "\n".join(lines)
    if fill:
        message += f"\n{await _fill(found)}"
    return Failed(name=MISSING_STATE, message=message, data=PressrunError(message))


def _found(paper: str | None, grace_h: float) -> dict[str, tuple[Gap, ...]]:
    settings = load_settings()
    scheduled = [name for name, one in settings.papers.items() if one.schedule]
    archive, now = archive_of(settings), utc_now()
    return {
        name: find_gaps(archive, name, settings.paper(name), now, grace_h=grace_h)
        for name in ([paper] if paper else scheduled)
    }


async def _show(found: dict[str, tuple[Gap, ...]]) -> None:
    rows: list[dict[str, Any]] = [
        {"paper": name, "date": str(gap.edition_date), "why": str(gap.kind), "note": gap.note}
        for name, gaps in found.items()
        for gap in gaps
    ]
    if rows:
        said = "Editions that are missing, partial or being printed."
        await tried(acreate_table_artifact(rows, key="gaps", description=said))


async def _fill(found: dict[str, tuple[Gap, ...]]) -> str:
    """Starts a backfill of each paper's missing days, and waits for none; says so."""
    started = []
    for name, gaps in found.items():
        days = [str(gap.edition_date) for gap in gaps if gap.kind in MISSING]
        if not days:
            continue
        only = {"start": days[0], "end": days[-1], "paper": name, "only": ", ".join(days)}
        try:
            # No part of this run, which ends before it: it is a run of its own.
            run = await arun_deployment(BACKFILL, parameters=only, timeout=0, as_subflow=False)
        except ObjectNotFound:
            return (
                f"no backfill was started: there is no deployment {BACKFILL}; register it: "
                "pressrun up"
            )
        get_run_logger().info("backfill of %s, %s: %s", name, only["only"], run.name)
        started.append(f"{name}, days: {len(days)} ({run.name})")
    return f"backfills started: {'; '.join(started)}"
