"""Runs one order: the desk, a Prefect server and the flow, with a view of what happens."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import typer

from pressrun import plugins
from pressrun.archive import Archive
from pressrun.cli.interrupts import Interrupted, run
from pressrun.cli.progress import View, make_view
from pressrun.cli.report import as_object, print_report
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import PressrunError
from pressrun.models import Edition
from settings import Settings
from tasks.archives import archive_of
from tasks.order import Order, Todo, assign


def print_edition(
    order: Order, settings: Settings, given: dict[str, Any], *, as_json: bool, pull: bool = False
) -> Edition:
    """Print the edition of *order* unless it is printed already, and report.

    *given* are the flow's other parameters, kept with its run. *pull* has Ollama fetch its model
    first, when it lacks it.

    Raises:
        PressrunError: what stopped it.
        typer.Exit: a signal did; 130 after Ctrl-C.
    """
    started = time.monotonic()
    require_plugins(order, settings)
    archive = archive_of(settings)
    assignment = assign(archive, order)
    if assignment.todo is Todo.NOTHING:
        assert assignment.edition is not None
        edition, done = assignment.edition, "already printed"
        _deliver_rest(archive, settings, edition)
    else:
        quiet = as_json and not sys.stderr.isatty()
        if pull:
            from pressrun.cli.models_work import pull_missing

            pull_missing(settings.engines.ollama, quiet=quiet)
        with make_view(order, quiet=quiet) as view:
            try:
                run(_print(order, settings, given, view), view.say_last)
            except Interrupted as stop:
                raise typer.Exit(stop.exit_code) from None
        current = archive.editions.current(order.name, order.edition_date)
        if current is None:  # another process removed it meanwhile
            raise PressrunError(
                f"{order.name} {order.edition_date}: the edition has gone; run again"
            )
        edition, done = current, "printed" if current.is_complete else "partial"
    seconds = time.monotonic() - started
    if as_json:
        outcome = as_object(archive, edition, done, seconds)
        say(json.dumps(outcome, ensure_ascii=not takes_unicode()) + "\n")
    else:
        print_report(archive, edition, done, seconds)
    return edition


def _deliver_rest(archive: Archive, settings: Settings, edition: Edition) -> None:
    """Send what the run that printed *edition* did not come to send, and say what is new."""
    from renderers.letter import write_letter
    from tasks.deliver import deliver_rest, in_words
    from tasks.delivery.alarm import ring

    sending = deliver_rest(archive, settings, edition.paper, edition.edition_date, write_letter)
    try:
        _, found = asyncio.run(sending)
        lines = [in_words(edition, one) for one in found if one.is_new]
        lines += asyncio.run(ring(settings, edition, found))
    except PressrunError as exc:  # the edition is printed all the same
        lines = [f"nothing was delivered: {exc}"]
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def require_plugins(order: Order, settings: Settings) -> None:
    """Refuse names that no plug-in has, before anything is started or made.

    Raises:
        PluginError: a source, the engine or a format is unknown.
    """
    for source in order.paper.sources:
        plugins.find("sources", source)
    for format_ in order.paper.formats:
        plugins.find("renderers", format_)
    if settings.engine != "auto":
        plugins.find("engines", settings.engine)


async def _print(order: Order, settings: Settings, given: dict[str, Any], view: View) -> None:
    # Imported here: they bring Prefect, which an edition printed already does not need.
    from pressrun.cli.prefect import decline_tracking, load_flow, prefect_server, running_on
    from tasks.desk import press_for
    from tasks.observing import observing
    from tasks.press import Hired, lend_press

    decline_tracking()
    with observing(view):
        async with (
            press_for(order, settings) as press,
            hired(Hired(prefect_server(settings.prefect))) as server,
        ):
            view.event("prefect starting")
            # They start beside each other; the first that cannot says so.
            ready, daily, _ = await asyncio.gather(
                server.ready(),
                asyncio.to_thread(load_flow),
                press.engine(),
            )
            view.event("prefect", url=ready.url)
            with running_on(ready), lend_press(press):
                state = await daily.daily_digest(
                    edition_date=order.edition_date, paper=order.name, return_state=True, **given
                )
            error = None if state.is_completed() else await state.aresult(raise_on_failure=False)
    if isinstance(error, BaseException):
        raise error
    if error is not None or not state.is_completed():
        raise PressrunError(f"the run ended as {state.name}: {state.message}")


@asynccontextmanager
async def hired(one: Any) -> AsyncIterator[Any]:
    """*one*, closed at the end of the block."""
    try:
        yield one
    finally:
        await one.aclose()
