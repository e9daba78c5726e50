"""The renderer `card`: the front of an edition as one small picture, to be shared."""

from collections.abc import Sequence
from dataclasses import replace

from pressrun.models import Edition, Rendition
from pressrun.reading import anchor_of, prominence
from renderers.document import Document, Part, make_document
from renderers.markup import fill
from renderers.pixels import Band, pictures
from renderers.sheet import Sheet, typeset
from renderers.themes import style_sheet

WIDTH_PX, HEIGHT_PX = 1080, 1440

FOOT_PX = 130
"""Height of the foot in card.css, which no headline reaches into."""

MOST = 7
"""Headlines on a card: more would be too small to be read in a chat."""

AIR_PX = (8, 40)
"""Space above and below a headline, least and most: what is left over is shared out."""


class CardRenderer:
    """Makes card.png, 1080 x 1440: masthead, day, counts and the leading headlines."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One picture.

        Raises:
            RenderError: a system library is missing, or the theme's template is at fault.
        """
        sheet = composed(cover(edition), edition.style.theme)
        (picture,) = pictures(sheet.layout.write_pdf(), [Band(0, HEIGHT_PX)], width_px=WIDTH_PX)
        return (
            Rendition(
                name="card.png",
                media_type="image/png",
                data=picture,
                missing_glyphs=sheet.missing_glyphs,
            ),
        )


def cover(edition: Edition) -> Document:
    """The document of *edition*, of which only the `MOST` prominent stories are left.

    After the leading one each is in a part of its own, which bears the title of its section.
    """
    document = make_document(edition)
    found = {item.anchor: (part, item) for part in document.parts for item in part.items}
    ranked = (anchor_of(story.url) for story in sorted(edition.stories, key=prominence))
    chosen = [found[anchor] for anchor in ranked if anchor in found][: MOST - 1]
    return replace(
        document,
        parts=tuple(Part(item.anchor, part.title, (item,)) for part, item in chosen),
    )


def composed(document: Document, theme: str) -> Sheet:
    """The card: as many headlines as one page holds, spread over what it has."""
    style = style_sheet("faces.css", "card.css", theme=theme)
    least, most = AIR_PX
    page = _typeset(document, style, least).layout.pages[0]
    parts = tuple(part for part in document.parts if part.anchor in page.anchors)
    bottom = max((box[3] for box in page.anchors.values()), default=HEIGHT_PX)
    left_px = max(0, HEIGHT_PX - FOOT_PX - bottom)
    air_px = least + int(left_px / (2 * len(parts) + 1))
    return _typeset(replace(document, parts=parts), style, min(air_px, most))


def _typeset(document: Document, style: str, air_px: int) -> Sheet:
    airy = f"{style}\n.headline {{ padding-top: {air_px}px; padding-bottom: {air_px}px }}"
    return typeset(document, lambda one: fill(one, airy, "card"))
