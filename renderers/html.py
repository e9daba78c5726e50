"""The renderer `html`: an edition as one self-contained web page."""

from collections.abc import Sequence

from pressrun.models import Edition, Rendition
from renderers.document import make_document
from renderers.markup import anchors_in, fill, require_placed, style_sheet


class HtmlRenderer:
    """Makes index.html: responsive, light and dark, printable, without script or resources."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One page.

        Raises:
            RenderError: a story could not be placed.
        """
        document = make_document(edition)
        page = fill(document, style_sheet("page.css"), secure=True)
        require_placed(document, anchors_in(page), "index.html")
        return (
            Rendition(name="index.html", media_type="text/html; charset=utf-8", data=page.encode()),
        )
