"""`pressrun models`: what an Ollama has, and to give it more or less."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pressrun.cli.options import Config, Json
from pressrun.cli.streams import say, takes_unicode
from pressrun.models import Value
from settings import OllamaSettings, load_settings
from tasks.order import overrides

if TYPE_CHECKING:
    from tasks.engines.library import Library

T = TypeVar("T")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The model's name, such as qwen3:4b.")]
Host = Annotated[str | None, typer.Option("--host", metavar="URL", help="Where Ollama listens.")]

models = typer.Typer(
    name="models",
    help="List, show, pull, make and remove the models of an Ollama.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@models.command("list")
def list_(host: Host = None, config: Config = None, json_: Json = False) -> None:
    """List the models on Ollama's disk; an asterisk marks the one that the settings name."""
    from pressrun.cli.models_tables import installed_table

    own = _settings(host, config)
    pull_it = f"pressrun models pull {own.model}" + (f" --host {host}" if host else "")
    _survey(
        own,
        lambda library: library.installed(),
        lambda found: installed_table(found, own.model, pull_it),
        {"chosen": own.model} if json_ else None,
    )


@models.command()
def ps(host: Host = None, config: Config = None, json_: Json = False) -> None:
    """List the models in Ollama's memory: how much of each on the GPU, and until when."""
    from pressrun.cli.models_tables import loaded_table

    own = _settings(host, config)
    _survey(own, lambda library: library.loaded(), loaded_table, {} if json_ else None)


@models.command()
def show(name: Name, host: Host = None, config: Config = None, json_: Json = False) -> None:
    """Show a model: size, quantisation, context length, capabilities, options, template."""
    from pressrun.cli.models_tables import card_text
    from pressrun.cli.models_work import ask, places

    place = places(_settings(host, config))[0]
    card = ask(place, lambda library: library.card(name))
    if json_:
        _say_object({"host": _shown(place), **dict(card)})
    else:
        say(card_text(card))


@models.command()
def pull(name: Name, host: Host = None, config: Config = None) -> None:
    """Have Ollama fetch a model from its registry, or what is new of it.

    A pull that was stopped goes on where it was.
    """
    from pressrun.cli import models_work
    from pressrun.cli.models_view import make_view

    def at(place: OllamaSettings) -> None:
        with make_view(name, quiet=False) as view:
            done = models_work.pull(place, name, view)
        say(f"{done}\n")

    _at_each(_settings(host, config), at)


@models.command()
def create(
    name: Name,
    gguf: Annotated[
        Path, typer.Option("--gguf", metavar="FILE", help="The model, a file in GGUF format.")
    ],
    system: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Its system prompt, for requests without one."),
    ] = None,
    num_ctx: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Its context in tokens, for requests without one."),
    ] = None,
    host: Host = None,
    config: Config = None,
) -> None:
    """Make a model of a GGUF file, which is sent to Ollama unless it is there already.

    [bold]Example[/bold]

        pressrun models create my-model:4b --gguf my-model-q4_k_m.gguf
    """
    from pressrun.cli.models_view import make_view
    from pressrun.cli.models_work import ask

    def at(place: OllamaSettings) -> None:
        async def work(library: "Library") -> None:
            await library.create(name, gguf, view.report, system=system, num_ctx=num_ctx)

        with make_view(name, quiet=False) as view:
            ask(place, work, view.say, "interrupted; no model was made")
        say(f"made {name} of {gguf}, at {_shown(place)}\n")

    _at_each(_settings(host, config), at)


@models.command()
def rm(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="The models' names.")],
    host: Host = None,
    config: Config = None,
) -> None:
    """Remove models. When one of them is not there, none is removed."""
    from pressrun.cli.models_work import ask

    def at(place: OllamaSettings) -> None:
        gone = ask(place, lambda library: library.remove(names))
        say("".join(f"removed {model.name}, at {_shown(place)}\n" for model in gone))

    _at_each(_settings(host, config), at)


def _settings(host: str | None, config: Path | None) -> OllamaSettings:
    own = load_settings(overrides("daily", host=host), file=config).engines.ollama
    return own.model_copy(update={"hosts": ()}) if host else own


def _survey(
    own: OllamaSettings,
    work: "Callable[[Library], Coroutine[Any, Any, T]]",
    table: Callable[[T], str],
    made: dict[str, Any] | None,
) -> None:
    """Tell what *work* has of each host: as a *table*, or in the object *made*."""
    from pressrun.cli.models_work import ask

    hosts: list[dict[str, Any]] = []

    def at(place: OllamaSettings) -> None:
        found = ask(place, work)
        if made is None:
            say((f"{_shown(place)}\n" if len(own.hosts) > 1 else "") + table(found))
        hosts.append({"host": _shown(place), "models": found})

    _at_each(own, at)
    if made is not None:
        _say_object({**made, "hosts": hosts})


def _at_each(own: OllamaSettings, act: Callable[[OllamaSettings], None]) -> None:
    from pressrun.cli.models_work import at_each

    at_each(own, act)


def _shown(place: OllamaSettings) -> str:
    from tasks.engines.address import shown

    return shown(place.host)


def _say_object(made: dict[str, Any]) -> None:
    say(f"{json.dumps(made, default=_plain, ensure_ascii=not takes_unicode())}\n")


def _plain(value: Value) -> Any:
    return value.model_dump(mode="json")
