"""Makes docs/pictures/ of an archive: `python scripts/make_pictures.py ARCHIVE`.

The latest edition of its first paper, as readers have it before them: in Chromium, on paper, as
pictures. Those in the repository show the newsroom's paper (docs/guide.md) of 9 to 12 March 2026,
printed by `pressrun backfill` with the demo's model. One of its stories must be told twice, another
go on from the day before.
"""

import asyncio
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pypdfium2
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from pressrun.archive import Archive
from pressrun.archive.serving import SiteServer
from pressrun.models import Edition, Style
from renderers.html import HtmlRenderer
from renderers.letter import write_letter
from renderers.pdf import PdfRenderer
from tasks.thumbnail import illustrated

ROOT = Path(__file__).parent.parent
PICTURES, FOLDER = ROOT / "docs/pictures", ROOT / "renderers/fonts"
GROUND = "#d9dad5"
GAP_PX = 40
MAX_BYTES = 400_000
WIDE, NARROW = (1440, 1500), (320, 800)
"""Windows, in CSS pixels."""
OPEN = "document.querySelector('.lead details').open = true"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{folder}</dir>
<alias binding="strong"><family>system-ui</family>
<prefer><family>Noto Sans SC</family></prefer></alias>
<alias binding="strong"><family>sans-serif</family>
<prefer><family>Noto Sans SC</family></prefer></alias>
<match><test name="family"><string>Noto Serif SC</string></test>
<test name="weight" compare="less"><const>bold</const></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans SC</string></edit></match>
<match><test name="family"><string>serif</string></test>
<test name="weight" compare="less"><const>bold</const></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans SC</string></edit></match>
</fontconfig>
"""
"""A reader's system: site and letter rely on its Chinese fonts. Of the serif there is the bold."""

Files: TypeAlias = Mapping[str, bytes]
"""Names and contents."""


