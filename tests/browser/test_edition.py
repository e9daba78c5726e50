"""An edition on demand, by the form in Prefect's UI."""

from datetime import date

import pytest
from playwright.async_api import expect

from pressrun.archive import Archive
from tests.browser.conftest import Press
from tests.browser.reader import Reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("press"),
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="session"),
]
DAY = date(2026, 3, 12)


async def test_a_colleague_prints_an_edition_by_the_form(press: Press, reader: Reader) -> None:
    press.site.answers = {2: [404]}
    await reader.open_form("on-demand")
    await reader.pick_day("Day", DAY)
    await reader.choose("Paper", "weekend")
    await reader.fill_in("Articles at most", "3")
    await reader.choose("Formats", "html", "png")
    await reader.submit()

    # Its name, state and log.
    await reader.sees_end("Partial")
    await reader.sees(f"weekend-{DAY}", "on-demand")
    logs = (await reader.turn_to("Logs")).get_by_role("log")
    await expect(logs).to_contain_text("3 headlines from sina")
    await expect(logs).to_contain_text("HTTP 404 Not Found")
    await expect(logs).not_to_contain_text("Traceback")
    await reader.picture("run")
    details = await reader.turn_to("Details")
    await expect(details).to_contain_text("2 of 3 stories, revision 1")
    tasks = await reader.turn_to("Task Runs")
    await expect(tasks.get_by_role("link", name="01 read")).to_be_visible()

    # Its artifact, which says what became of each article.
    artifacts = await reader.turn_to("Artifacts")
    await artifacts.get_by_role("link", name="edition-weekend").click()
    await reader.sees("2 of 3 stories, revision 1")
    await reader.page.locator("a[href*='/artifacts/artifact/']").first.click()
    table = reader.page.get_by_role("table").first
    await expect(table).to_contain_text("written")
    await expect(table).to_contain_text("failed: fetch")
    await reader.picture("artifact")

    edition = Archive.open(str(press.folder / "archive")).editions.current("weekend", DAY)
    assert edition is not None
    assert len(edition.stories) == 2
    assert {record.format for record in edition.renditions} == {"html", "png"}
    # Prefect's statistics ask this host for their settings, whatever the server's are; all else
    # comes from the server.
    assert reader.strangers <= {"sr-client-cfg.amplitude.com"}


async def test_the_form_can_be_submitted_as_it_is(press: Press, reader: Reader) -> None:
    await reader.open_form("on-demand")
    # What was chosen can be taken back.
    await reader.pick_day("Day", DAY)
    await reader.page.get_by_label("Day (Optional)").click()
    await reader.page.get_by_label("Date (yyyy-MM-dd)").fill("")
    await reader.page.keyboard.press("Escape")
    await reader.fill_in("Model", "a")
    await reader.fill_in("Model", "")
    await reader.submit()
    await reader.sees_end("Completed")
    parameters = await reader.turn_to("Parameters")
    await expect(parameters).to_contain_text("daily")
    await expect(parameters).not_to_contain_text("edition_date")


async def test_what_is_out_of_bounds_does_not_leave_the_form(press: Press, reader: Reader) -> None:
    await reader.open_form("on-demand")
    await reader.fill_in("Articles at most", "201")
    await reader.page.get_by_role("button", name="Submit").click()
    asked = reader.page.get_by_label("Articles at most")
    assert not await asked.evaluate("field => field.validity.valid")
    await reader.picture("refused")
    await expect(reader.page.get_by_role("button", name="Submit")).to_be_visible()


async def test_a_day_to_come_fails_in_its_first_second_with_the_remedy(
    press: Press, reader: Reader
) -> None:
    await reader.open_form("on-demand")
    await reader.page.get_by_label("Day (Optional)").click()
    await reader.page.get_by_label("Date (yyyy-MM-dd)").fill("2999-01-01")
    await reader.page.keyboard.press("Escape")
    await reader.submit()
    await reader.sees_end("Failed")
    await reader.sees("daily-2999-01-01")
    details = await reader.turn_to("Details")
    await expect(details).to_contain_text("this day has not begun in Asia/Shanghai")
    await expect(details).to_contain_text("name that day or one before it")
    await reader.picture("failed")
