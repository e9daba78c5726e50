"""The site over HTTP, on loopback: what lies under `site/`, and nothing else."""

import asyncio
import hashlib
import mimetypes
import re
from typing import Final
from urllib.parse import quote

from aiohttp import web

from pressrun.archive import layout
from pressrun.archive.files import Files
from pressrun.errors import ArchiveError
from pressrun.loopback import HOST, LoopbackServer

_PART: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/atom+xml; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


class SiteServer(LoopbackServer):
    """Serves the site of an archive, wherever it lies, inside an `async with`.

    Port 0 takes a free one. A folder is answered with its page, never with a list of its files.

    Raises:
        OSError: on entering, when the port cannot be had.
    """

    def __init__(self, files: Files, port: int = 0) -> None:
        self._files = files
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        super().__init__(app, port)

    @property
    def url(self) -> str:
        """The front page's address."""
        return f"{super().url}/"

    async def _answer(self, request: web.Request) -> web.Response:
        if request.host.partition(":")[0] not in (HOST, "localhost"):
            # A name of somebody else's that leads here: its pages would read this archive.
            raise web.HTTPMisdirectedRequest(text=f"open {self.url}\n")
        path = request.match_info["path"]
        is_folder = path and not path.endswith("/") and "." not in path.rpartition("/")[2]
        if is_folder and key_of(f"{path}/"):
            raise web.HTTPPermanentRedirect(f"/{quote(path)}/")  # a folder: files have a dot
        key = key_of(path)
        try:
            data = await asyncio.to_thread(self._files.read, key) if key else None
        except ArchiveError:  # no name of a file, or the place fails
            data = None
        if key is None or data is None:
            raise web.HTTPNotFound(text="nothing is here\n")
        tag = hashlib.sha256(data).hexdigest()[:32]
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        if any(one.value == tag for one in request.if_none_match or ()):
            return web.Response(status=304, headers={**headers, "ETag": f'"{tag}"'})
        return web.Response(
            body=data, headers={**headers, "ETag": f'"{tag}"', "Content-Type": type_of(key)}
        )


def key_of(path: str) -> str | None:
    """The key that an address's *path*, without its first slash, stands for; None for no file.

    No part of it begins with a dot, so that nothing hidden and nothing outside is reached.
    """
    parts = [*path.split("/")[:-1], path.rpartition("/")[2] or layout.PAGE]
    if not all(_PART.fullmatch(part) for part in parts):
        return None
    return "/".join((layout.SITE, *parts))


def type_of(key: str) -> str:
    """The media type of a file of the site, by its name."""
    suffix = f".{key.rpartition('.')[2]}"
    return _TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
