"""An edition's page as it is read in Chromium: by eye at three widths, by tap, key and ear."""

from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from pressrun.models import Style
from renderers.html import HtmlRenderer
from renderers.words_zh import ZH
from tests.browser.reader import ALBUM
from tests.renderers.edition_samples import (
    LEAD_SENTENCES,
    empty_edition,
    full_edition,
    make_edition,
    make_story,
    mixed_edition,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
WIDTHS = (320, 768, 1440)
EDITIONS = {
    "full": full_edition(),
    "english": full_edition(language="en", title="The Daily Digest"),
    "hostile": mixed_edition(),
    "plain": full_edition(style=Style(theme="plain")),
    "without-overview": full_edition(overview=None),
    "long": make_edition(
        tuple(make_story(rank, category=f"section{rank % 3}") for rank in range(1, 30)),
        title="河湾地区早报与周末画刊联合版",
    ),
    "one": make_edition((make_story(1),)),
    "empty": empty_edition(),
}

BROKEN_LINES = """
() => {
  const closing = "，。、；：？！”’）》】」』〉…", opening = "“‘（《【「『〈", found = [];
  for (const block of document.querySelectorAll("h1, h2, h3, .summary, .brief li, .proofs li")) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    let before = null, char = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let at = 0; at < node.length; at++) {
        if (!node.data[at].trim()) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const place = range.getClientRects()[0];
        if (!place || !place.width) continue;
        const wrapped = before !== null && place.top > before.bottom - 2;
        if (wrapped && closing.includes(node.data[at])) found.push(char + "/" + node.data[at]);
        if (wrapped && opening.includes(char)) found.push(char + "/" + node.data[at]);
        before = place;
        char = node.data[at];
      }
    }
  }
  return found;
}
"""
"""What stands at the ends of lines that break a rule: a sign that may not begin one, or end one."""

OVERFLOWING = """
() => [...document.querySelectorAll("body *")].filter((one) => {
  const { display, overflowX } = getComputedStyle(one);
  return display !== "inline" && !["hidden", "clip"].includes(overflowX)
    && one.scrollWidth > one.clientWidth + 1;
}).map((one) => one.tagName + "." + one.className)
"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window in which no page may run a script; the tests' own still work."""
    context = await browser.new_context(java_script_enabled=False)
    yield await context.new_page()
    await context.close()


@cache
def drawn(name: str) -> bytes:
    (page,) = HtmlRenderer().render(EDITIONS[name])
    return page.data


async def lay(page: Page, name: str, folder: Path, width: int, *, dark: bool = False) -> None:
    """Show the edition *name* as a file, as an archive has it."""
    path = folder / "index.html"
    path.write_bytes(drawn(name))
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme="dark" if dark else "light")
    await page.goto(path.as_uri())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", EDITIONS)
async def test_no_width_scrolls_sideways_and_no_sign_stands_at_the_wrong_end_of_a_line(
    page: Page, tmp_path: Path, name: str, width: int
) -> None:
    await lay(page, name, tmp_path, width)
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert await page.evaluate(OVERFLOWING) == []
    assert await page.evaluate(BROKEN_LINES) == []
    album = ALBUM / "page"
    album.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=album / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["full", "plain", "english", "hostile", "empty"])
async def test_axe_finds_no_violation(
    browser: Browser, tmp_path: Path, name: str, width: int, dark: bool
) -> None:
    page = await browser.new_page()  # axe waits for timers, which need scripts
    await lay(page, name, tmp_path, width, dark=dark)
    await page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    axe = files("axe_playwright_python") / "axe.min.js"
    await page.evaluate(axe.read_text("utf-8"))
    results: Any = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    found = [(one["id"], [node["html"] for node in one["nodes"]]) for one in results["violations"]]
    assert found == []
    assert len(results["passes"]) > 10
    await page.close()


async def test_a_tap_on_a_figure_shows_its_sentence_without_a_script(
    page: Page, tmp_path: Path
) -> None:
    await lay(page, "full", tmp_path, 320)
    sentence = page.get_by_text(LEAD_SENTENCES[0])
    await expect(sentence).to_be_hidden()
    claim = page.get_by_role("link", name="52万立方米：原文为证 1")
    await claim.click()
    await expect(sentence).to_be_visible()
    await expect(sentence).to_be_in_viewport()
    tinted = await sentence.evaluate("one => getComputedStyle(one).backgroundColor")
    assert tinted != "rgba(0, 0, 0, 0)"
    await expect(claim).to_be_in_viewport()  # what is proven is still in sight


async def test_the_keys_go_through_the_page_in_reading_order(page: Page, tmp_path: Path) -> None:
    await lay(page, "full", tmp_path, 1440)
    seen = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        focused = (
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        )
        seen.append(" ".join(str(await page.evaluate(focused)).split()))
    assert seen[:2] == [ZH.skip, ZH.counts.format(stories=8, listed=10)]
    assert seen[2:5] == ["国内", "国际", "其他"]
    assert seen[5].startswith(f"{ZH.read_on}：废盐矿里存电")
    assert seen[7].startswith("废盐矿里存电")
    assert seen[8:12] == [
        "52万立方米：原文为证 1",
        "“它转得很稳”：原文为证 2",
        "沈霁川：原文为证 1",
        "原文为证 核对了 1 个数字、1 处引语、1 个名称",
    ]


async def test_chinese_and_latin_stand_apart_and_figures_are_of_one_width(
    page: Page, tmp_path: Path
) -> None:
    await lay(page, "full", tmp_path, 1440)
    spaced, tight = await page.evaluate(
        """() => ["normal", "no-autospace"].map((value) => {
          document.body.style.textAutospace = value;
          return document.querySelector(".lead .summary .claim").getBoundingClientRect().width;
        })"""
    )
    assert spaced > tight
    numeric = "getComputedStyle(document.querySelector('.meta')).fontVariantNumeric"
    assert "tabular-nums" in str(await page.evaluate(numeric))


async def test_the_page_is_printed_on_white_in_columns_and_within_its_paper(
    page: Page, tmp_path: Path
) -> None:
    await lay(page, "long", tmp_path, 720, dark=True)
    await page.emulate_media(media="print", color_scheme="dark")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert await page.evaluate(style.format("body", "backgroundColor")) == "rgb(255, 255, 255)"
    columns = str(await page.evaluate(style.format(".stories", "gridTemplateColumns")))
    assert len(columns.split()) == 2
    assert await page.evaluate("document.documentElement.scrollWidth") <= 720
    printed = await page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
