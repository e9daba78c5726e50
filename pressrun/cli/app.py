"""The command's entry: its groups, its version, and how it ends when something is wrong."""

import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from pressrun import __version__
from pressrun.cli.alerts import alerts
from pressrun.cli.archive import archive
from pressrun.cli.backfill import backfill
from pressrun.cli.deliver import deliver
from pressrun.cli.demo import demo
from pressrun.cli.diff import diff
from pressrun.cli.digest import digest
from pressrun.cli.doctor import doctor
from pressrun.cli.gaps import gaps
from pressrun.cli.limits import limits
from pressrun.cli.metrics import metrics
from pressrun.cli.models import models
from pressrun.cli.retract import retract
from pressrun.cli.search import search
from pressrun.cli.site import site
from pressrun.cli.streams import open_streams
from pressrun.cli.up import up
from pressrun.errors import (
    CoverageError,
    EngineError,
    PluginError,
    PressrunError,
    SettingsError,
    SourceError,
)

EXIT_CODES: dict[type[PressrunError], int] = {
    SettingsError: 2,
    PluginError: 2,
    CoverageError: 3,
    SourceError: 4,
    EngineError: 5,
}
"""Exit codes by error; any other is 1, and an interrupt is 130 (press.py)."""

app = typer.Typer(
    name="pressrun",
    help="Prints a daily newspaper with a local language model: page, PDF and picture.",
    epilog="Start with [bold]pressrun demo[/bold]: it needs no internet and no Ollama.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("digest")(digest)
app.command("backfill")(backfill)
app.command("demo")(demo)
app.command("doctor")(doctor)
app.command("gaps")(gaps)
app.command("diff")(diff)
app.command("retract")(retract)
app.command("deliver")(deliver)
app.command("search")(search)
app.command("up")(up)
app.add_typer(archive)
app.add_typer(site)
app.add_typer(models)
app.add_typer(alerts)
app.add_typer(metrics)
app.add_typer(limits)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pressrun {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    del version


def main() -> NoReturn:
    """Run the command; every error of ours ends as one message and an exit code."""
    open_streams()
    try:
        app()
    except PressrunError as exc:
        Console(stderr=True).print(
            f"[bold red]{type(exc).__name__}[/bold red]", end=": ", highlight=False
        )
        Console(stderr=True, soft_wrap=True).print(str(exc), markup=False, highlight=False)
        sys.exit(exit_code(exc))
    sys.exit(0)


def exit_code(error: PressrunError) -> int:
    """The exit code for *error*, by the nearest class in the tree; 1 when none is named."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)
