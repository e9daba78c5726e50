"""The site in Chromium: front page, leafing, and searching by its one script."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from pressrun.archive import Archive
from pressrun.archive.serving import SiteServer
from renderers.html import HtmlRenderer
from tests.browser.reader import ALBUM
from tests.pressrun.archive.archive_desk import DAY, Desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
HOSTILE = "极" * 60 + " " + "endless" * 20 + "<img src=x onerror=alert(1)>"
PAGES = ("index.html", "daily/2025.html", "search.html?q=第")
WIDTHS = (320, 768, 1440)


def fill(archive: Archive, desk: Desk) -> None:
    """Two papers; 46 editions of one, with later revisions and a hostile title.

    The pages of the newest two are as they are drawn.
    """
    for back in (*range(44), 400):
        desk.print(archive, day=DAY - timedelta(days=back))
    desk.print(archive, "two", day=DAY - timedelta(days=3))
    desk.print(archive, paper="world", title="The Morning Post", language="en")
    told = (desk.story(1, title="长江禁渔三年"), desk.story(2, title=HOSTILE))
    for day, stories in ((DAY, desk.edition().stories), (DAY + timedelta(days=1), told)):
        number = archive.editions.begin(desk.plan(day=day))
        edition = desk.edition(number, day=day).model_copy(update={"stories": stories})
        archive.publish(edition, HtmlRenderer().render(edition))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Address of a site."""
    archive = Archive.open(str(tmp_path_factory.mktemp("site")))
    fill(archive, Desk())
    async with SiteServer(archive.files) as server:
        yield server.url


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window; whatever its pages complain of fails the test."""
    page, said = await browser.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    await page.close()
    assert said == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_no_page_scrolls_sideways_and_axe_finds_no_violation(
    page: Page, site: str, width: int, dark: bool
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme="dark" if dark else "light")
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    for name in PAGES:
        await page.goto(site + name)
        if "?" in name:
            await expect(page.get_by_role("status")).to_have_text("找到 30+ 条")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await page.evaluate(axe)
        results: Any = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
        violations = [(v["id"], [n["html"] for n in v["nodes"]]) for v in results["violations"]]
        assert violations == [], name
        picture = ALBUM / "site" / f"{Path(name.partition('?')[0]).stem}-{width}-{dark}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=picture, full_page=True)


async def test_a_reader_leafs_back_from_the_calendar_finds_a_story_and_comes_to_it(
    page: Page, site: str
) -> None:
    await page.goto(site)
    await page.locator("#paper-daily .month a[href*='2026-11-22']").click()
    await page.get_by_role("link", name="上一期").click()
    await expect(page).to_have_url(f"{site}daily/2026-11-21/index.html")
    await page.get_by_role("link", name="检索").click()
    await page.get_by_label("要找的词").fill("禁渔 长江")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("找到 1 条")
    assert await page.locator("mark").all_inner_texts() == ["长江禁渔"]
    await page.get_by_role("link", name="长江禁渔三年").click()
    await expect(page.locator(":target")).to_contain_text("长江禁渔三年")
    await page.go_back()
    await expect(page.get_by_role("status")).to_have_text("找到 1 条")


async def test_dates_and_paper_bound_a_search_and_more_goes_further_back(
    page: Page, site: str
) -> None:
    await page.goto(f"{site}search.html?q=第1&paper=daily")
    results = page.locator("#results li")
    await expect(results).to_have_count(30)
    await page.get_by_role("button", name="继续找").click()
    await expect(page.get_by_role("status")).to_have_text("找到 45 条")
    await expect(results).to_have_count(45)
    dates = await page.locator("#results time").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    await page.get_by_label("到").fill("2026-10-12")
    await page.get_by_label("从").fill("2026-10-11")
    await page.get_by_role("button", name="检索").click()
    await expect(results).to_have_count(2)
    await page.get_by_label("要找的词").fill("绝无此词")
    await page.get_by_role("button", name="检索").click()
    await expect(page.get_by_role("status")).to_contain_text("没有找到")


async def test_a_hostile_title_is_text_in_the_results(page: Page, site: str) -> None:
    await page.goto(f"{site}search.html?q=endless")
    await expect(page.get_by_role("status")).to_have_text("找到 1 条")
    assert await page.locator("#results img").count() == 0
    await expect(page.locator("#results h2")).to_contain_text("<img src=x")


async def test_without_a_script_the_search_page_says_so_and_the_rest_works(
    browser: Browser, site: str
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site}search.html")
    # The driver stops scripts after the parser has hidden <noscript>: it is in the source.
    assert "检索需要 JavaScript" in await page.content()
    await page.goto(f"{site}daily/2026-11-22/")
    await page.get_by_role("link", name="上一期 11月21日").click()
    await expect(page).to_have_url(f"{site}daily/2026-11-21/index.html")
    await context.close()
