"""The hook by which a flow tells an operator how it ended."""

import asyncio
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pressrun.archive.layout import SITE, day_of, is_paper, site_folder
from pressrun.errors import PressrunError
from settings import Settings, load_settings
from tasks.alerts import LIMIT_S, Alert, Kind, Unsent, send
from tasks.automations import TAG, is_installed
from tasks.press import lent_press

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

MISSING = "Missing"
"""Name of the Failed state of a check that found days without an edition."""
PARTIAL = "Partial"

SERVER_LIMIT_S = 3.0
"""How long the Prefect server may take to answer a question before the alert goes without it."""
_ALL_S = LIMIT_S + 2 * SERVER_LIMIT_S + 2

_COUNT = re.compile(r"\d+ of \d+")


async def tell_operator(flow: "Flow[Any, Any]", flow_run: "FlowRun", state: "State[Any]") -> None:
    """Send an alert of a run that ended otherwise than it should: a hook for any flow.

        @flow(on_failure=[tell_operator], on_crashed=[tell_operator], on_completion=[tell_operator])

    Silent when all is well, when a run that this one is part of will tell, and when an automation
    of the Prefect server tells. Changes nothing about the run; takes 18 s at most.
    """
    from prefect.logging.loggers import flow_run_logger

    kind = kind_of(state)
    if kind is None or flow_run.parent_task_run_id is not None:
        return
    log = flow_run_logger(flow_run, flow)
    unsent: tuple[Unsent, ...] = ()
    try:
        async with asyncio.timeout(_ALL_S):
            settings = await asyncio.to_thread(_settings)
            alerts = settings.alerts
            if not alerts.addresses or kind not in alerts.on or await _is_told(kind, flow_run):
                return
            if state.is_crashed():
                flow_run = await _as_the_server_has_it(flow_run)
            unsent = await send(alerts.addresses, alert_of(kind, flow_run, state, settings))
    except PressrunError as exc:
        log.warning("no alert was sent: %s", exc)
    except TimeoutError:
        log.warning("no alert was sent: settings and server took over %.0f s", _ALL_S)
    for address, reason in unsent:
        log.warning("the alert did not reach %s: %s", address, reason)


def kind_of(state: "State[Any]") -> Kind | None:
    """What there is to tell of a final state; None when nothing."""
    if state.name == MISSING:
        return "missing"
    if state.is_failed() or state.is_crashed():
        return "failed"
    return "partial" if state.name == PARTIAL else None


def alert_of(kind: Kind, flow_run: "FlowRun", state: "State[Any]", settings: Settings) -> Alert:
    """The message: run and state, then the reason with its remedy, then where to look."""
    from prefect.utilities.urls import url_for

    said = (state.message or "").strip()
    title = f"{flow_run.name}: {state.name}"
    if kind == "partial" and (count := _COUNT.match(said)):
        title += f", {count[0]}"
    lines = [said or f"The run ended {state.name}; its log says more."]
    # The server of a deployment stays; that of a single digest has ended by then.
    if flow_run.deployment_id and (run := url_for(flow_run, url_type="ui")):
        lines.append(f"Run: {run}")
    if kind == "partial" and (edition := _edition_url(flow_run, settings)):
        lines.append(f"Edition: {edition}")
    return Alert(title, "\n".join(lines), kind)


def _edition_url(flow_run: "FlowRun", settings: Settings) -> str | None:
    """Where readers find the edition that a run named `<paper>-<date>` printed."""
    paper, day = _edition(flow_run.name)
    if settings.site_url is None or day is None:
        return None
    folder = site_folder(paper, day).removeprefix(f"{SITE}/")
    return f"{str(settings.site_url).rstrip('/')}/{folder}/"


def _edition(name: str) -> tuple[str, date | None]:
    paper, day = name[:-11], day_of(name[-10:])
    return paper, day if is_paper(paper) else None


def _settings() -> Settings:
    press = lent_press()
    return press.settings if press else load_settings()


async def _is_told(kind: Kind, flow_run: "FlowRun") -> bool:
    """Whether an automation of the server rings for this run; False when it cannot be asked."""
    if TAG not in flow_run.tags:
        return False
    try:
        async with asyncio.timeout(SERVER_LIMIT_S):
            return await is_installed(kind)
    except TimeoutError:
        return False


async def _as_the_server_has_it(flow_run: "FlowRun") -> "FlowRun":
    """The run with its name: the worker that tells of a killed process has one of before it ran."""
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        async with asyncio.timeout(SERVER_LIMIT_S), get_client() as client:
            return await client.read_flow_run(flow_run.id)
    except (httpx.HTTPError, PrefectHTTPStatusError, OSError):  # TimeoutError is an OSError
        return flow_run
