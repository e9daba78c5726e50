"""The renderer `png`: an edition as a picture for a phone, or several where it is long."""

import gc
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
from PIL import Image

from pressrun.errors import RenderError
from pressrun.models import Edition, Rendition
from renderers.markup import style_sheet
from renderers.sheet import lay_out

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
        pdf, heights_px, missing = self._laid_out(edition, style)
        gc.collect()  # the layout is 40 MB of cycles, and pixels need the room
        return tuple(
            Rendition(
                name="edition.png" if number == 1 else f"edition-{number}.png",
                media_type="image/png",
                data=picture,
                missing_glyphs=missing,
            )
            for number, picture in enumerate(self._pictures(pdf, heights_px), 1)
        )

    def _laid_out(
        self, edition: Edition, style: str
    ) -> tuple[bytes, tuple[int, ...], tuple[str, ...]]:
        """A PDF, the height of each page to its last block, and the missing glyphs."""
        sheet = lay_out(edition, style, name="edition.png")
        heights_px = []
        for page in sheet.layout.pages:
            boxes = page.anchors.values()
            bottom = max((box[3] for box in boxes), default=page.height) + FOOT_PX
            heights_px.append(min(round(bottom * self.scale), self.max_height_px))
        return sheet.layout.write_pdf(), tuple(heights_px), sheet.missing_glyphs

    def _pictures(self, data: bytes, heights_px: Sequence[int]) -> Iterator[bytes]:
        """Each page as a PNG file, without the empty part under its last block."""
        open_pdf: Any = pypdfium2.PdfDocument  # without type information
        with open_pdf(data) as pdf:
            for page, height_px in zip(pdf, heights_px, strict=True):
                yield _png(_pixels(page, self.scale, self.width_px, height_px))
                page.close()


def _pixels(page: Any, scale: float, width_px: int, height_px: int) -> Image.Image:
    """The upper left part of the page in RGB. A whole page is 60 MB while it is made."""
    unit = scale / POINTS_PER_PX
    right = math.ceil(page.get_width() * unit) - width_px
    below = math.ceil(page.get_height() * unit) - height_px
    # In points, which are rounded up to whole pixels: half a pixel less stays clear of the next.
    crop = (0, max(0, (below - 0.5) / unit), max(0, (right - 0.5) / unit), 0)
    # Grey smoothing: coloured fringes would suit one screen and spoil the palette.
    bitmap = page.render(scale=unit, crop=crop, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil()  # a copy: RGB is stored in another way
    assert image.mode == "RGB"
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
