"""Past days by the form of the backfill in Prefect's UI."""

import asyncio
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from pressrun.archive import Archive
from pressrun.archive.lease import LeaseRecord
from tests.browser.conftest import Press
from tests.browser.reader import RUN_S, Reader
from tests.serving import ends, type_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("press"),
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="session"),
]
DAYS = (date(2026, 2, 2), date(2026, 2, 4), date(2026, 2, 6))
HELD = (date(2026, 1, 5), date(2026, 1, 6))


async def test_a_backfill_of_three_days_shows_a_run_for_each(press: Press, reader: Reader) -> None:
    await reader.open_form("backfill")
    await reader.pick_day("First day", DAYS[0])
    await reader.pick_day("Last day", DAYS[-1])
    await reader.choose("Paper", "weekend")
    await reader.fill_in("Every so many days", "2")
    await reader.fill_in("Editions at once", "3")
    await reader.fill_in("Articles at most", "2")
    await reader.submit()

    await reader.sees_end("Completed")
    await reader.sees(f"weekend-{DAYS[0]}-to-{DAYS[-1]}")
    children = await reader.turn_to("Subflow Runs")
    for day in DAYS:
        await expect(children.get_by_role("link", name=f"weekend-{day}")).to_be_visible()
    await reader.picture("run")
    artifacts = await reader.turn_to("Artifacts")
    await artifacts.get_by_role("link", name="TABLE backfill-weekend").click()
    await reader.page.locator("a[href*='/artifacts/artifact/']").first.click()
    table = reader.page.get_by_role("table").first
    for day in DAYS:
        await expect(table.get_by_role("row").filter(has_text=str(day))).to_contain_text("printed")
    await reader.picture("table")

    editions = Archive.open(str(press.folder / "archive")).editions
    assert all(editions.current("weekend", day) for day in DAYS)


async def test_a_day_of_a_backfill_stops_within_fifteen_seconds_and_the_others_go_on(
    press: Press, reader: Reader
) -> None:
    leases = await hold_two_days(press, reader)
    try:
        parent = reader.page.url
        await (
            (await reader.turn_to("Subflow Runs"))
            .get_by_role("link", name=f"daily-{HELD[0]}")
            .click()
        )
        run = urlsplit(reader.page.url).path.rpartition("/")[2]
        # Prefect's UI offers no Cancel for a run without a deployment.
        await type_in(f"prefect flow-run cancel {run}", press.folder, press.env)
        async with asyncio.timeout(15):
            while leases[0].exists():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        await reader.sees_end("Cancelled")
        assert [lease.exists() for lease in leases] == [False, True]
    finally:
        press.ollama.hold.set()
    await reader.picture("cancelled")
    await reader.page.goto(parent)
    await reader.sees_end("Partial")
    await expect(await reader.turn_to("Details")).to_contain_text(f"{HELD[0]} cancelled")
    assert not leases[1].exists()
    editions = Archive.open(str(press.folder / "archive")).editions
    assert editions.current("daily", HELD[0]) is None
    assert editions.current("daily", HELD[1]) is not None


async def test_a_backfill_stops_within_five_seconds_with_all_of_its_days(
    press: Press, reader: Reader
) -> None:
    leases = await hold_two_days(press, reader)
    try:
        printing = LeaseRecord.model_validate_json(leases[0].read_bytes())
        ending = asyncio.create_task(ends(printing.pid))
        await reader.cancel()
        await asyncio.wait_for(ending, 5)
        assert not any(lease.exists() for lease in leases)
        await reader.sees_end("Cancelled")
    finally:
        press.ollama.hold.set()
    children = await reader.turn_to("Subflow Runs")
    # The one that meets the signal is Cancelled; what is torn down with it, Crashed. Of one that
    # had no time to say so the server does, which looks every 20 s.
    ended = children.get_by_text(re.compile("^(Cancelled|Crashed)$"))
    await expect(ended).to_have_count(2, timeout=RUN_S * 1000)
    await reader.picture("cancelled")


async def hold_two_days(press: Press, reader: Reader) -> list[Path]:
    """The leases of two days whose summaries wait for the model, in a backfill that is shown."""
    leases = [press.folder / f"archive/editions/daily/{day}/lease.json" for day in HELD]
    press.ollama.hold.clear()
    await reader.open_form("backfill")
    await reader.pick_day("First day", HELD[0])
    await reader.pick_day("Last day", HELD[1])
    await reader.submit()
    parent = reader.page.url
    for day in HELD:
        children = await reader.turn_to("Subflow Runs")
        await children.get_by_role("link", name=f"daily-{day}").click()
        logs = (await reader.turn_to("Logs")).get_by_role("log")
        await expect(logs).to_contain_text("4 headlines from sina", timeout=RUN_S * 1000)
        await reader.page.goto(parent)
    assert all(lease.exists() for lease in leases)
    return leases
