"""The command, ended by a signal: what it leaves behind, and how the next run goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.models import Edition
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
COUNT = 5


class Command:
    """`pressrun digest` on the tests' Prefect server, in a session of its own."""

    def __init__(self, api: str, site: NewsSite, ollama: FakeOllama, folder: Path) -> None:
        self.archive = folder / "archive"
        self._site, self._ollama = site, ollama
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
        self._environment = kept | {
            "PREFECT_API_URL": api,
            "PREFECT_HOME": str(folder / "prefect"),
            "PRESSRUN_SOURCES__SINA__LIST_URL": site.list_url,
            "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
            "PRESSRUN_FETCH__HOST_DELAY_S": "0",
            "PRESSRUN_ENGINES__OLLAMA__CONCURRENCY": "1",
        }

    async def start(self) -> asyncio.subprocess.Process:
        words = f"digest --date {DAY} --formats markdown --archive {self.archive} --prefect active"
        return await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("pressrun")),
            *words.split(),
            *("--host", self._ollama.url, "--model", self._ollama.model),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    async def end(self, moment: str, *signals: signal.Signals) -> tuple[int, list[str]]:
        """Sends the whole session *signals* once it says *moment*; its status, and its words since.

        All that it started has ended then: they share its standard error.
        """
        process = await self.start()
        assert process.stderr is not None
        while line := await process.stderr.readline():
            if line.decode().strip() == moment:
                break
        assert line, f"it never said {moment!r}"
        for number in signals:
            os.killpg(process.pid, number)
        rest = await process.stderr.read()
        return await process.wait(), rest.decode().splitlines()

    async def print(self) -> Edition:
        """The edition that an undisturbed run prints."""
        process = await self.start()
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        current = self.current()
        assert current is not None
        return current

    def current(self) -> Edition | None:
        return Archive.open(str(self.archive)).editions.current("daily", DAY)

    def recorded(self, kind: str) -> int:
        return len(list((self.archive / "store" / kind).rglob("*.json")))

    def fetched(self) -> int:
        pages = Counter(self._site.requests)
        del pages["/list"]
        return pages.total()


MOMENTS = (
    "starting Prefect",
    f"listed {COUNT} headlines",
    f"fetched {COUNT} of {COUNT}",
    f"read {COUNT} of {COUNT}",
    *(f"summarised {done} of {COUNT}" for done in (1, 3, 5)),
    "in brief: 3 sentences, written",
    "rendered markdown",
)
"""Moments over the stages: what the command says as it passes each."""


@pytest.mark.parametrize("moment", MOMENTS)
async def test_after_a_kill_nothing_recorded_is_done_again(
    moment: str, prefect_api: str, ollama: FakeOllama, tmp_path: Path
) -> None:
    async with NewsSite(COUNT) as site:
        command = Command(prefect_api, site, ollama, tmp_path)
        status, _ = await command.end(moment, signal.SIGKILL)
        assert status == -signal.SIGKILL
        # Nothing, or at the last moment the whole edition: never half of one.
        left = command.current()
        assert left is None or left.is_complete
        pages, summaries = command.recorded("fetches"), command.recorded("summaries")
        overviews = command.recorded("overviews")
        fetched, asked = command.fetched(), len(ollama.asked)
        edition = await command.print()
        assert (edition.revision, len(edition.stories)) == (1, COUNT)
        assert site.requests["/list"] == 1
        assert command.fetched() - fetched <= COUNT - pages
        assert len(ollama.asked) - asked <= COUNT - summaries + 1 - overviews


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (signal.SIGINT, 130, "interrupted; "),
        (signal.SIGTERM, 143, "interrupted by SIGTERM; "),
    ],
)
async def test_a_signal_ends_a_run_in_one_line_and_the_next_goes_on_at_once(
    number: signal.Signals, status: int, words: str, prefect_api: str, tmp_path: Path
) -> None:
    async with NewsSite(COUNT) as site, FakeOllama() as ollama:
        ollama.hold.clear()
        command = Command(prefect_api, site, ollama, tmp_path)
        ended, said = await command.end(f"read {COUNT} of {COUNT}", number)
        assert ended == status
        assert said == [f"{words}the next run goes on with what was recorded"]
        assert not list(command.archive.rglob("lease.json"))
        ollama.hold.set()
        assert len((await command.print()).stories) == COUNT
        assert set(site.requests.values()) == {1}
