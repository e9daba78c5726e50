"""`pressrun alerts`: try the addresses, and have the Prefect server ring by itself."""

import asyncio
from pathlib import Path

import typer

from pressrun.cli.options import Config
from pressrun.cli.streams import say
from pressrun.errors import SettingsError
from settings import Settings, load_settings

alerts = typer.Typer(
    name="alerts",
    help="Tell an operator how runs ended: try the addresses, set up the server's automations.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@alerts.command("test")
def try_addresses(config: Config = None) -> None:
    """Send a message to each address of the settings, and say which it did not reach.

    Ends with 0 when it reached all of them, else with 1.
    """
    from tasks.alerts import Alert, name_of, send

    addresses = _settings(config).alerts.addresses
    message = Alert(
        "Pressrun: a test", "This address is told when an edition fails, is late or is missing."
    )
    unsent = dict(asyncio.run(send(addresses, message)))
    for number, address in enumerate(addresses, 1):
        name = name_of(address, number)
        say(f"failed  {name}: {unsent[name]}\n" if name in unsent else f"sent    {name}\n")
    raise typer.Exit(1 if unsent else 0)


@alerts.command()
def install(config: Config = None) -> None:
    """Make the automations of the profile's Prefect server, or bring them up to date.

    They ring for what no run can tell itself: one that was killed, that never started or whose
    settings are broken. While they are there, runs of the deployments leave alerts to them.
    """
    from pressrun.cli.prefect import PrefectUnavailable, decline_tracking, profile_answers

    decline_tracking()
    settings = _settings(config)
    url, answers = profile_answers()
    if not answers:
        raise PrefectUnavailable(
            f"the Prefect server of the profile, {url or 'none is set'}, does not answer; start "
            "it (pressrun up, or prefect server start), or set PREFECT_API_URL"
        )
    from tasks.automations import install as make

    for line in asyncio.run(make(_revealed(settings), settings.alerts.on)):
        say(f"{line}\n")


def _revealed(settings: Settings) -> tuple[str, ...]:
    from tasks.alerts import as_one_service

    return tuple(
        as_one_service(address, number)
        for number, address in enumerate(settings.alerts.addresses, 1)
    )


def _settings(config: Path | None) -> Settings:
    settings = load_settings(file=config)
    if not settings.alerts.addresses:
        raise SettingsError(
            "alerts.addresses is empty: nobody would be told; name Apprise addresses in "
            'pressrun.toml, such as [alerts] addresses = ["env:ALERTS"]'
        )
    return settings
