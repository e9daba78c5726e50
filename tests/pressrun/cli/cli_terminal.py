"""`pressrun` typed, in this process or in one of its own, and how it ended."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.fakes import FakeOllama, NewsSite

PRESSRUN = str(Path(sys.executable).with_name("pressrun"))


class Ended(NamedTuple):
    """How the command ended."""

    code: object
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The only thing on standard output."""
        return json.loads(self.out)


Type = Callable[..., Ended]
"""Types `pressrun` and the words that it is called with."""


async def digest(
    environment: dict[str, str], site: NewsSite, ollama: FakeOllama, folder: Path, *words: str
) -> Ended:
    """`pressrun digest` of 2026-03-12 with *words*, in a process of its own in *folder*."""
    given = ["--date", "2026-03-12", "--host", ollama.url, "--model", ollama.model]
    process = await asyncio.create_subprocess_exec(
        PRESSRUN,
        "digest",
        *given,
        "--formats",
        "markdown",
        *words,
        cwd=folder,
        env=environment | {"PRESSRUN_SOURCES__SINA__LIST_URL": site.list_url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())
