"""`pressrun backfill`: the editions of past days, printed or made anew."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pressrun.cli.digest import parse_day, split_formats
from pressrun.errors import SettingsError
from pressrun.models import Refresh
from settings import Settings, load_settings
from tasks.backfill import days_between, only_days, refuse_relisting
from tasks.order import Order, overrides, place_order, utc_now

Via = Literal["auto", "workers", "here"]


def backfill(
    start: Annotated[
        str, typer.Argument(metavar="START", help="First day: YYYY-MM-DD, today or yesterday.")
    ],
    end: Annotated[str, typer.Argument(metavar="END", help="Last day, included.")],
    paper: Annotated[
        str,
        typer.Option("--paper", "-p", metavar="NAME", help="The paper, as pressrun.toml names it."),
    ] = "daily",
    every: Annotated[
        int, typer.Option(metavar="DAYS", min=1, max=366, help="1 for every day, 7 for a week.")
    ] = 1,
    only: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Only these of them, by commas.")
    ] = None,
    refresh: Annotated[
        Refresh | None,
        typer.Option(
            help="Make printed editions anew. prompts: summaries that were asked for otherwise "
            "than now. summaries: all of them. renditions: only the files. pages: fetch again."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT",
            help="With --refresh: what was made anew after this moment stays, such as "
            "2026-11-22T08:00Z; by default this one. So a backfill that was stopped goes on.",
        ),
    ] = None,
    newest_first: Annotated[
        bool, typer.Option("--newest-first", help="From the last day back to the first.")
    ] = False,
    concurrency: Annotated[
        int, typer.Option("--concurrency", "-j", min=1, max=16, help="Editions at once.")
    ] = 2,
    processes: Annotated[
        int,
        typer.Option(min=1, max=64, help="Runs that share the days, on as many workers."),
    ] = 1,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, max=200, help="Headlines to list for a day, at most."),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="auto|ollama|embedded", help="What summarises.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="The model's name in Ollama."),
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="URL", help="Where Ollama listens.")] = None,
    formats: Annotated[
        str | None, typer.Option(metavar="LIST", help="Renditions, by commas: html,pdf,png.")
    ] = None,
    archive: Annotated[
        str | None, typer.Option(metavar="DIR", help="The archive's folder.")
    ] = None,
    via: Annotated[
        Via,
        typer.Option(
            help="Where it runs. auto: on a worker when the profile's Prefect server has the "
            "deployment and a worker, else here."
        ),
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and what it would cost.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; default: ./pressrun.toml.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")
    ] = False,
) -> None:
    """Print the editions of past days: what is printed already is left alone.

    A backfill that was stopped goes on where it was when it is given again.
    A day that fails does not stop the others, and is tried once more at the end.

    [bold]Examples[/bold]

        pressrun backfill 2026-01-01 2026-12-31 --dry-run

        pressrun backfill 2026-01-01 yesterday --newest-first

        pressrun backfill 2026-03-01 2026-03-31 --refresh summaries --model qwen3:8b

    Exit code 3 tells that some days have no edition in the end.
    """
    given: dict[str, Any] = {
        "limit": limit,
        "formats": list(split_formats(formats)) or None,
        "engine": engine,
        "model": model,
        "host": host,
        "archive": _absolute(archive),
    }
    settings = load_settings(overrides(paper, **given), file=config)
    now = utc_now()
    first = parse_day(start, settings.paper(paper), now, "START")
    last = parse_day(end, settings.paper(paper), now, "END")
    days = only_days(days_between(first, last, every), only)
    refuse_relisting(refresh, limit)
    if since and not refresh:
        raise SettingsError("--since is for --refresh: add that, or leave it out")
    if config:
        if via == "workers":
            raise SettingsError(
                "--config is read here, and a worker has settings of its own: leave out one of "
                "--config and --via workers"
            )
        via = "here"
    moment = _moment(since, now)
    parameters = {
        "start": first,
        "end": last,
        "paper": paper,
        "every": every,
        "only": only,
        "refresh": refresh,
        "since": moment,
        "newest_first": newest_first,
        "concurrency": concurrency,
        "processes": processes,
        **given,
    }
    orders = [
        place_order(settings, paper, day, now, refresh=refresh, since=moment)
        for day in (reversed(days) if newest_first else days)
    ]
    _do(orders, settings, parameters, via=via, dry_run=dry_run, as_json=json_)


def run_backfill(
    paper: str,
    days: Sequence[date],
    *,
    archive: str | None = None,
    config: Path | None = None,
) -> None:
    """Print *paper* on just these *days*, and report as the command does.

    Raises:
        PressrunError: what stopped it.
        typer.Exit: some have no edition in the end, or a signal came.
    """
    settings = load_settings(overrides(paper, archive=archive), file=config)
    now = utc_now()
    orders = [place_order(settings, paper, day, now) for day in days]
    parameters = {
        "start": min(days),
        "end": max(days),
        "paper": paper,
        "only": ", ".join(map(str, days)),
        "archive": _absolute(archive),
    }
    _do(orders, settings, parameters, via="here" if config else "auto")


def _do(
    orders: Sequence[Order],
    settings: Settings,
    parameters: dict[str, Any],
    *,
    via: Via = "auto",
    dry_run: bool = False,
    as_json: bool = False,
) -> None:
    from pressrun.cli import backfill_run

    if dry_run:
        backfill_run.foretell(orders, settings, as_json=as_json)
    else:
        backfill_run.print_days(orders, settings, parameters, via=via, as_json=as_json)


def _absolute(archive: str | None) -> str | None:
    """*archive* as a worker finds it, which works in another folder."""
    return archive and (archive if "://" in archive else str(Path(archive).absolute()))


def _moment(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now.replace(microsecond=0)  # as it is told, and typed again
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise SettingsError(f"--since {text}: write a moment such as 2026-11-22T08:00Z") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
