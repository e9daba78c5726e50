"""Deliveries of the daily flow, on a real Prefect server: once, beside the edition, told."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort
from pydantic import SecretStr

from pressrun.archive import Archive
from pressrun.archive.deliveries import Deliveries, Note, Sender
from pressrun.archive.files import Files
from pressrun.cli.prefect import Server, using
from pressrun.models import Edition, Refresh
from settings import Settings, load_settings
from tasks.delivery import running
from tasks.delivery.addresses import addresses_of
from tasks.delivery.sending import Patience
from tasks.desk import press_for
from tasks.order import PRINTED, place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite
from tests.tasks.alerting import Operator
from tests.tasks.delivery.robots import Hook

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("prefect"),
    # Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook() as one:
        yield one
        one.awake.set()


class Paper:
    """A paper whose editions are sent to *hook*, printed on demand."""

    def __init__(self, site: NewsSite, ollama: FakeOllama, hook: Hook, folder: Path) -> None:
        self._site, self._ollama, self._hook, self._folder = site, ollama, hook, folder
        self.alerts: tuple[SecretStr, ...] = ()

    def settings(self, **delivery: Any) -> Settings:
        given = {"webhooks": (self._hook.address,), "days_back": 36500, "retry_delay_s": 0}
        return load_settings(
            {
                "archive": str(self._folder),
                "alerts": {"addresses": self.alerts},
                "engine": "ollama",
                "engines": {"ollama": {"host": self._ollama.url, "model": self._ollama.model}},
                "sources": {"sina": {"list_url": self._site.list_url}},
                "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0},
                "summarise": {"retry_delay_s": 0},
                "papers": {"daily": {"formats": ("html",), "delivery": given | delivery}},
            }
        )

    async def print(self, refresh: Refresh | None = None, **delivery: Any) -> Any:
        """The final state of one run."""
        from flows.daily import daily_digest

        settings = self.settings(**delivery)
        order = place_order(settings, "daily", DAY, NOW, refresh=refresh)
        async with press_for(order, settings) as press:
            with lend_press(press):
                return await daily_digest(
                    edition_date=DAY, paper="daily", refresh=refresh, return_state=True
                )

    @property
    def files(self) -> Files:
        return Archive.open(str(self._folder)).files

    def current(self) -> Edition:
        current = Archive.open(str(self._folder)).editions.current("daily", DAY)
        assert current is not None
        return current


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    async with Operator() as one:
        yield one


@pytest.fixture
async def paper(ollama: FakeOllama, hook: Hook, archive_dir: Path) -> AsyncIterator[Paper]:
    async with NewsSite() as site:
        yield Paper(site, ollama, hook, archive_dir)


async def test_each_printing_is_sent_once_and_what_is_drawn_again_is_not(
    paper: Paper, hook: Hook
) -> None:
    assert (await paper.print()).name == "Completed"
    assert (await paper.print()).message == PRINTED
    [sent] = hook.objects()
    assert (sent["revision"], sent["edition_date"]) == (1, str(DAY))
    await paper.print(Refresh.RENDITIONS)
    assert paper.current().revision == 2
    assert len(hook.bodies) == 1


async def test_an_older_edition_is_not_sent_by_itself(paper: Paper, hook: Hook) -> None:
    state = await paper.print(days_back=1)
    assert state.name == "Completed"
    assert not hook.bodies


async def test_a_delivery_that_fails_is_told_rings_once_and_the_edition_stands(
    paper: Paper, hook: Hook, operator: Operator
) -> None:
    paper.alerts = (operator.address(),)
    hook.answers = [503, 404]
    state = await paper.print()
    assert state.name == "Completed"
    assert state.message.endswith(" stories, revision 1; 1 delivery failed")
    assert paper.current().is_complete
    assert len(hook.bodies) == 2
    # Nor does the next run try what failed for good.
    assert (await paper.print()).message == PRINTED
    assert len(hook.bodies) == 2
    [told] = operator.told
    assert told["title"] == f"daily-{DAY}: 1 delivery failed"
    assert f"pressrun deliver {DAY} --paper daily --again --to http:127.0.0.1:" in told["message"]


async def test_what_a_killed_run_left_open_rings_once_and_is_in_the_table(
    paper: Paper, hook: Hook, operator: Operator
) -> None:
    await paper.print(webhooks=())
    paper.alerts = (operator.address(),)
    settings = paper.settings()
    ((address,), _) = addresses_of(settings.paper("daily").delivery)
    slip = Deliveries(paper.files).slip(paper.current(), address.sha256)
    gone = Sender.here().model_copy(update={"birth": "long ago"})
    sending = {"state": "sending", "attempts": 1, "at": NOW, "sender": gone}
    assert slip.put(Note.model_validate({"name": address.name, **sending}))
    for _ in range(2):
        assert (await paper.print()).message == PRINTED
    assert not hook.bodies
    [told] = operator.told
    assert told["title"] == f"daily-{DAY}: 1 delivery may have arrived"
    async with get_client() as client:
        [table] = await client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["deliveries-daily"])),
            sort=ArtifactSort.CREATED_DESC,
            limit=1,
        )
    [row] = json.loads(str(table.data))
    assert row["state"] == "unknown"
    assert row["again"].endswith(f"--again --to {address.name}")


async def test_what_a_killed_run_did_not_come_to_send_the_next_one_sends(
    paper: Paper, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*given: object) -> None:
        """As if the process had ended here."""

    with monkeypatch.context() as before:
        before.setattr("tasks.delivery.posting.deliver_printing", gone)
        await paper.print()
    assert not hook.bodies
    for _ in range(2):
        assert (await paper.print()).message == PRINTED
    assert [sent["revision"] for sent in hook.objects()] == [1]


async def test_each_address_has_a_task_run_which_fails_as_the_delivery_does(
    paper: Paper, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    as_task = running.as_task

    async def watched(name: str, work: Any) -> Any:
        outcome = await as_task(name, work)
        seen.append((name.rpartition(":")[0], str(outcome.state)))
        return outcome

    monkeypatch.setattr(running, "as_task", watched)
    hook.answers = [404]
    await paper.print()
    assert seen == [("http:127.0.0.1", "failed")]


async def test_the_flow_that_sends_on_purpose_sends_again(
    paper: Paper, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import deliver as flow

    await paper.print()
    monkeypatch.setattr(flow, "load_settings", lambda given: paper.settings())
    state = await flow.deliver_edition(edition_date=DAY, return_state=True)
    assert (state.name, state.message) == ("Completed", "delivered to 1 of 1")
    assert len(hook.bodies) == 2
    assert len(set(hook.keys)) == 1
    hook.answers = [404]
    state = await flow.deliver_edition(edition_date=DAY, return_state=True)
    assert state.name == "Failed"
    assert state.message
    assert state.message.startswith("delivered to 0 of 1; http:127.0.0.1:")
    assert "t0ken" not in state.message


async def test_who_waits_for_a_printing_that_another_follows_is_sent_that_one(
    paper: Paper, hook: Hook, archive_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.answers = [503]

    async def follow(_: float) -> None:
        archive, first = Archive.open(str(archive_dir)), paper.current()
        plan = archive.editions.plan("daily", DAY, 1).model_copy(update={"redraws": 1})
        number = archive.editions.begin(plan)
        archive.publish(first.model_copy(update={"revision": number}), [])

    patience = Patience(3, 0, pause=follow)
    monkeypatch.setattr(Patience, "by", lambda settings: patience)
    state = await paper.print()
    assert state.name == "Completed"
    assert "failed" not in state.message
    assert [one["revision"] for one in hook.objects()] == [1, 2]
