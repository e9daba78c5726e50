"""The hook by which a run tells how it ended, on a real Prefect server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from prefect import flow, tags
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Cancelled, Completed, Crashed, Failed

from pressrun.cli.prefect import Server, using
from settings import Settings
from tasks import bell
from tasks.automations import TAG, automation
from tasks.bell import alert_of, kind_of, tell_operator
from tests.tasks.alerting import Operator

# Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    async with Operator() as one:
        yield one


def run_named(name: str = "daily-2026-11-21") -> FlowRun:
    return FlowRun.model_validate({"flow_id": "00000000-0000-0000-0000-000000000001", "name": name})


def said(state: State[Any], name: str = "daily-2026-11-21", site: str | None = None) -> list[str]:
    kind = kind_of(state)
    assert kind
    settings = Settings.model_validate({"site_url": site} if site else {})
    alert = alert_of(kind, run_named(name), state, settings)
    return [alert.title, *alert.body.splitlines()]


def test_what_is_told_goes_by_type_and_name_of_the_state() -> None:
    assert kind_of(Failed()) == kind_of(Crashed()) == "failed"
    assert kind_of(Completed(name="Partial")) == "partial"
    assert kind_of(Failed(name="Missing")) == "missing"
    assert kind_of(Completed()) is kind_of(Cancelled()) is None


def test_a_partial_edition_is_told_with_its_count_and_address() -> None:
    state: State[Any] = Completed(
        name="Partial", message="18 of 20 stories, revision 1; fetch: two are gone"
    )
    assert said(state, site="https://news.test/paper") == [
        "daily-2026-11-21: Partial, 18 of 20",
        "18 of 20 stories, revision 1; fetch: two are gone",
        "Edition: https://news.test/paper/daily/2026-11-21/",
    ]


def test_a_failure_is_told_with_its_reason_and_no_edition() -> None:
    state: State[Any] = Failed(message="ollama cannot be reached; start it")
    assert said(state, site="https://news.test/") == [
        "daily-2026-11-21: Failed",
        "ollama cannot be reached; start it",
    ]


def test_a_run_of_another_name_has_no_edition_to_point_at() -> None:
    state: State[Any] = Completed(name="Partial", message="3 of 5 dates")
    assert said(state, "backfill of a week", "https://news.test/")[1:] == ["3 of 5 dates"]


@flow(on_failure=[tell_operator], on_completion=[tell_operator])
async def printing(state_name: str) -> State[None]:
    if state_name == "Failed":
        return Failed(message="no list; try later")
    return Completed(name=state_name, message="1 of 2 stories")


@flow
async def parent() -> None:
    await printing("Partial", return_state=True)


async def told(
    api: str, operator: Operator, monkeypatch: pytest.MonkeyPatch, address: str, run: Any
) -> list[str]:
    """The titles that *run* makes the operator hear of."""
    monkeypatch.setenv("PRESSRUN_ALERTS__ADDRESSES", f'["{address}"]')
    with using(Server(api, {"api.url": api})):
        await run()
    return [str(one["title"]).partition(": ")[2] for one in operator.told]


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_a_run_tells_by_itself_unless_an_automation_or_its_parent_does(
    prefect_api: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def runs() -> None:
        await printing("Completed", return_state=True)
        await parent()
        await printing("Partial", return_state=True)
        await printing("Failed", return_state=True)
        async with get_client() as client:
            from prefect.events.schemas.automations import AutomationCore

            made = await client.create_automation(
                AutomationCore.model_validate(automation("partial", str(uuid4())))
            )
            with tags(TAG):
                await printing("Partial", return_state=True)
            await client.delete_automation(made)

    address = operator.address().get_secret_value()
    heard = await told(prefect_api, operator, monkeypatch, address, runs)
    assert heard == ["Partial, 1 of 2", "Failed"]


async def test_a_server_that_never_answers_holds_no_alert_back(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_ALERTS__ADDRESSES", f'["{operator.address().get_secret_value()}"]')
    monkeypatch.setattr(bell, "SERVER_LIMIT_S", 0.05)
    monkeypatch.setattr(bell, "_ALL_S", 30.0)
    asked: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: asked.append(writer), "127.0.0.1", 0)
    api = "http://{}:{}/api".format(*server.sockets[0].getsockname())
    run = run_named().model_copy(update={"tags": [TAG]})
    with using(Server(api, {"api.url": api})):
        await tell_operator(printing, run, Crashed(message="killed"))
    for writer in asked:
        writer.close()
    server.close()
    await server.wait_closed()
    assert len(asked) == 2
    assert [one["title"] for one in operator.told] == ["daily-2026-11-21: Crashed"]


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_an_alert_that_fails_leaves_the_run_as_it_ended(
    prefect_api: str,
    operator: Operator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[Any] = []

    async def run() -> None:
        ended.append(await printing("Partial", return_state=True))

    logged: list[str] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: logged.append(record.getMessage()))
    runs = logging.getLogger("prefect.flow_runs")  # which passes nothing on to the root
    monkeypatch.setattr(runs, "handlers", [*runs.handlers, handler])
    address = operator.address("refusing").get_secret_value()
    assert await told(prefect_api, operator, monkeypatch, address, run) == []
    assert ended[0].name == "Partial"
    assert any("the alert did not reach address 1 (json://...)" in line for line in logged)
    assert "tok3n" not in str(logged)
