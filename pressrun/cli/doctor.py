"""`pressrun doctor`: whether a digest could run here, and what to do where not."""

import asyncio
import io
import json
import sys
from collections.abc import Awaitable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text

from pressrun import __version__
from pressrun.cli import checkup, checkup_delivery, checkup_sources
from pressrun.cli.findings import Finding, Level, good, within, wrong
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import PressrunError
from settings import Settings, load_settings
from tasks.order import overrides, utc_now

SIGNS = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.FAILED: ("✗", "red")}


def doctor(
    paper: Annotated[
        str | None,
        typer.Option("--paper", "-p", metavar="NAME", help="Only this paper's sources."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(metavar="auto|ollama|embedded", help="The engine that a digest would use."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="The model's name in Ollama."),
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="URL", help="Where Ollama listens.")] = None,
    archive: Annotated[
        str | None, typer.Option(metavar="DIR", help="The archive's folder.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; default: ./pressrun.toml.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")
    ] = False,
) -> None:
    """Check what a digest needs, a line for each, with the remedy where something is wrong.

    Ends with 0 when a digest could run, with or without warnings, else with 1.
    """
    from pressrun.cli.prefect import decline_tracking

    decline_tracking()
    given = {"engine": engine, "model": model, "host": host, "archive": archive}
    findings = asyncio.run(examine(paper, config, given, utc_now()))
    fit = all(finding.level is not Level.FAILED for finding in findings)
    if json_:
        say(json.dumps(as_object(findings, fit), ensure_ascii=not takes_unicode()) + "\n")
    else:
        say(as_lines(findings, fit, signs=sys.stdout.isatty()))
    raise typer.Exit(0 if fit else 1)


async def examine(
    paper: str | None, config: Path | None, given: dict[str, Any], now: datetime
) -> tuple[Finding, ...]:
    """All findings, in the order of a run; without settings, of what needs none."""
    settings, found = settings_check(paper, config, given)
    checks: list[Awaitable[Finding | tuple[Finding, ...]]] = [
        asyncio.to_thread(checkup.pango_checks),
        asyncio.to_thread(checkup.fonts_check),
    ]
    if settings is not None:
        checks = [
            checkup.prefect_in_time(settings.prefect),
            checkup.engine_checks(settings),
            *checks,
            within(
                "archive",
                asyncio.to_thread(
                    checkup.archive_check, settings.archive, settings.archive_options
                ),
                "name another folder with --archive or PRESSRUN_ARCHIVE",
            ),
            *(
                checkup_sources.source_checks(name, settings, yesterday(settings, name, now))
                for name in ([paper] if paper else settings.papers)
            ),
            checkup_delivery.delivery_checks(
                (paper,) if paper else tuple(settings.papers), settings
            ),
        ]
    findings = [checkup.python_check(), found]
    for result in await asyncio.gather(*checks):
        findings.extend((result,) if isinstance(result, Finding) else result)
    return tuple(findings)


def settings_check(
    paper: str | None, config: Path | None, given: dict[str, Any]
) -> tuple[Settings | None, Finding]:
    """The settings, unless they are wrong, and what is to be said of them."""
    try:
        settings = load_settings(overrides(paper or "daily", **given), file=config)
        if paper:
            settings.paper(paper)
    except PressrunError as exc:
        remedy = "correct pressrun.toml, the environment or the command line"
        return None, wrong("settings", " ".join(str(exc).split()), remedy)
    papers = f"papers: {', '.join(settings.papers)}; engine: {settings.engine}"
    return settings, good("settings", papers)


def yesterday(settings: Settings, paper: str, now: datetime) -> Any:
    """The last complete day of *paper*."""
    zone = ZoneInfo(settings.paper(paper).time_zone)
    return now.astimezone(zone).date() - timedelta(days=1)


def as_object(findings: tuple[Finding, ...], fit: bool) -> dict[str, Any]:
    """The findings as one JSON object."""
    return {
        "pressrun": __version__,
        "can_print": fit,
        "checks": [finding.model_dump(mode="json") for finding in findings],
    }


def as_lines(
    findings: tuple[Finding, ...], fit: bool, *, signs: bool, what: str = "a digest"
) -> str:
    """The findings for a person, one a line: with coloured *signs*, else in plain words."""
    target = io.StringIO()
    console = Console(file=target, force_terminal=signs, soft_wrap=True, highlight=False)
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        sign, colour = SIGNS[finding.level]
        line = Text()
        line.append(sign if signs else f"{finding.level.value:<8}", style=colour)
        line.append(f" {finding.name:<{width}} {finding.says}")
        if finding.remedy:
            line.append(f"; {finding.remedy}", style="bold" if signs else "")
        console.print(line)
    last = f"{what} can run" if fit else f"{what} cannot run: see what failed above"
    console.print(Text(last, style="green" if fit else "red"))
    return target.getvalue()
