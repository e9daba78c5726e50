"""What WeasyPrint may fetch: fonts of ours and pictures in the text, nothing else in the world."""

from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

from renderers.fonts import face_bytes

SCHEME = "pressrun-font:"
PICTURE = "data:image/jpeg;base64,"


class FontFetcher(URLFetcher):
    """Answers `pressrun-font:NAME`; refuses network, files and all the rest."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The font that *url* names, as a `URLFetcherResponse`.

        Raises:
            ValueError: it names none; WeasyPrint goes on without.
        """
        if url.startswith(PICTURE):
            given: Any = super()
            return given.fetch(url, headers)
        try:
            body = face_bytes(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        except KeyError:
            body = None
        if body is None:
            raise ValueError(f"{url[:200]}: refused; an edition fetches nothing but its own fonts")
        response: Any = URLFetcherResponse
        return response(url, body, {"Content-Type": "font/ttf"})
