"""`pressrun digest`: print one edition, here and now."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from pressrun.errors import SettingsError
from settings import PaperSettings, load_settings
from tasks.order import overrides, place_order, utc_now

DATE_HELP = "The day whose news is printed: YYYY-MM-DD, today (so far) or yesterday."


def digest(
    date_: Annotated[str, typer.Option("--date", "-d", metavar="DAY", help=DATE_HELP)] = "today",
    paper: Annotated[
        str,
        typer.Option("--paper", "-p", metavar="NAME", help="The paper, as pressrun.toml names it."),
    ] = "daily",
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, max=200, help="Headlines to list, at most."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="auto|ollama|embedded",
            help="What summarises. auto: Ollama when it answers and has the model, else the "
            "embedded model when it is installed.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="The model's name in Ollama."),
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="URL", help="Where Ollama listens.")] = None,
    pull: Annotated[
        bool, typer.Option("--pull", help="Pull the model first, when Ollama lacks it.")
    ] = False,
    formats: Annotated[
        str | None, typer.Option(metavar="LIST", help="Renditions, by commas: html,pdf,png.")
    ] = None,
    archive: Annotated[
        str | None, typer.Option(metavar="DIR", help="The archive's folder.")
    ] = None,
    prefect: Annotated[
        Literal["auto", "active", "temporary"] | None,
        typer.Option(
            help="Which Prefect server runs it. auto: the profile's when it is on loopback and "
            "answers, else a temporary one."
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; default: ./pressrun.toml.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")
    ] = False,
) -> None:
    """Print the edition of a day: list, fetch, read, summarise, render, publish.

    An edition that is printed already is answered at once.
    A run that was stopped goes on where it was.

    [bold]Examples[/bold]

        pressrun digest                     today so far

        pressrun digest --date yesterday --limit 10

        pressrun digest --model qwen3:8b --pull --formats html,pdf
    """
    from pressrun.cli.press import print_edition

    changes = overrides(
        paper,
        limit=limit,
        formats=split_formats(formats),
        engine=engine,
        model=model,
        host=host,
        archive=archive,
    )
    if prefect:
        changes["prefect"] = prefect
    settings = load_settings(changes, file=config)
    if pull and settings.engine not in {"auto", "ollama"}:
        raise SettingsError(
            f"--pull is Ollama's, and the engine is {settings.engine}; leave it out, or use "
            "--engine ollama"
        )
    now = utc_now()
    chosen = parse_day(date_, settings.paper(paper), now)
    order = place_order(settings, paper, chosen, now)
    given: dict[str, Any] = {
        "limit": limit,
        "engine": engine,
        "model": model,
        "host": host,
        "formats": list(split_formats(formats)) or None,
        "archive": archive,
    }
    print_edition(order, settings, given, as_json=json_, pull=pull)


def parse_day(text: str, paper: PaperSettings, now: datetime, where: str = "--date") -> date:
    """The day that *text* names, in the paper's time zone; *where* it was written.

    Raises:
        SettingsError: it names none.
    """
    today = now.astimezone(ZoneInfo(paper.time_zone)).date()
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError as exc:
            raise SettingsError(f"{where} {text}: there is no such day ({exc})") from exc
    raise SettingsError(f"{where} {text}: write YYYY-MM-DD, today or yesterday")


def split_formats(text: str | None) -> tuple[str, ...]:
    """The names in a list by commas, in order, each once."""
    names = [name.strip().lower() for name in (text or "").split(",")]
    return tuple(dict.fromkeys(name for name in names if name))
