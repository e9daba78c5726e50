"""`pressrun limits`: the slots of the Ollama hosts, which Prefect counts for all workers."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pressrun.cli.interrupts import Interrupted, run
from pressrun.cli.options import Config
from pressrun.cli.streams import say
from pressrun.errors import SettingsError
from settings import load_settings
from tasks.engines.address import from_typed, shown
from tasks.order import overrides

if TYPE_CHECKING:
    from tasks.engines.limits import LimitRegister

T = TypeVar("T")

Hosts = Annotated[
    list[str] | None,
    typer.Argument(metavar="HOST", help="The hosts' addresses; none: those of the settings."),
]

limits = typer.Typer(
    name="limits",
    help="How many requests all workers together send to an Ollama host at once.",
    rich_markup_mode="rich",
)


@limits.callback(invoke_without_command=True)
def list_(context: typer.Context, config: Config = None) -> None:
    """List the limits: slots of each host, and how many are in use.

    They count where `shared_limit` is set in [engines.ollama].
    """
    if context.invoked_subcommand is not None:
        return
    own = _named(_addresses(None, config))
    found = {limit.name: limit for limit in _work(lambda register: register.all())}
    rows = [("limit", "slots", "in use", "host")]
    rows += [
        (name, str(limit.limit), str(limit.active_slots), own.get(name, "not in the settings"))
        for name, limit in found.items()
    ]
    rows += [(name, "none", "", own[name]) for name in own if name not in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths)).rstrip() + "\n")
    if missing := [address for name, address in own.items() if name not in found]:
        say(f"create what is missing: pressrun limits set SLOTS {' '.join(missing)}\n")


@limits.command("set")
def set_(
    slots: Annotated[int, typer.Argument(min=1, max=1000, help="Requests at once, at each host.")],
    hosts: Hosts = None,
    config: Config = None,
) -> None:
    """Give each host so many slots; its limit is made when there is none.

    [bold]Example[/bold]

        pressrun limits set 2
    """
    _at_each(
        _addresses(hosts, config),
        lambda register, address: register.set(address, slots),
        f"{slots} slots" if slots > 1 else "1 slot",
    )


@limits.command()
def free(hosts: Hosts = None, config: Config = None) -> None:
    """Count no slot of the hosts as taken.

    For a Prefect server that ended and kept its leases in memory: what was taken then stays so.
    """
    _at_each(
        _addresses(hosts, config),
        lambda register, address: register.free(address),
        "all slots are free",
    )


@limits.command()
def rm(hosts: Hosts = None, config: Config = None) -> None:
    """Remove the hosts' limits."""
    _at_each(
        _addresses(hosts, config),
        lambda register, address: register.remove(address),
        "limit removed",
    )


def _addresses(hosts: list[str] | None, config: Path | None) -> tuple[str, ...]:
    """The addresses of *hosts*, as the engine writes them."""
    own = load_settings(overrides("daily"), file=config).engines.ollama
    if not hosts:
        return tuple(shown(url) for url in dict.fromkeys(own.hosts or (own.host,)))
    try:
        given = type(own).model_validate({"hosts": [from_typed(host) for host in hosts]}).hosts
    except ValueError as exc:
        raise SettingsError(
            f"{' '.join(hosts)}: no addresses; write them such as http://192.168.1.5:11434"
        ) from exc
    return tuple(shown(url) for url in given)


def _named(addresses: tuple[str, ...]) -> dict[str, str]:
    from pressrun.cli.prefect import decline_tracking

    decline_tracking()
    from tasks.engines.limits import by_name

    return by_name(addresses)


def _at_each(
    addresses: tuple[str, ...],
    act: "Callable[[LimitRegister, str], Coroutine[Any, Any, None]]",
    done: str,
) -> None:
    _named(addresses)

    async def work(register: "LimitRegister") -> None:
        for address in addresses:
            await act(register, address)
            say(f"{address}: {done}\n")

    _work(work)


def _work(work: "Callable[[LimitRegister], Coroutine[Any, Any, T]]") -> T:
    from tasks.engines.limits import LimitRegister

    async def main() -> T:
        register = LimitRegister()
        try:
            return await work(register)
        finally:
            await register.aclose()

    try:
        return run(main(), lambda _: None)
    except Interrupted as stop:
        raise typer.Exit(stop.exit_code) from None
