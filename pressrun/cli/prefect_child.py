"""The temporary Prefect server: the main program of a child process, without the UI.

Prints one JSON line, {"url": ...}, once it answers. Ends with its parent.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from pressrun.lifeline import exit_with_parent


async def _serve() -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=True, final=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
            sys.exit("the Prefect server ended while it started")
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}/api"}) + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)
    await serving


def _settle(home: Path) -> None:
    """Work in *home*, away from a project's prefect.toml, with the noise in its log."""
    os.chdir(home)
    log = os.open("server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 2)


if __name__ == "__main__":
    exit_with_parent()
    _settle(Path(sys.argv[1]))
    asyncio.run(_serve())
