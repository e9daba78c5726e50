"""The renderer `png`: an edition as a picture for a phone, or several where it is long."""

from collections.abc import Sequence
from typing import Any

from pressrun.errors import RenderError
from pressrun.models import Edition, Rendition
from renderers.pixels import Band, Format, pictures
from renderers.sheet import lay_out
from renderers.themes import style_sheet

LAYOUT_WIDTH_PX = 1080
"""The width that picture.css is drawn for; another width scales the whole."""

HEAD_PX = 72
"""Height of the head in picture.css, which tells the parts apart; a lone picture has none."""

FOOT_PX = 56
"""Space left under the last line of a picture, in layout pixels."""

WEBP_MAX_PX = 16_383
"""No side of a WebP picture is longer (RFC 9649, section 2.5)."""


class ImageRenderer:
    """Makes edition.png, edition-2.png, ...: *width_px* wide, at most *max_height_px* high."""

    def __init__(
        self, width_px: int = 1080, max_height_px: int = 8000, format: Format = "png"
    ) -> None:
        """Both in pixels of the picture; *format* is also the files' extension.

        Raises:
            RenderError: the width is not 320 to 2160, the height not 2 to 14 times the width or
                more than the format has, or the format is neither png nor webp.
        """
        if not (320 <= width_px <= 2160 and 2 * width_px <= max_height_px <= 14 * width_px):
            raise RenderError(
                f"png: {width_px} x {max_height_px} px is out of bounds; set width_px to 320..2160 "
                "and max_height_px to 2..14 times as much"
            )
        if format not in ("png", "webp"):
            raise RenderError(f"png: no format is called {format!r}; set format to png or webp")
        if format == "webp" and max_height_px > WEBP_MAX_PX:
            raise RenderError(
                f"png: {max_height_px} px is more than WebP has; set max_height_px to "
                f"{WEBP_MAX_PX} or less, or format to png"
            )
        self.scale = width_px / LAYOUT_WIDTH_PX
        self.width_px = width_px
        self.max_height_px = max_height_px
        self.format = format

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """Pictures in reading order, cut between stories and numbered.

        Raises:
            RenderError: a system library is missing, or a story could not be placed.
        """
        data, bands, missing = self._laid_out(edition)
        files = pictures(data, bands, width_px=self.width_px, scale=self.scale, form=self.format)
        return tuple(
            Rendition(
                name=self._name(number),
                media_type=f"image/{self.format}",
                data=picture,
                missing_glyphs=missing,
            )
            for number, picture in enumerate(files, 1)
        )

    def _name(self, number: int) -> str:
        return f"edition.{self.format}" if number == 1 else f"edition-{number}.{self.format}"

    def _laid_out(self, edition: Edition) -> tuple[bytes, tuple[Band, ...], tuple[str, ...]]:
        """A PDF, what is shown of each of its pages, and the missing glyphs."""
        height = int(self.max_height_px / self.scale)
        size = f"@page {{ size: {LAYOUT_WIDTH_PX}px {height}px }}"
        style = f"{style_sheet('faces.css', 'picture.css', theme=edition.style.theme)}\n{size}"
        sheet = lay_out(edition, style, "picture", name=self._name(1))
        pages = sheet.layout.pages
        top = round(HEAD_PX * self.scale) if len(pages) == 1 else 0
        bands = tuple(Band(top, self._bottom(page)) for page in pages)
        return sheet.layout.write_pdf(), bands, sheet.missing_glyphs

    def _bottom(self, page: Any) -> int:
        """Where the picture of *page* ends: a foot below its last block."""
        last: float = max((box[3] for box in page.anchors.values()), default=page.height)
        return min(round((last + FOOT_PX) * self.scale), self.max_height_px)
