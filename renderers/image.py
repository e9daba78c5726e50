"""The renderer `png`: an edition as a picture for a phone, or several where it is long."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
from PIL import Image

from pressrun.errors import RenderError
from pressrun.models import Edition, Rendition
from renderers.markup import style_sheet
from renderers.sheet import Sheet, lay_out

LAYOUT_WIDTH_PX = 1080
"""The width that picture.css is drawn for; another width scales the whole."""

FOOT_PX = 48
"""Space left under the last line of a picture, in layout pixels."""

POINTS_PER_PX = 0.75
COLOURS = 256


class ImageRenderer:
    """Makes edition.png, edition-2.png, ...: *width_px* wide, at most *max_height_px* high."""

    def __init__(self, width_px: int = 1080, max_height_px: int = 8000) -> None:
        """Both in pixels of the picture.

        Raises:
            RenderError: the width is not 320 to 2160, or the height not 2 to 14 times the width.
        """
        if not (320 <= width_px <= 2160 and 2 * width_px <= max_height_px <= 14 * width_px):
            raise RenderError(
                f"png: {width_px} x {max_height_px} px is out of bounds; set width_px to 320..2160 "
                "and max_height_px to 2..14 times as much"
            )
        self.scale = width_px / LAYOUT_WIDTH_PX
        self.width_px = width_px
        self.max_height_px = max_height_px

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """Pictures in reading order, cut between stories.

        Raises:
            RenderError: a system library is missing, or a story could not be placed.
        """
        height = int(self.max_height_px / self.scale)
        size = f"@page {{ size: {LAYOUT_WIDTH_PX}px {height}px }}"
        style = f"{style_sheet('faces.css', 'picture.css')}\n{size}"
        sheet = lay_out(edition, style, name="edition.png")
        return tuple(
            Rendition(
                name="edition.png" if number == 1 else f"edition-{number}.png",
                media_type="image/png",
                data=_png(picture),
                missing_glyphs=sheet.missing_glyphs,
            )
            for number, picture in enumerate(self._pictures(sheet), 1)
        )

    def _pictures(self, sheet: Sheet) -> Iterator[Image.Image]:
        """Each page as pixels, without the empty part under its last block."""
        open_pdf: Any = pypdfium2.PdfDocument  # without type information
        with open_pdf(sheet.layout.write_pdf()) as pdf:
            for page, laid_out in zip(pdf, sheet.layout.pages, strict=True):
                boxes = laid_out.anchors.values()
                bottom = max((box[3] for box in boxes), default=laid_out.height) + FOOT_PX
                height = min(round(bottom * self.scale), self.max_height_px)
                yield _pixels(page, self.scale).crop((0, 0, self.width_px, height))
                page.close()


def _pixels(page: Any, scale: float) -> Image.Image:
    # Grey smoothing: coloured fringes would suit one screen and spoil the palette.
    bitmap = page.render(scale=scale / POINTS_PER_PX, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return image


def _png(picture: Image.Image) -> bytes:
    """*picture* in 256 colours, a quarter of the size: ink, paper and the shades between."""
    target = io.BytesIO()
    # Nearer to the true colours than the median cut, and a quarter of its time; "optimize"
    # would take ten times as long for 5 % of the size.
    palette = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(target, "PNG")
    return target.getvalue()
