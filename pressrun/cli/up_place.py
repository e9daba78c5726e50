"""Where `pressrun up` has its server: the profile's, or one of its own at a free port."""

import fcntl
import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO
from urllib.parse import urlsplit

from pressrun.errors import PressrunError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

PORT = 4200
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
"""What Prefect's server can have its database in."""

LOCK = "up.lock"
"""Held while `pressrun up` runs; has the address of its server's API."""


class Address(NamedTuple):
    """The server's API, and where to start one; without *port* one answers there."""

    url: str
    host: str = ""
    port: int = 0

    @property
    def ui(self) -> str:
        """Where a browser finds it."""
        return self.url.removesuffix("/api")


def find_address(host: str, port: int | None, database: str | None) -> Address:
    """Where the server is, or is to be started.

    Raises:
        PressrunError: it is elsewhere and does not answer, the port is taken, or the database is
            none that a server could have.
    """
    from pressrun.cli.prefect import PrefectUnavailable, is_loopback, profile_answers

    url, answers = profile_answers()
    if url and answers and port is None:
        if database:
            raise PressrunError(
                f"the Prefect server of the profile, {url}, answers, and has its database; leave "
                "out --database, or stop that server first"
            )
        return Address(url)
    if url and port is None and not is_loopback(url):
        raise PrefectUnavailable(
            f"the Prefect server of the profile, {url}, does not answer; start it, or have one "
            "started here: prefect config unset PREFECT_API_URL"
        )
    port = port or (urlsplit(url).port if url else None) or PORT
    if url_of_database := database_url(database):
        database_place(url_of_database)
    require_free(host, port)
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104
    return Address(f"http://{shown}:{port}/api", host, port)


def database_place(url: str) -> "URL":
    """*url* as Prefect's server reads it.

    Raises:
        PressrunError: it is none, or of a driver that Prefect does not take.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        # Without its cause, which quotes parts of the address and so of the password.
        raise PressrunError(
            "the database's address is no URL; write postgresql+asyncpg://user@host/name, and what "
            "a password has of '@', ':' and '/' as %40, %3A and %2F"
        ) from None
    if place.drivername not in DATABASES:
        raise PressrunError(
            f"the database {place.drivername}://... is none that Prefect takes; write "
            "postgresql+asyncpg://user@host/name, or sqlite+aiosqlite:////folder/file"
        )
    return place


def database_url(given: str | None) -> str:
    """Where a server that is started here has its database: *given*, else as Prefect is set."""
    from pressrun.cli.prefect import imported

    own = imported("prefect.settings").get_current_settings().server.database.connection_url
    return given or (str(own.get_secret_value()) if own else "")


def find_server() -> Address:
    """The server of Prefect's profile.

    Raises:
        PrefectUnavailable: it does not answer.
    """
    from pressrun.cli.prefect import PrefectUnavailable, profile_answers

    url, answers = profile_answers()
    if url and answers:
        return Address(url)
    raise PrefectUnavailable(
        f"the Prefect server of the profile, {url or 'none is set'}, does not answer; start it, "
        "or set PREFECT_API_URL"
    )


def require_free(host: str, port: int) -> None:
    """Refuse an address at which something listens.

    Raises:
        PressrunError: it is taken, or is no address of this machine.
    """
    from pressrun.cli.prefect import server_answers

    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as exc:
        url = f"http://{host}:{port}/api"
        if server_answers(url):
            raise PressrunError(
                f"a Prefect server listens at {host}:{port} already; to use it: prefect config "
                f"set PREFECT_API_URL={url}; else choose another port with --port"
            ) from exc
        raise PressrunError(
            f"{host}:{port} cannot be listened at ({exc.strerror or exc}); choose another port "
            "with --port, or end what listens there"
        ) from exc


@contextmanager
def only_one() -> Iterator[TextIO]:
    """The lock of the one `pressrun up` of a PREFECT_HOME, to write its address into.

    Raises:
        PressrunError: another runs, or there is no place for it.
    """
    folder = logs()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / LOCK).open("a")
    except OSError as exc:
        raise PressrunError(
            f"{folder}: no place for Prefect: {exc.strerror}; set PREFECT_HOME to a folder that "
            "can be written"
        ) from exc
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PressrunError(
                f"pressrun up runs already with PREFECT_HOME {folder.parent}; end it first "
                "(Ctrl-C), or set another PREFECT_HOME and --port"
            ) from None
        lock.truncate(0)
        yield lock


def running() -> Address | None:
    """The server of the `pressrun up` that runs with this PREFECT_HOME, if one does."""
    try:
        opened = (logs() / LOCK).open()
    except OSError:
        return None
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            url = lock.read()
            return Address(url) if url else None
    return None


def logs() -> Path:
    """The folder of the logs."""
    return prefect_home() / "pressrun"


def prefect_home() -> Path:
    """The user's PREFECT_HOME."""
    from pressrun.cli.prefect import imported

    return Path(imported("prefect.settings").get_current_settings().home)


def worker_name(home: Path) -> str:
    """The worker's name, the same at each start: by it a start knows the runs of the last one."""
    return f"{socket.gethostname()}-{hashlib.sha256(str(home).encode()).hexdigest()[:6]}"
