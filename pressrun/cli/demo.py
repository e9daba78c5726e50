"""`pressrun demo`: the newsroom's paper by the embedded engine, without internet or Ollama."""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer
from anyio.from_thread import start_blocking_portal
from rich.console import Console

from pressrun.cli.digest import split_formats
from pressrun.cli.streams import say
from settings import load_settings
from tasks.archives import archive_of
from tasks.order import overrides, place_order, utc_now

PORT = 8791
"""The newsroom's port: a printing names its pages by address, so that it can be resumed."""

SECTIONS = (
    *("china", "world", "society", "finance", "technology"),
    *("sports", "entertainment", "military"),
)
"""In the order of a newspaper: the list's own would be that of the clicks."""


def demo(
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, max=200, help="Stories to print, at most.")
    ] = None,
    archive: Annotated[str, typer.Option(metavar="DIR", help="The archive's folder.")] = "demo",
    formats: Annotated[
        str | None, typer.Option(metavar="LIST", help="Renditions, by commas: html,pdf,png,card.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")
    ] = False,
) -> None:
    r"""Print a real edition from a small news site of Pressrun's own, with a small model.

    It serves the site on loopback and fetches it over HTTP.

    The embedded model chooses each article's most important sentences.

    Page, PDF and pictures are published under ./demo, with a calendar and a search.

    Needs the extra pressrun\[embedded]; running it accepts the model's licence.
    """
    from pressrun.cli.press import print_edition
    from pressrun.newsroom import DEMO_DATE
    from tasks.engines.embedded.model import describe

    if not json_:
        model = describe()
        Console(stderr=True).print(
            f"The demo's model is {model.name}, {model.bytes / 1e6:.0f} MB, under the "
            f"{model.licence} ({model.licence_url}). Running the demo accepts them.",
            highlight=False,
        )
    with _newsroom() as lists:
        changes = overrides(
            "daily",
            limit=limit,
            formats=split_formats(formats),
            engine="embedded",
            archive=archive,
        )
        changes.setdefault("papers", {}).setdefault("daily", {})["categories"] = SECTIONS
        changes["sources"] = {name: {"list_url": url} for name, url in lists.items()}
        changes["fetch"] = {"private_hosts": True, "host_delay_s": 0.0, "per_host": 8}
        settings = load_settings(changes)
        order = place_order(settings, "daily", DEMO_DATE, utc_now())
        given = {"engine": "embedded", "archive": archive}
        edition = print_edition(order, settings, given, as_json=json_)
    if not json_:
        if "html" in {record.format for record in edition.renditions}:
            say(f"  the page       {archive_of(settings).site.address(edition)}\n")
        say(f"  the archive    pressrun site serve --archive {shlex.quote(archive)}\n")


@contextmanager
def _newsroom() -> Iterator[dict[str, str]]:
    """The newsroom on a thread of its own; the addresses of its lists, by source."""
    from pressrun.newsroom import Newsroom

    with start_blocking_portal() as portal, ExitStack() as stack:
        try:
            room = stack.enter_context(portal.wrap_async_context_manager(Newsroom(port=PORT)))
        except OSError:  # the port is taken: any other serves as well
            room = stack.enter_context(portal.wrap_async_context_manager(Newsroom()))
        yield {"sina": room.list_url, "sina-roll": room.roll_url}
