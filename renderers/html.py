"""The renderer `html`: an edition as one self-contained web page."""

from collections.abc import Mapping, Sequence

from pressrun.archive.frames import frame_of
from pressrun.archive.leafing import characters_of_links
from pressrun.models import Edition, Rendition
from renderers.document import make_document
from renderers.fonts import BOLD, SANS, SERIF, Face
from renderers.markup import anchors_in, characters_in, fill, require_placed
from renderers.themes import style_sheet
from renderers.webfonts import face_rules

SHOWN_IN = {
    SERIF: frozenset({"h1", "h2", "h3", "nav"}),
    BOLD: frozenset({"b", "caption", "dt"}),
}
"""The elements that page.css prints in a face of their own; all others are in `SANS`."""

OF_THE_SHEET = frozenset("·0123456789")
"""What the style sheet itself prints: dots between facts, and the numbers of proofs."""


class HtmlRenderer:
    """Makes index.html: responsive, light and dark, printable, with its fonts, without script."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One page.

        Raises:
            RenderError: a story could not be placed.
        """
        document = make_document(edition)
        shown = characters_in(fill(document, "", "page"), SHOWN_IN, SANS)
        shown[SANS] |= OF_THE_SHEET | characters_of_links(frame_of(edition))
        sheet = style_sheet("page.css", theme=document.theme)
        if document.theme:
            shown = _everywhere(shown, sheet)
        page = fill(document, f"{face_rules(shown)}\n{sheet}", "page")
        require_placed(document, anchors_in(page), "index.html")
        return (
            Rendition(name="index.html", media_type="text/html; charset=utf-8", data=page.encode()),
        )


def _everywhere(shown: Mapping[Face, frozenset[str]], sheet: str) -> dict[Face, frozenset[str]]:
    """All characters for each face that *sheet*, a theme's, names: what it is for is not known."""
    every = frozenset[str]().union(*shown.values())
    return {face: every for face in shown if f'"{face.family}"' in sheet}
