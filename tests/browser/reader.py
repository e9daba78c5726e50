"""A person at Prefect's UI: what is clicked and seen, found by its label, with pictures of it."""

import os
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, Request, expect

REPOSITORY = Path(__file__).parents[2]
ALBUM = Path(os.environ.get("CI_ARTIFACTS") or REPOSITORY / "build") / "browser"
LOOK_S = 60.0
"""For something to be seen on a page; the UI asks for some things every 30 s only."""
RUN_S = 240.0
"""For a run to end. A process worker took up to 26 s from a submission to its first line."""


class Reader:
    """What one person does on *page*; the pictures go to the folder *story* of the album."""

    def __init__(self, page: Page, url: str, story: str) -> None:
        self.page = page
        self.url = url
        self.strangers: set[str] = set()
        """Hosts that the UI asked for something, the server apart."""
        self._album = ALBUM / story
        self._album.mkdir(parents=True, exist_ok=True)
        for old in self._album.glob("*.png"):
            old.unlink()
        self._taken = 0
        page.on("request", self._notice)

    def _notice(self, request: Request) -> None:
        asked, own = urlsplit(request.url), urlsplit(self.url)
        if asked.scheme in {"http", "https", "ws", "wss"} and asked.netloc != own.netloc:
            self.strangers.add(asked.netloc)

    async def picture(self, name: str) -> None:
        """Keep what the window shows, as the next picture."""
        self._taken += 1
        await self.page.mouse.move(0, 0)
        await self.page.screenshot(
            path=self._album / f"{self._taken:02d}-{name}.png",
            animations="disabled",
            style="[data-sonner-toaster] { display: none }",  # "scheduled to start now"
        )

    async def open_form(self, deployment: str) -> None:
        """Come in by the front door, and go on to the form of *deployment*."""
        page = self.page
        await page.goto(self.url)
        await page.get_by_role("link", name="Deployments", exact=True).click()
        link = page.get_by_role("link", name=deployment, exact=True).first  # then its flow's
        await expect(link).to_be_visible()
        await self.picture("deployments")
        await link.click()
        await page.get_by_role("button", name="Run", exact=True).click()
        await page.get_by_role("menuitem", name="Custom run").click()
        await expect(page.get_by_role("heading", name="Parameters")).to_be_visible()

    async def pick_day(self, title: str, day: date) -> None:
        """Open the calendar of the field *title* and click on *day* in it."""
        page = self.page
        await page.get_by_label(re.compile(f"^{title}")).click()
        calendar = page.get_by_role("dialog")
        await calendar.get_by_label("Choose the Year").select_option(str(day.year))
        await calendar.get_by_label("Choose the Month").select_option(f"{day:%b}")
        # "Thursday, March 12th, 2026"; the one that is chosen says so.
        named = re.compile(rf"\b{day:%B} {day.day}[a-z]{{2}}, {day.year}")
        await calendar.get_by_role("button", name=named).click()
        await self.picture("calendar")
        await page.keyboard.press("Escape")
        await expect(calendar).to_be_hidden()

    async def choose(self, title: str, *names: str) -> None:
        """Choose *names* from the list of the field *title*."""
        page = self.page
        await page.get_by_role("button", name=f"Select {title}").click()
        for name in names:
            await page.get_by_role("option", name=name, exact=True).click()
        if len(names) > 1:  # a list of which several may be chosen stays open
            await page.keyboard.press("Escape")
        await expect(page.get_by_role("listbox")).to_be_hidden()

    async def fill_in(self, title: str, text: str) -> None:
        """Type *text* into the field *title*."""
        await self.page.get_by_label(re.compile(f"^{title}")).fill(text)

    async def submit(self) -> None:
        """Submit the form and follow the link to the run.

        On SQLite a busy server answers 503 at times: who fills in the form then clicks again.
        """
        page = self.page
        await self.picture("form")
        for _ in range(3):
            async with page.expect_response(re.compile("/create_flow_run$")) as answer:
                await page.get_by_role("button", name="Submit").click()
            if (await answer.value).status != 503:
                break
        await page.get_by_role("link", name="View run").click()
        await expect(page.get_by_role("tab", name="Logs")).to_be_visible()

    async def cancel(self) -> None:
        """Cancel the run that the page shows, and those that it began."""
        page = self.page
        await page.get_by_role("main").get_by_role("button", name="Open menu").first.click()
        await page.get_by_role("menuitem", name="Cancel").click()
        sure = page.get_by_role("button", name="Cancel Flow Run")
        await expect(sure).to_be_visible()
        if await (also := page.get_by_label(re.compile("^Also cancel"))).count():
            await also.check()
        await self.picture("cancel")
        await sure.click()

    async def sees(self, *words: str) -> None:
        """Wait for each of *words*, in order, to stand on the page."""
        for text in words:
            await expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    async def sees_end(self, state: str) -> None:
        """Wait for the run that the page shows to end in *state*."""
        said = self.page.get_by_role("main").get_by_text(state, exact=True).first
        await expect(said).to_be_visible(timeout=RUN_S * 1000)
        await self.page.reload()  # the last lines of the log come after the last question for them

    async def turn_to(self, tab: str) -> Locator:
        """The run's *tab*, opened."""
        await self.page.get_by_role("tab", name=tab, exact=True).click()
        panel = self.page.get_by_role("tabpanel", name=tab)
        await expect(panel).to_be_visible()
        return panel
