"""`pressrun site`: the archive's site, shown on this machine, and made anew."""

import asyncio
import signal
import time
from typing import Annotated

import typer

from pressrun.archive import Archive
from pressrun.cli.options import Address, Config
from pressrun.cli.streams import say
from pressrun.errors import SettingsError
from settings import load_settings
from tasks.archives import archive_there

DEFAULT_PORT = 9478

site = typer.Typer(
    name="site",
    help="Show the archive's site on this machine, or make it anew.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@site.command()
def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0: any free port.")
    ] = DEFAULT_PORT,
    archive: Address = None,
    config: Config = None,
) -> None:
    """Serve the archive's site at http://127.0.0.1:PORT/ until Ctrl-C.

    For other people put the folder site/ on a web server: it is made of plain files.
    """
    opened = archive_there(load_settings({"archive": archive} if archive else {}, file=config))
    try:
        asyncio.run(_serve(opened, port))
    except OSError as exc:
        raise SettingsError(
            f"port {port} of 127.0.0.1 cannot be had: {exc.strerror or exc}; name a free one with "
            "--port, or --port 0"
        ) from exc


@site.command()
def rebuild(archive: Address = None, config: Config = None) -> None:
    """Make the whole site anew from the editions; what is no more goes.

    Needed after editions were deleted, or when [bold]site_url[/bold] or a title changed and links
    or names of before should go. It may run while editions are printed.
    """
    opened = archive_there(load_settings({"archive": archive} if archive else {}, file=config))
    begun = time.monotonic()
    count = opened.site.rebuild()
    took_s = time.monotonic() - begun
    noun = "edition" if count == 1 else "editions"
    say(f"{opened.files.address('site')}: {count} {noun}, made anew in {took_s:.1f} s\n")


async def _serve(archive: Archive, port: int) -> None:
    from pressrun.archive.serving import SiteServer  # aiohttp: only for who serves

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, ended.set)
    async with SiteServer(archive.files, port) as server:
        say(f"{archive.files.address('site')}: {server.url}\n")
        await ended.wait()
