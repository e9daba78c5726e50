"""What the browser's tests share: a server, a worker and the deployments, and a browser."""

import os
import shutil
from collections.abc import AsyncIterator, Generator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.reader import LOOK_S, Reader
from tests.fakes import FakeOllama, NewsSite
from tests.serving import (
    REPOSITORY,
    checkout,
    environment,
    free_port,
    program,
    settings_of_the_worker,
    type_in,
)

SETTINGS = """
[papers.daily]
title = "河湾早报"
formats = ["html"]

[papers.weekend]
title = "周末画刊"
formats = ["html"]
"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


expect.set_options(timeout=LOOK_S * 1000)


class Press(NamedTuple):
    """A server whose worker prints from *site* with *ollama*, by the code in *folder*.

    *env* has commands find the server.
    """

    url: str
    env: dict[str, str]
    folder: Path
    site: NewsSite
    ollama: FakeOllama


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def press(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Press]:
    """Server, worker and deployments: one set for all tests, each prints days of its own."""
    port, folder = free_port(), tmp_path_factory.mktemp("press")
    code = checkout(folder / "checkout", SETTINGS)
    env = environment(folder / "home", port)
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(NewsSite())
        ollama = await stack.enter_async_context(FakeOllama())
        serving = await stack.enter_async_context(program("prefect server start", folder, env))
        await serving.says("Uvicorn running on")
        for command in ("prefect work-pool create pressrun --type process", "prefect deploy --all"):
            await type_in(command, code, env)
        theirs = {**env, **settings_of_the_worker(site, ollama)}
        work = "prefect worker start --pool pressrun"
        await stack.enter_async_context(program(work, folder, theirs))
        url = env["PREFECT_API_URL"].removesuffix("/api")
        yield Press(url, env, code, site, ollama)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Debian's Chromium, or the one that Playwright installs; it has a font for Chinese."""
    fonts = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<include>/etc/fonts/fonts.conf</include><dir>{REPOSITORY / 'renderers/fonts'}</dir>"
        f"<cachedir>{fonts.parent}</cachedir></fontconfig>"
    )
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=FLAGS,
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def reader(
    browser: Browser, press: Press, request: pytest.FixtureRequest
) -> AsyncIterator[Reader]:
    """Somebody who opens the UI for the first time, in Shanghai; nothing is printed yet."""
    shutil.rmtree(press.folder / "archive", ignore_errors=True)
    press.site.answers = {}
    press.ollama.hold.set()
    context = await browser.new_context(
        viewport={"width": 1400, "height": 1000}, locale="en-GB", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(LOOK_S * 1000)
    reader = Reader(await context.new_page(), press.url, request.function.__name__)
    yield reader
    if (called := request.node.stash.get(OUTCOME, None)) is not None and called.failed:
        await reader.picture("failed")
    await context.close()


OUTCOME = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report
    return report
