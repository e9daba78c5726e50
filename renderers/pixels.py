"""A page of a layout as a picture file."""

import gc
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import pypdfium2
from PIL import Image

Format = Literal["png", "webp"]

POINTS_PER_PX = 0.75
COLOURS = 256

STRIP_PX = 1000
"""Height of what is drawn at a time."""


class Band(NamedTuple):
    """The part of a page that is shown: from *top* to *bottom*, in pixels of the picture."""

    top: int
    bottom: int


def pictures(
    data: bytes, bands: Sequence[Band], *, width_px: int, scale: float = 1.0, form: Format = "png"
) -> Iterator[bytes]:
    """The *bands* of the pages of the PDF *data*, one file each; pages beyond them are left.

    *scale* is in pixels of the picture per CSS pixel of the page.
    """
    gc.collect()  # the layout was 40 MB of cycles, and pixels need the room
    open_pdf: Any = pypdfium2.PdfDocument  # without type information
    with open_pdf(data) as pdf:
        for page, band in zip(pdf, bands, strict=False):
            yield _packed(_pixels(page, scale, width_px, band), form)
            page.close()


def _pixels(page: Any, scale: float, width_px: int, band: Band) -> Image.Image:
    """The left part of *band* in RGB. A whole page is 35 MB; drawn at once it would be 70."""
    whole = Image.new("RGB", (width_px, band.bottom - band.top))
    for top in range(band.top, band.bottom, STRIP_PX):
        strip = Band(top, min(top + STRIP_PX, band.bottom))
        whole.paste(_strip(page, scale, width_px, strip), (0, top - band.top))
    return whole


def _strip(page: Any, scale: float, width_px: int, band: Band) -> Image.Image:
    unit = scale / POINTS_PER_PX
    right = math.ceil(page.get_width() * unit) - width_px
    below = math.ceil(page.get_height() * unit) - band.bottom
    # In points, which are rounded up to whole pixels: half a pixel less stays clear of the next.
    crop = (0, _points(below, unit), _points(right, unit), _points(band.top, unit))
    # Grey smoothing: coloured fringes would suit one screen and spoil the palette.
    bitmap = page.render(scale=unit, crop=crop, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil()  # a copy: RGB is stored in another way
    assert image.mode == "RGB"
    bitmap.close()
    return image


def _points(px: int, unit: float) -> float:
    return max(0.0, (px - 0.5) / unit)


def _packed(picture: Image.Image, form: Format) -> bytes:
    """*picture* as a file, in 256 colours, a quarter of the size: ink, paper and what is between.

    WebP without loss: of type, the lossy kind is neither smaller nor crisp.
    """
    target = io.BytesIO()
    # The octree is nearer to the true colours than the median cut, in a quarter of its time; but it
    # takes 70 MB for a whole page, where a quarter of the pixels have all its colours.
    sample = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.NEAREST)
    palette = sample.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    # PNG's "optimize" would take ten times as long for 5 % of the size.
    if form == "webp":
        few.convert("RGB").save(target, "WEBP", lossless=True, quality=30, method=2)
    else:
        few.save(target, "PNG")
    return target.getvalue()
