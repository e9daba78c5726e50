"""`pressrun gaps`: which dates should have an edition and have none."""

import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pressrun.cli.digest import parse_day
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import SettingsError
from settings import load_settings
from tasks.archives import archive_of, archive_there
from tasks.order import overrides, utc_now

if TYPE_CHECKING:
    from tasks.gaps import Gap


def gaps(
    paper: Annotated[
        str, typer.Option("--paper", "-p", metavar="NAME", help="The paper.")
    ] = "daily",
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First date; default: the first edition's."),
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="DAY", help="Last date; default: now.")] = None,
    grace: Annotated[
        float,
        typer.Option(min=0, metavar="HOURS", help="How long after its time a run may be late."),
    ] = 3.0,
    fill: Annotated[bool, typer.Option("--fill", help="Print these editions now.")] = False,
    archive: Annotated[
        str | None, typer.Option(metavar="DIR", help="The archive's folder.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; default: ./pressrun.toml.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """The dates that should have an edition, by the paper's schedule, and have none.

    Partial editions are listed too, where what is missing may be had. Ends with 1 when
    anything is lacking that is not being printed now.
    """
    from tasks.gaps import GapKind, find_gaps

    if fill and json_:
        raise SettingsError(
            "--fill prints a table of its own: leave out --json, or give the dates to "
            "`pressrun backfill --json`"
        )
    settings = load_settings(overrides(paper, archive=archive), file=config)
    wanted, now = settings.paper(paper), utc_now()
    first, last = (parse_day(text, wanted, now) if text else None for text in (from_, to))
    if first and last and first > last:
        raise SettingsError(f"--from {first} is after --to {last}: give the earlier day first")
    opened = archive_there(settings) if archive else archive_of(settings)
    found = find_gaps(opened, paper, wanted, now, first=first, last=last, grace_h=grace)
    lacking = [gap.edition_date for gap in found if gap.kind is not GapKind.PRINTING]
    if json_:
        listed = [gap.model_dump(mode="json") for gap in found]
        said = json.dumps({"paper": paper, "gaps": listed}, ensure_ascii=not takes_unicode())
        say(said + "\n")
    else:
        say(_report(paper, found, fill=fill))
    if lacking and fill:
        _fill(paper, lacking, archive=archive, config=config)
    elif lacking:
        raise typer.Exit(1)


def _report(paper: str, found: Sequence["Gap"], *, fill: bool) -> str:
    from tasks.gaps import MISSING, GapKind

    if not found:
        return f"{paper}: no edition is missing\n"
    text = io.StringIO()
    terminal = Console()
    console = Console(file=text, force_terminal=terminal.is_terminal, width=terminal.width)
    table = Table("date", "why", "", box=None, pad_edge=False, header_style="dim")
    for gap in found:
        style = "yellow" if gap.kind in MISSING else ""
        table.add_row(str(gap.edition_date), gap.kind, escape(gap.note), style=style)
    console.print(table)
    kinds = Counter("missing" if gap.kind in MISSING else gap.kind.name.lower() for gap in found)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    console.print(f"{paper}: {counted}", highlight=False)
    if not fill and any(gap.kind is not GapKind.PRINTING for gap in found):
        console.print(f"print them: pressrun gaps --paper {paper} --fill", highlight=False)
    return text.getvalue()


def _fill(paper: str, dates: list[date], *, archive: str | None, config: Path | None) -> None:
    from pressrun.cli.backfill import run_backfill

    run_backfill(paper, dates, archive=archive, config=config)
