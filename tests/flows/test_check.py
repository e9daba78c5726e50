"""The check of editions, on a real Prefect server."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client

import flows.check
from pressrun.archive import Archive
from pressrun.cli.prefect import Server, using
from tests.pressrun.archive.archive_desk import Desk

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
values = Desk()


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive that the settings name, with the editions of 21 and 23 November."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(flows.check, "utc_now", lambda: NOW)
    opened = Archive.open("archive")
    for day in (21, 23):
        printed(opened, day)
    return opened


def printed(archive: Archive, day: int) -> None:
    values.print(archive, day=date(2026, 11, day))


async def run(**given: Any) -> Any:
    return await flows.check.check_editions(return_state=True, **given)


async def test_missing_editions_fail_the_check_by_name_and_with_the_command(
    archive: Archive,
) -> None:
    state = await run()
    assert (state.name, state.is_failed()) == ("Missing", True)
    assert state.message == (
        "daily: no edition of 2026-11-22, 2026-11-24; "
        "print them: pressrun gaps --paper daily --fill"
    )


async def test_an_edition_within_its_grace_is_not_missing(archive: Archive) -> None:
    printed(archive, 22)
    state = await run(grace_h=4, paper="daily")
    assert (state.name, state.message) == ("Completed", "no edition is missing of daily")


async def test_without_a_backfill_to_start_the_check_says_so(archive: Archive) -> None:
    state = await run(fill=True)
    assert state.name == "Missing"
    assert "no backfill was started" in (state.message or "")


async def test_filling_starts_one_backfill_of_a_papers_missing_days(archive: Archive) -> None:
    async with get_client() as client:
        flow_id = await client.create_flow_from_name("backfill")
        deployment = await client.create_deployment(flow_id, "backfill", entrypoint="none.py:none")
        try:
            state = await run(fill=True)
            runs = await client.read_flow_runs()
            started = [one for one in runs if one.deployment_id == deployment]
        finally:
            await client.delete_deployment(deployment)
    assert "backfills started: daily, days: 2" in (state.message or "")
    assert [one.parameters for one in started] == [
        {
            "paper": "daily",
            "start": "2026-11-22",
            "end": "2026-11-24",
            "only": "2026-11-22, 2026-11-24",
        }
    ]


async def test_a_paper_that_is_not_there_fails_the_check_with_its_reason(archive: Archive) -> None:
    state = await run(paper="weekly")
    assert (state.name, state.is_failed()) == ("Failed", True)
    assert "no paper is called 'weekly'" in (state.message or "")
