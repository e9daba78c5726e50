"""`pressrun archive`: what is wrong with an archive, what may go, and a newer schema."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from pressrun.cli.options import Address, Config, Json
from pressrun.cli.streams import say, takes_unicode
from settings import Settings, load_settings
from tasks.archives import archive_there, files_of
from tasks.order import overrides, utc_now

MOST_SHOWN = 20
"""Faults that are named on the terminal; all are in the object of --json."""


def _days(given: float) -> float:
    from pressrun.archive.prune import LONGEST

    if not 0 <= given <= LONGEST.days:  # so that nan is none, too
        raise typer.BadParameter(f"{given:g} is not in the range 0<=x<={LONGEST.days}.")
    return given


archive = typer.Typer(
    name="archive",
    help="Check the archive, free what nothing refers to, bring it to a newer schema.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@archive.command()
def check(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Settle pointers and make the site anew, then check."),
    ] = False,
    place: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """Read the whole archive and tell what is wrong with it. Ends with 1 when something is.

    Faults: files that are [bold]damaged[/bold], pages and lists that are [bold]missing[/bold],
    pointers that are [bold]unsettled[/bold], and a [bold]site[/bold] out of step (the last two
    are what --repair puts right). No faults: a delivery that is [bold]uncertain[/bold], and what is
    unfinished, unreferenced or left over.
    """
    from pressrun.archive import check as checks

    opened = archive_there(_settings(place, config))
    if repair:
        checks.repair(opened)
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    faults: list[checks.Oddity] = []
    uncertain: list[checks.Oddity] = []
    with _telling("checked", quiet=json_) as tell:
        for oddity in checks.check(opened, utc_now(), tell):
            counts[oddity.kind] += 1
            sizes[oddity.kind] += oddity.bytes
            if oddity.kind.is_fault:
                faults.append(oddity)
            elif oddity.kind is checks.Kind.UNCERTAIN:
                uncertain.append(oddity)
    if json_:
        found = {kind: {"files": counts[kind], "bytes": sizes[kind]} for kind in checks.Kind}
        listed = {
            "faults": [one.model_dump(mode="json") for one in faults],
            "uncertain": [one.model_dump(mode="json") for one in uncertain],
        }
        _say_object({"archive": opened.files.address(""), "found": found, **listed})
    else:
        console = Console(highlight=False, soft_wrap=True)
        for fault in faults[:MOST_SHOWN]:
            console.print(f"[red]{fault.kind}[/red] {escape(fault.key)}: {escape(fault.says)}")
        if len(faults) > MOST_SHOWN:
            console.print(f"... and {len(faults) - MOST_SHOWN} more faults: see --json")
        for one in uncertain[:MOST_SHOWN]:
            console.print(f"[yellow]{one.kind}[/yellow] {escape(one.key)}: {escape(one.says)}")
        _print_table(console, counts, sizes)
        console.print(_advice(counts))
    raise typer.Exit(1 if faults else 0)


@archive.command()
def prune(
    keep_revisions: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Keep the newest N printings of each edition, and the current one; default: all.",
        ),
    ] = None,
    older_than: Annotated[
        float,
        typer.Option(
            callback=_days,
            metavar="DAYS",
            help="Remove of the store what was written before that.",
        ),
    ] = 7.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would go; remove nothing.")
    ] = False,
    place: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """Remove pages, articles and summaries that no edition was made of, and old printings.

    May run while editions are being printed: those are left alone. What current editions are made
    of always stays; only --keep-revisions takes printings away.

    [bold]Example[/bold]

        pressrun archive prune --keep-revisions 3 --dry-run
    """
    from pressrun.archive import prune as prunes

    opened = archive_there(_settings(place, config))
    rule = prunes.Rule(keep_revisions=keep_revisions, older_than=timedelta(days=older_than))
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    waited: list[str] = []
    with _telling("looked at", quiet=json_) as tell:
        for one in prunes.prune(opened, rule, utc_now(), dry_run=dry_run, tell=tell):
            if isinstance(one, prunes.Waited):
                waited.append(one.says)
            else:
                counts[one.kind] += 1
                sizes[one.kind] += one.bytes
    if json_:
        freed = {kind: {"files": counts[kind], "bytes": sizes[kind]} for kind in prunes.Kind}
        facts = {"dry_run": dry_run, "freed": freed, "left": waited}
        _say_object({"archive": opened.files.address(""), **facts})
        return
    console = Console(highlight=False, soft_wrap=True)
    _print_table(console, counts, sizes)
    for says in waited:
        console.print(f"left as it is: {escape(says)}")
    done = "would go" if dry_run else "removed"
    console.print(f"{counts.total()} files, {decimal(sizes.total())} {done}")


@archive.command()
def migrate(place: Address = None, config: Config = None, json_: Json = False) -> None:
    """Bring an archive that an earlier Pressrun wrote to the schema that this one reads.

    Stop what prints into it first, and make a copy. A migration that was stopped goes on.
    """
    from pressrun.archive import schema
    from pressrun.archive.documents import SCHEMA_VERSION

    files = files_of(_settings(place, config))
    passed = schema.migrate(files)
    if json_:
        _say_object({"archive": files.address(""), "schema": SCHEMA_VERSION, "passed": passed})
    elif passed:
        say(f"{files.address('')}: brought from schema {passed[0]} to {SCHEMA_VERSION}\n")
    else:
        say(f"{files.address('')}: has schema {SCHEMA_VERSION} already; nothing to do\n")


def _settings(place: str | None, config: Path | None) -> Settings:
    return load_settings(overrides("daily", archive=place), file=config)


@contextmanager
def _telling(done: str, *, quiet: bool) -> Iterator[Callable[[str], object]]:
    """What to call with each key that is read; a terminal shows the last one and the count."""
    if quiet or not sys.stderr.isatty():
        yield str
        return
    count = 0
    with Console(stderr=True).status(done) as status:

        def tell(key: str) -> None:
            nonlocal count
            count += 1
            status.update(f"{count} {done}: {escape(key)}")

        yield tell


def _print_table(console: Console, counts: Counter[str], sizes: Counter[str]) -> None:
    if not counts:
        return
    table = Table("", "files", "size", box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, count in counts.items():
        table.add_row(kind, str(count), decimal(sizes[kind]))
    console.print(table)


def _advice(counts: Counter[str]) -> str:
    from pressrun.archive.check import Kind

    parts = []
    if counts[Kind.DAMAGED]:
        parts.append("restore what is damaged from a copy, or print those editions again")
    if counts[Kind.MISSING]:
        parts.append("what is missing is fetched again when the edition is printed again")
    if counts[Kind.UNSETTLED] or counts[Kind.SITE]:
        parts.append("put pointers and site right: pressrun archive check --repair")
    if counts[Kind.UNREFERENCED] or counts[Kind.LEFTOVER]:
        parts.append("free what nothing refers to: pressrun archive prune")
    if counts[Kind.UNCERTAIN]:
        parts.append("ask those readers, and send again what did not arrive, as above")
    return "\n".join(parts) or "nothing is wrong"


def _say_object(made: dict[str, Any]) -> None:
    say(f"{json.dumps(made, ensure_ascii=not takes_unicode())}\n")
