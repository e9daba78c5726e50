"""`pressrun deliver`: where an edition was sent, and sending it again on purpose."""

import asyncio
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pressrun.archive.deliveries import again_by
from pressrun.cli.digest import parse_day
from pressrun.cli.options import Address, Config, Json
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import ArchiveError, SettingsError
from pressrun.models import Edition
from settings import load_settings
from tasks.archives import archive_there
from tasks.order import overrides, utc_now

if TYPE_CHECKING:
    from tasks.delivery.sending import Delivery

COLOURS = {"sent": "green", "sending": "", "failed": "red", "unknown": "yellow"}


def deliver(
    date_: Annotated[
        str, typer.Argument(metavar="DATE", help="The edition: YYYY-MM-DD, today or yesterday.")
    ],
    paper: Annotated[
        str, typer.Option("--paper", "-p", metavar="NAME", help="The paper.")
    ] = "daily",
    again: Annotated[
        bool, typer.Option("--again", help="Send it now, also where it was sent before.")
    ] = False,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only to this address; may be repeated."),
    ] = None,
    archive: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """Where an edition was sent, and what came of it; with --again it is sent now.

    A run sends each printing once to each address. What may have arrived is never sent again by
    itself. Ends with 1 when something failed or is not known, with --again also when another run is
    sending it.

    [bold]Examples[/bold]

        pressrun deliver yesterday

        pressrun deliver 2026-03-12 --again --to dingtalk:3f2a1c
    """
    from renderers.letter import write_letter
    from tasks.deliver import deliver as send
    from tasks.deliver import standing

    if to and not again:
        raise SettingsError("--to names where to send: give --again as well")
    settings = load_settings(overrides(paper, archive=archive), file=config)
    day = parse_day(date_, settings.paper(paper), utc_now(), "DATE")
    opened = archive_there(settings)
    edition = opened.editions.current(paper, day)
    if edition is None:
        raise ArchiveError(
            f"{paper} {day}: is not printed; print it: pressrun digest --paper {paper} --date {day}"
        )
    if again:
        sending = send(opened, settings, edition, write_letter, only=to or (), again=True)
        found = asyncio.run(sending)
    else:
        found = standing(opened, settings, edition)
    if json_:
        made = as_object(edition, found)
        say(json.dumps(made, ensure_ascii=not takes_unicode()) + "\n")
    else:
        say(report(edition, found))
    if any(one.is_trouble or (again and one.state != "sent") for one in found):
        raise typer.Exit(1)


def as_object(edition: Edition, found: "Sequence[Delivery]") -> dict[str, object]:
    """What is known, for a program."""
    return {
        "paper": edition.paper,
        "date": edition.edition_date.isoformat(),
        "revision": edition.revision,
        "deliveries": [
            {
                "name": one.name,
                "state": one.state or "not sent",
                "attempts": one.attempts,
                "at": one.at.isoformat() if one.at else None,
                "reason": one.reason,
                "again": again_by(edition, one.name) if one.state and one.is_trouble else None,
            }
            for one in found
        ],
    }


def report(edition: Edition, found: "Sequence[Delivery]") -> str:
    """What is known, for a person: a table, and the commands that repeat what went wrong."""
    paper = edition.paper
    heading = f"{paper} {edition.edition_date}, revision {edition.revision}"
    if not found:
        return f"{heading}: papers.{paper}.delivery in the settings names no address\n"
    text, terminal = io.StringIO(), Console()
    console = Console(
        file=text, force_terminal=terminal.is_terminal, width=terminal.width, highlight=False
    )
    table = Table("address", "state", "attempts", "at", "", box=None, pad_edge=False)
    for one in found:
        state = one.state or "not sent"
        table.add_row(
            one.name,
            state,
            str(one.attempts or ""),
            f"{one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else "",
            escape(one.reason),
            style=COLOURS.get(state, "dim"),
        )
    console.print(heading, style="bold")
    console.print(table)
    for one in found:
        if one.state and one.is_trouble:
            console.print(f"  {again_by(edition, one.name)}", soft_wrap=True, markup=False)
    return text.getvalue()
