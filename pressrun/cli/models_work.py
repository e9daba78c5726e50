"""Work with the models of an Ollama, as a command does it: until it ends, fails or is stopped."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

import typer
from rich.filesize import decimal

from pressrun.cli.interrupts import Interrupted, run
from pressrun.cli.models_view import View, make_view
from pressrun.errors import EngineError
from settings import OllamaSettings
from tasks.engines.address import shown
from tasks.engines.catalogue import find
from tasks.engines.library import Library

T = TypeVar("T")


def places(own: OllamaSettings) -> tuple[OllamaSettings, ...]:
    """*own* for each of its hosts, as if that were the only one."""
    hosts = dict.fromkeys(own.hosts or (own.host,))
    return tuple(own.model_copy(update={"host": host, "hosts": ()}) for host in hosts)


def at_each(own: OllamaSettings, act: Callable[[OllamaSettings], None]) -> None:
    """Have *act* done at each host of *own*; one where it fails keeps no other from it.

    Raises:
        EngineError: it failed at some of them; the message has the reason of each.
        typer.Exit: a signal ended it; 130 after Ctrl-C.
    """
    require(tuple(_failures(own, act)))


def require(failures: Sequence[EngineError]) -> None:
    """Raise the *failures*, if there are any, as one.

    Raises:
        EngineError: of the kind of the first.
    """
    if failures:
        raise type(failures[0])("\n".join(map(str, failures))) from failures[0]


def ask(
    own: OllamaSettings,
    work: Callable[[Library], Coroutine[Any, Any, T]],
    say: Callable[[str], None] = lambda _: None,
    words: str = "",
) -> T:
    """What *work* has of the library at *own*'s host; *say* is given *words* if a signal ends it.

    Raises:
        EngineError: the work failed.
        typer.Exit: a signal ended it; 130 after Ctrl-C.
    """

    async def main() -> T:
        async with aclosing(Library(own)) as library:
            return await work(library)

    try:
        return run(main(), lambda _: say(words))
    except Interrupted as stop:
        raise typer.Exit(stop.exit_code) from None


def pull(own: OllamaSettings, name: str, view: View) -> str:
    """Pull the model *name* to *own*'s host; how that ended, in words for a person.

    Raises:
        EngineError: it cannot be had.
        typer.Exit: a signal ended it.
    """

    async def work(library: Library) -> str:
        before = find(await library.installed(), name)
        await library.pull(name, view.report)
        after = find(await library.installed(), name)
        where = f"at {shown(own.host)}"
        if after is not None and before == after:
            return f"{name} is up to date {where}"
        size = f", {decimal(after.bytes)}" if after and after.bytes else ""
        return f"pulled {name}{size}, {where}"

    words = "interrupted; the next pull goes on where this one stopped"
    return ask(own, work, view.say, words)


def pull_missing(own: OllamaSettings, *, quiet: bool) -> None:
    """Pull the model of *own* where it is not, and say so on standard error unless *quiet*.

    Of several hosts those that fail are told of: a run goes on with the others.

    Raises:
        EngineError: none of the hosts has the model now.
        typer.Exit: a signal ended it.
    """

    def at(place: OllamaSettings) -> None:
        if find(ask(place, lambda library: library.installed()), place.model) is None:
            with make_view(place.model, quiet=quiet) as view:
                view.say(pull(place, place.model, view))

    failures = tuple(_failures(own, at))
    if len(failures) == len(places(own)):
        require(failures)
    elif failures:
        with make_view(own.model, quiet=quiet) as view:
            for failure in failures:
                view.say(str(failure))


def _failures(own: OllamaSettings, act: Callable[[OllamaSettings], None]) -> Iterator[EngineError]:
    for place in places(own):
        try:
            act(place)
        except EngineError as exc:
            yield exc
