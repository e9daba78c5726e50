"""`pressrun metrics`: numbers of the archive's editions for Prometheus."""

import logging
import signal
import threading
from collections.abc import Mapping, Set
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pressrun.archive import Archive
from pressrun.cli.options import Config
from pressrun.cli.streams import say
from pressrun.errors import SettingsError
from settings import Settings, load_settings
from tasks.archives import archive_of, archive_there
from tasks.order import utc_now

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

DEFAULT_PORT = 9477

Directory = Annotated[
    str | None, typer.Option("--archive", metavar="DIR", help="The archive's folder.")
]

metrics = typer.Typer(
    name="metrics",
    help="Editions, articles, failures, tokens and seconds as Prometheus metrics.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@metrics.command()
def serve(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Default: metrics.port of the settings, else 9477."),
    ] = None,
    archive: Directory = None,
    config: Config = None,
) -> None:
    """Serve the metrics at http://127.0.0.1:PORT/metrics until Ctrl-C.

    One such end point is enough, however many machines print into the archive.
    """
    from prometheus_client import start_http_server

    settings = _settings(archive, config)
    number = port or settings.metrics.port or DEFAULT_PORT
    # Where the settings say, one may be printed yet; what is named here may be a mistake.
    opened = archive_there(settings) if archive else archive_of(settings)
    registry = registry_of(settings, opened)
    logging.basicConfig(format="%(message)s")
    try:
        server, thread = start_http_server(number, "127.0.0.1", registry)
    except OSError as exc:
        raise SettingsError(
            f"port {number} of 127.0.0.1 cannot be had: {exc.strerror}; name a free one with "
            "--port or PRESSRUN_METRICS__PORT"
        ) from exc
    say(f"metrics of {settings.archive}: http://127.0.0.1:{number}/metrics\n")
    ended = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: ended.set())
    ended.wait()
    server.shutdown()
    server.server_close()
    thread.join()


@metrics.command()
def show(archive: Directory = None, config: Config = None) -> None:
    """Print the metrics once, as a scrape has them, such as for node_exporter's text files."""
    from prometheus_client import generate_latest

    settings = _settings(archive, config)
    say(generate_latest(registry_of(settings, archive_there(settings))).decode())


def registry_of(settings: Settings, archive: Archive) -> "CollectorRegistry":
    """The metrics of *archive*, the settings' own, with the editions that are there taken up.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    from prometheus_client import CollectorRegistry

    from pressrun.metrics import ArchiveMetrics

    collector = ArchiveMetrics(
        archive, missing=lambda days: missing_days(settings, days, utc_now())
    )
    collector.refresh()
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


def missing_days(
    settings: Settings, printed: Mapping[str, Set[date]], now: datetime
) -> dict[str, int]:
    """By paper with a schedule, the days since its first edition that have none, of the last 90.

    A run that was due in the last hours has still time.
    """
    from tasks.gaps import GRACE_H, scheduled

    until = now - timedelta(hours=GRACE_H)
    # Bounded, because each scrape counts anew: 0.2 ms a day.
    oldest = until.date() - timedelta(days=90)
    return {
        name: len(set(scheduled(paper, max(min(days), oldest), until)) - days)
        for name, paper in settings.papers.items()
        if paper.schedule and (days := printed.get(name))
    }


def _settings(archive: str | None, config: Path | None) -> Settings:
    return load_settings({"archive": archive} if archive else {}, file=config)
