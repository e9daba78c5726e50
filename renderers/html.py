"""The renderer `html`: an edition as one self-contained web page."""

from collections.abc import Sequence

from pressrun.models import Edition, Rendition
from renderers.document import make_document
from renderers.markup import anchors_in, characters_in, fill, require_placed, style_sheet
from renderers.webfonts import face_rules

BOLD = frozenset({"h1", "h2", "dt"})
"""The elements that page.css prints in bold; all others are regular."""


class HtmlRenderer:
    """Makes index.html: responsive, light and dark, printable, with its fonts, without script."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One page.

        Raises:
            RenderError: a story could not be placed.
        """
        document = make_document(edition)
        bold, regular = characters_in(fill(document, ""), BOLD)
        style = f"{face_rules({400: regular, 700: bold})}\n{style_sheet('page.css')}"
        page = fill(document, style, secure=True)
        require_placed(document, anchors_in(page), "index.html")
        return (
            Rendition(name="index.html", media_type="text/html; charset=utf-8", data=page.encode()),
        )
