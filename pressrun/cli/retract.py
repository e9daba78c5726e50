"""`pressrun retract`: take a story back, in a new printing of every edition that has it."""

import asyncio
import getpass
import io
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from pressrun.archive import Archive
from pressrun.archive.retractions import Retractions
from pressrun.cli.digest import parse_day
from pressrun.cli.options import Address, Config, Json
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import EditionBusy, PressrunError
from pressrun.models import Edition, Story, Telling, Value
from settings import Settings, load_settings
from tasks.archives import archive_there
from tasks.order import overrides, utc_now

if TYPE_CHECKING:
    from tasks.retract import Place


class Outcome(Value):
    """What became of a story in one edition; *reason* is why that failed."""

    paper: str
    edition_date: date
    title: str
    url: str
    state: Literal["printed", "taken back", "given back", "failed"]
    revision: int
    stories: int
    """How many the edition has."""
    page: str = ""
    carried_on: tuple[date, ...] = ()
    """Days after, whose editions still name it as what one of their stories carries on."""
    render_failures: tuple[str, ...] = ()
    reason: str = ""


def retract(
    url: Annotated[str, typer.Argument(metavar="URL", help="The story's address, as printed.")],
    paper: Annotated[
        str | None, typer.Option("--paper", "-p", metavar="NAME", help="Only in this paper.")
    ] = None,
    date_: Annotated[
        str | None,
        typer.Option("--date", "-d", metavar="DAY", help="Only in this edition: far quicker."),
    ] = None,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, in words for readers; empty: none is told.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say where the story is printed; change nothing.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Print a story again that was taken back.")
    ] = False,
    archive: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """Take a story back: a new printing of each edition that has it, without it, that says so.

    No model and no network is needed. Later printings of these editions keep it out.

    [bold]Examples[/bold]

        pressrun retract https://news.example.org/a/1.html --dry-run

        pressrun retract https://news.example.org/a/1.html --date 2026-03-12 --reason "更正"
    """
    from tasks.retract import find  # with --help, nothing of the work is loaded

    settings = load_settings(overrides(paper or "daily", archive=archive), file=config)
    opened = archive_there(settings)
    day = parse_day(date_, settings.paper(paper or "daily"), utc_now()) if date_ else None
    records = Retractions(opened.files) if undo else None
    found = find(_editions(opened, paper, day, quiet=json_), url, retractions=records)
    if not found.places:
        raise PressrunError(_nowhere(url, paper, day, found.nearest, undo=undo))
    outcomes = tuple(map(_seen, found.places))
    if not dry_run:
        printing = _print_all(opened, settings, found.places, reason=reason.strip(), undo=undo)
        outcomes = asyncio.run(printing)
    if json_:
        editions = [outcome.model_dump(mode="json") for outcome in outcomes]
        said = json.dumps({"url": url, "editions": editions}, ensure_ascii=not takes_unicode())
        say(said + "\n")
    else:
        _report(outcomes, dry_run=dry_run)
    if any(outcome.state == "failed" for outcome in outcomes):
        raise typer.Exit(1)


async def _print_all(
    archive: Archive, settings: Settings, places: Sequence["Place"], *, reason: str, undo: bool
) -> tuple[Outcome, ...]:
    from tasks.press import DRAWERS
    from tasks.retract import give_back, take_back
    from tasks.workers import Workers

    by, outcomes = who(), []
    async with Workers(DRAWERS) as workers:
        for place in reversed(places):  # the older first: what carries it on names it no more
            desk, at, seen = (archive, settings, workers), utc_now(), _seen(place)
            try:
                if undo:
                    published = await give_back(*desk, place, by=by, at=at)
                else:
                    published = await take_back(*desk, place, reason=reason, by=by, at=at)
            except PressrunError as exc:
                again = "; then give this command again" if isinstance(exc, EditionBusy) else ""
                outcomes.append(
                    seen.model_copy(update={"state": "failed", "reason": f"{exc}{again}"})
                )
                continue
            edition = published.edition
            update = {
                "state": "given back" if undo else "taken back",
                "stories": len(edition.stories),
                "revision": edition.revision,
                "page": archive.site.address(edition),
                "render_failures": edition.render_failures,
            }
            outcomes.append(seen.model_copy(update=update))
    return tuple(_followed(archive, one) for one in reversed(outcomes))


def _followed(archive: Archive, one: Outcome) -> Outcome:
    from tasks.earlier import carried_on_in

    if one.state != "taken back":
        return one
    days = carried_on_in(archive, one.paper, one.edition_date)
    return one.model_copy(update={"carried_on": days})


def _seen(place: "Place") -> Outcome:
    edition = place.edition
    return Outcome(
        paper=edition.paper,
        edition_date=edition.edition_date,
        title=place.story.title,
        url=place.story.url,
        state="printed" if isinstance(place.story, Story | Telling) else "taken back",
        revision=edition.revision,
        stories=len(edition.stories),
    )


def who() -> str:
    """Who types this, as the system knows them: `name@host`."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = f"user {os.getuid()}"
    return f"{name}@{platform.node()}"


def _editions(
    archive: Archive, paper: str | None, day: date | None, *, quiet: bool
) -> Iterator[Edition]:
    """The current editions, newest first, read one by one."""
    papers = [paper] if paper else archive.editions.papers()
    wanted = [
        (name, one)
        for name in papers
        for one in ([day] if day else reversed(archive.editions.begun(name)))
    ]
    hidden = quiet or not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=hidden) as shown:
        for name, one in shown.track(wanted, description="looking through the editions"):
            edition = archive.editions.current(name, one)
            if edition:
                yield edition


def _nowhere(url: str, paper: str | None, day: date | None, nearest: str, *, undo: bool) -> str:
    where = " ".join(filter(None, (paper, str(day) if day else None)))
    scope = f"in {where}" if where else "in any current edition"
    remedy = f"did you mean {nearest}?" if nearest else "give it as the page links to it"
    return f"{url}: is not {'taken back' if undo else 'printed'} {scope}; {remedy}"


def _report(outcomes: Sequence[Outcome], *, dry_run: bool) -> None:
    text = io.StringIO()
    terminal = Console().is_terminal
    console = Console(file=text, force_terminal=terminal, soft_wrap=True, highlight=False)
    for one in outcomes:
        colour = {"failed": "red", "printed": "yellow"}.get(one.state, "green")
        console.print(
            f"[bold {colour}]{one.state}[/bold {colour}] {one.paper} {one.edition_date}: "
            f"{escape(one.title)} (revision {one.revision}, stories: {one.stories})"
        )
        if not one.stories:
            console.print("  no story is left; the page stays, and says so")
        for line in filter(None, (one.reason, one.page)):
            console.print(f"  {escape(line)}")
        for day in one.carried_on:
            console.print(
                f"  {day} still names it, as what a story of that day carries on; draw that again: "
                f"pressrun backfill {day} {day} --paper {one.paper} --refresh renditions"
            )
        for line in one.render_failures:
            console.print(f"  [yellow]not rendered[/yellow] {escape(line)}")
    if dry_run:
        console.print("nothing was changed: --dry-run")
    say(text.getvalue())
