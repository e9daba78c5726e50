"""A small picture of an edition's first page, to be shown where no file can be linked to."""

import base64
import io

from PIL import Image

from pressrun.archive import Archive
from pressrun.models import Edition

WIDTH_PX, HEIGHT_PX = 480, 640
QUALITY = 70
"""Of the JPEG: 25 to 50 KB for a page of text."""


def preview(archive: Archive, edition: Edition) -> str | None:
    """The top of the edition's first picture as a `data:` address; None when it has none."""
    names = [r.name for r in edition.renditions if r.media_type.startswith("image/")]
    data = archive.editions.rendition(edition, names[0]) if names else None
    return _small(data) if data else None


def _small(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as whole:
        top = whole.crop(
            (0, 0, whole.width, min(whole.height, whole.width * HEIGHT_PX // WIDTH_PX))
        )
        small = top.convert("RGB")
        small.thumbnail((WIDTH_PX, HEIGHT_PX))
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(packed.getvalue()).decode()}"
