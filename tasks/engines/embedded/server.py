"""The program of the embedded engine's child process: it loads the model and serves its API.

    python -m tasks.engines.embedded.server SETTINGS DOOR

SETTINGS is `EmbeddedSettings` as JSON, DOOR the number of a bound socket that it inherits. One line
of JSON on standard output says either what it serves there (`model`, `digest`) or why it does not
(`error`); all else goes to standard error.
"""

import asyncio
import json
import os
import socket
import sys
from typing import TextIO

from aiohttp import web

from pressrun.errors import EngineUnavailable
from pressrun.lifeline import exit_with_parent
from settings import EmbeddedSettings
from tasks.engines.embedded.api import Api
from tasks.engines.embedded.llama import Llama
from tasks.engines.embedded.model import prepare


async def serve(settings: EmbeddedSettings, door: socket.socket, report: TextIO) -> None:
    """Load the model, say so on *report*, and serve it at *door* until the process ends.

    Raises:
        EngineUnavailable: the model is missing or cannot be loaded.
    """
    model = await asyncio.to_thread(prepare, settings)
    async with await asyncio.to_thread(Llama, settings, model) as llama:
        if settings.way == "selected":
            await llama.warm_up()
        # When the client leaves, its handler is cancelled, and with it the model's work.
        runner = web.AppRunner(
            Api(model, llama, settings).application(), handler_cancellation=True, access_log=None
        )
        await runner.setup()
        await web.SockSite(runner, door).start()
        _report(report, model=model.name, digest=model.sha256)
        await asyncio.Event().wait()


def _report(report: TextIO, **facts: str) -> None:
    print(json.dumps(facts), file=report, flush=True)


def main() -> None:
    """Run the server; never returns normally. SIGTERM ends it at once: it keeps nothing."""
    exit_with_parent()
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what llama.cpp may print there is not our report
    settings = EmbeddedSettings.model_validate_json(sys.argv[1])
    door = socket.socket(fileno=int(sys.argv[2]))
    try:
        asyncio.run(serve(settings, door, report))
    except EngineUnavailable as exc:
        _report(report, error=str(exc))
        report.close()
        os._exit(1)  # llama.cpp's threads are not waited for


if __name__ == "__main__":
    main()
