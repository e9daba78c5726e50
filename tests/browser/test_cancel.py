"""Runs that are cancelled in Prefect's UI."""

import asyncio
from datetime import date

import pytest
from playwright.async_api import expect

from pressrun.archive.lease import LeaseRecord
from tests.browser.conftest import Press
from tests.browser.reader import RUN_S, Reader
from tests.serving import ends

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("press"),
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="session"),
]
DAY = date(2026, 3, 9)


async def test_a_run_stops_within_five_seconds_and_leaves_no_lease(
    press: Press, reader: Reader
) -> None:
    lease = press.folder / f"archive/editions/daily/{DAY}/lease.json"
    press.ollama.hold.clear()
    try:
        await reader.open_form("on-demand")
        await reader.pick_day("Day", DAY)
        await reader.submit()
        logs = (await reader.turn_to("Logs")).get_by_role("log")
        await expect(logs).to_contain_text("4 headlines from sina", timeout=RUN_S * 1000)
        printing = LeaseRecord.model_validate_json(lease.read_bytes())
        ending = asyncio.create_task(ends(printing.pid))
        await reader.cancel()
        await asyncio.wait_for(ending, 5)
        assert not lease.exists()
        # Prefect says so once it has looked for hooks of the flow, in a process of its own.
        await reader.sees_end("Cancelled")
    finally:
        press.ollama.hold.set()
    await reader.picture("cancelled")

    # What was fetched serves the next run, which begins where this one ended.
    fetched = press.site.requests["/news/1.html"]
    assert fetched
    await reader.open_form("on-demand")
    await reader.pick_day("Day", DAY)
    await reader.submit()
    await reader.sees_end("Completed")
    assert press.site.requests["/news/1.html"] == fetched
