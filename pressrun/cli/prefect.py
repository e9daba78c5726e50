"""Which Prefect server runs a digest: the profile's, or a temporary one of Pressrun's own."""

import asyncio
import fcntl
import gc
import importlib
import ipaddress
import json
import logging
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pressrun.errors import PressrunError
from pressrun.lifeline import child_process

START_TIMEOUT_S = 180.0
"""A first start on a busy machine took up to 59 s: its database is made then."""

MAX_HOMES = 16

IMPORTED_IN_A_RUN = (
    "prefect.main",
    "prefect.flow_engine",
    "prefect.task_engine",
    "prefect.utilities.visualization",
    "fastapi.encoders",
)
"""What Prefect 3.8 imports late: 0.3 s in which nothing else of the loop would run."""

_importing = threading.Lock()


class PrefectUnavailable(PressrunError):
    """The Prefect server that was asked for does not answer, or does not start."""


class Server(NamedTuple):
    """A Prefect server that answers: its API's address, and the settings to use it with."""

    url: str
    settings: dict[str, Any]


def decline_tracking() -> None:
    """Keep Prefect, when it is imported, from reporting this user's first steps to its makers.

    On a terminal it would also print a notice of that, into the live view. Whoever set
    DO_NOT_TRACK has decided otherwise or the same.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")


@asynccontextmanager
async def prefect_server(which: Literal["auto", "active", "temporary"]) -> AsyncIterator[Server]:
    """A Prefect server for the time of the block; see `using`.

    "auto" takes the server that the user's profile names when it is on loopback and answers,
    "active" wherever it is; else a temporary one is started and ended with the block.

    Raises:
        PrefectUnavailable: it does not answer, or does not start.
    """
    url = await asyncio.to_thread(_profile_url) if which != "temporary" else None
    if url and (which == "active" or is_loopback(url)) and await _answers(url):
        yield Server(url, {})
        return
    if which == "active":
        raise PrefectUnavailable(
            f"the Prefect server of the profile, {url or 'none is set'}, does not answer; start "
            "it (prefect server start), set PREFECT_API_URL, or leave out --prefect active"
        )
    with _own_home() as home:
        async with _temporary(home) as url:
            # Nobody reads this server's logs after it: they are not sent.
            yield Server(url, {"api.url": url, "home": home, "logging.to_api.enabled": False})


@asynccontextmanager
async def _temporary(home: Path) -> AsyncIterator[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_ENABLED": "false",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    }
    log = home / "server.log"
    argv = [sys.executable, "-m", "pressrun.cli.prefect_child", str(home)]
    async with child_process(argv, pipes=True, env=environment, grace_s=1.0) as child:
        assert child.stdout is not None
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                line = await child.stdout.readline()
        except TimeoutError as exc:
            raise PrefectUnavailable(
                f"Prefect's temporary server did not start within {START_TIMEOUT_S:.0f} s; "
                f"see {log}"
            ) from exc
        if not line:
            raise PrefectUnavailable(
                f"Prefect's temporary server ended while it started; see {log}: {_tail(log)}"
            )
        yield str(json.loads(line)["url"])


@contextmanager
def _own_home() -> Iterator[Path]:
    """A PREFECT_HOME of Pressrun's that no other run uses: SQLite serves one server at a time."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    for number in range(1, MAX_HOMES + 1):
        home = base / "pressrun" / f"prefect-{number}"
        try:
            home.mkdir(parents=True, exist_ok=True)
            opened = (home / "lock").open("w")
        except OSError as exc:
            raise PrefectUnavailable(
                f"{home}: no place for the temporary Prefect server: {exc.strerror}; set "
                "XDG_STATE_HOME to a folder that can be written, or run a server of your own"
            ) from exc
        with opened as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield home
            return
    raise PrefectUnavailable(
        f"{MAX_HOMES} temporary Prefect servers run already; wait for one to end, or run one "
        "server for all: prefect server start, and prefect config set PREFECT_API_URL=..."
    )


@contextmanager
def using(server: Server) -> Iterator[None]:
    """Have the flows called inside the block run on *server*, with nothing on the console."""
    import prefect.main  # sets logging up, once
    from prefect.settings import temporary_settings

    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    for logger in (logging.root, *loggers):
        # The console's handlers write to standard error; the API's handlers stay.
        for handler in list(logger.handlers):
            if isinstance(handler, logging.StreamHandler):
                logger.removeHandler(handler)
    assert prefect.main
    with temporary_settings(server.settings):
        yield


@contextmanager
def running_on(server: Server) -> Iterator[None]:
    """As `using`, for a run of ours: it has the tag that the runs of our deployments have."""
    from prefect import tags

    from tasks.automations import TAG

    with using(server), tags(TAG):
        yield


def _tail(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-600:].strip()
    except OSError:
        return ""


def imported(name: str) -> ModuleType:
    """The module *name*, which brings Prefect.

    For threads: two that import it at once may each see the other's half of it.
    """
    with _importing:
        return importlib.import_module(name)


def load_flow(module: str = "flows.daily") -> ModuleType:
    """The *module* of a flow, with what Prefect would import in the event loop later.

    For a thread. What was imported stays: the collector need not look at it again.
    """
    collecting = gc.isenabled()
    gc.disable()  # a collection holds the interpreter's lock, 240 ms in the midst of these
    try:
        for name in IMPORTED_IN_A_RUN:
            imported(name)
        return imported(module)
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _profile_url() -> str | None:
    url = imported("prefect.settings").get_current_settings().api.url
    return str(url) if url else None


def is_loopback(url: str) -> bool:
    """Whether *url* names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def profile_answers() -> tuple[str | None, bool]:
    """The address of the profile's server, if one is set, and whether it answers."""
    url = _profile_url()
    return url, url is not None and server_answers(url)


def server_answers(url: str) -> bool:
    """Whether a Prefect server answers at *url*, its API's address."""
    return _healthy(f"{url.rstrip('/')}/health")


async def _answers(url: str) -> bool:
    return await asyncio.to_thread(server_answers, url)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - the profile's own
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