async def shot(
    browser: Browser,
    page: str,
    window: tuple[int, int],
    *,
    dark: bool = False,
    scale: float = 1,
    then: str = "1",
    only: str = "",
) -> Image.Image:
    """What a *window* shows of *page*, an address or a text, once the script *then* has run.

    Where *only* is given, the element that it selects.
    """
    tab: Page = await browser.new_page(
        viewport={"width": window[0], "height": window[1]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
        locale="zh-CN",
    )
    await (tab.goto(page) if page.startswith("http") else tab.set_content(page))
    await tab.evaluate(then)
    await tab.evaluate("document.fonts.ready")
    await tab.wait_for_load_state("networkidle")
    shown = tab.locator(only).first if only else tab
    taken = await shown.screenshot(animations="disabled")
    await tab.close()
    return opened(taken)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def sheets(pdf: bytes, numbers: Sequence[int], scale: float = 1.6) -> list[Image.Image]:
    """Pages of *pdf*, by number from 1, at *scale* pixels to the point."""
    open_pdf: Any = pypdfium2.PdfDocument  # without type information
    with open_pdf(pdf) as document:
        return [
            document[number - 1].render(scale=scale).to_pil().convert("RGB")
            for number in numbers
            if number <= len(document)
        ]


def beside(pictures: Sequence[Image.Image], height_px: int) -> Image.Image:
    """*pictures* in a row, as high as that: higher ones go on below the edge."""
    widths = [picture.width for picture in pictures]
    lefts = list(accumulate((width + GAP_PX for width in widths), initial=GAP_PX))
    row = Image.new("RGB", (lefts[-1], height_px + GAP_PX), GROUND)
    for left, picture in zip(lefts, pictures, strict=False):
        row.paste(
            picture.crop((0, 0, picture.width, min(height_px, picture.height))), (left, GAP_PX)
        )
    return row


def wide(picture: Image.Image, width_px: int) -> Image.Image:
    """*picture* at that width."""
    height_px = round(picture.height * width_px / picture.width)
    return picture.resize((width_px, height_px), Image.Resampling.LANCZOS)


def halves(left: Image.Image, right: Image.Image) -> Image.Image:
    """The left half of one picture and the right half of another, of the same size."""
    middle = left.width // 2
    both = left.copy()
    both.paste(right.crop((middle, 0, right.width, right.height)), (middle, 0))
    return both


def keep(name: str, picture: Image.Image) -> None:
    """*picture* as a PNG with a palette; it is shrunk until it is small enough."""
    while True:
        made = BytesIO()
        few = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(made, "PNG", optimize=True)
        if len(made.getvalue()) <= MAX_BYTES:
            break
        picture = wide(picture, round(picture.width * 0.9))
    PICTURES.joinpath(f"{name}.png").write_bytes(made.getvalue())
    print(f"{name}: {picture.width} x {picture.height}, {len(made.getvalue()) // 1000} KB")


def page_of(edition: Edition, style: Style) -> str:
    [page] = HtmlRenderer().render(edition.model_copy(update={"style": style}))
    return page.data.decode()


def pdf_of(edition: Edition, style: Style) -> bytes:
    [file] = PdfRenderer().render(edition.model_copy(update={"style": style}))
    return file.data


async def take_page(browser: Browser, page: str) -> None:
    """An edition's *page*, by its address: wide, narrow, and what is in it from near."""
    both = [await shot(browser, page, WIDE, dark=dark) for dark in (False, True)]
    keep("page", halves(*both))
    scrolls = (
        (False, "1"),
        (False, f"{OPEN}; document.querySelector('.lead details').scrollIntoView()"),
        (True, "document.querySelector('.part .story').scrollIntoView()"),
    )
    phones = [
        await shot(browser, page, NARROW, scale=2, dark=dark, then=then) for dark, then in scrolls
    ]
    keep("page-320", beside(phones, 2 * NARROW[1]))
    tap = f"{OPEN}; document.querySelector('.lead .claim.figure, .lead .claim').click()"
    keep("evidence", await shot(browser, page, (720, 560), scale=2, then=tap))
    air = "for (const one of document.querySelectorAll('.story')) one.style.padding = '24px'"
    told = [
        await shot(browser, page, (600, 800), scale=1.5, then=air, only=f".story:has(.also){which}")
        for which in (":not(:has(.goes-on))", ":has(.goes-on)")
    ]
    keep("told", beside(told, max(one.height for one in told)))


async def take_files(browser: Browser, page: str, files: Files, edition: Edition) -> None:
    """The *edition* as *files*, some of them beside its *page*, and in other styles."""
    card, picture = opened(files["card.png"]), opened(files["edition.png"])
    first, second = sheets(files["edition.pdf"], (1, 2))
    [notes] = sheets(pdf_of(edition, Style(pdf_evidence=True)), (3,))
    light = await shot(browser, page, WIDE)
    keep("edition", beside([wide(light, 960), wide(first, 700), wide(card, 600)], 940))
    keep("pdf", beside([first, second, notes], first.height))
    keep("picture", beside([wide(picture, 720), wide(card, 720)], 1200))
    plain = await shot(browser, page_of(edition, Style(theme="plain")), WIDE)
    [sheet] = sheets(pdf_of(edition, Style(theme="plain")), (1,))
    keep("plain", beside([wide(plain, 1000), wide(sheet, 800)], 1040))
    keep("taiwan", await shot(browser, page_of(edition, Style(frame="zh-TW")), (1440, 900)))


async def take_site(browser: Browser, site: str, edition: Edition) -> None:
    """Front page and search of the *site*, by its address, and the letter of its *edition*."""
    keep("site", await shot(browser, site, (1200, 1240)))
    [word, *_] = next(story.summary.keywords for story in edition.stories if story.earlier)
    keep("search", await shot(browser, f"{site}search.html?q={word}", (1200, 780)))
    letter = write_letter(edition, "https://news.example.org/", ())
    html = letter.html
    for one in letter.pictures:
        data = b64encode(one.data).decode()
        html = html.replace(f"cid:{one.name}", f"data:{one.media_type};base64,{data}")
    keep("letter", await shot(browser, html, (760, 1000)))


async def main(address: str) -> None:
    archive = Archive.open(address)
    paper = archive.editions.papers()[0]
    edition = archive.editions.current(paper, max(archive.editions.dates(paper)))
    if edition is None:
        sys.exit(f"{address} has no edition; print one with pressrun demo")
    drawn = illustrated(archive.store, edition)
    files = {
        one.name: archive.editions.rendition(edition, one.name) or b"" for one in edition.renditions
    }
    with TemporaryDirectory() as folder:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS.format(folder=FOLDER), "utf-8")
        async with async_playwright() as playwright, SiteServer(archive.files) as server:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox"],
                env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
            )
            page = f"{server.url}{paper}/{edition.edition_date}/"
            await take_page(browser, page)
            await take_files(browser, page, files, drawn)
            await take_site(browser, server.url, drawn)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
