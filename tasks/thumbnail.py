"""The small pictures of stories: fetched under the fetch rules, made anew, kept in the store.

What a source names as a picture is hostile input. It is decoded in a worker process, under limits
of bytes, pixels and seconds; what is printed is a JPEG of our own making with nothing of the file
in it but the picture. A picture that cannot be had costs its story nothing.
"""

import asyncio
import hashlib
import io
import logging
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

from pressrun.archive import Failed, Store
from pressrun.errors import FetchError, PressrunError, WorkerDied
from pressrun.models import Edition, Headline, Story, Thumbnail
from tasks.desk import Desk
from tasks.order import utc_now

logger = logging.getLogger(__name__)

LARGEST_PX = (480, 320)
"""Width and height, at most; the shape is always 3:2."""

LEAST_PX = (120, 80)
"""What is smaller is an icon or a counter, no picture."""

MOST_PIXELS = 40_000_000
MOST_DECODED = 16_000_000
"""Pixels: of a JPEG fewer are decoded than it has, of others all, at four bytes each."""

MOST_BYTES = 3_000_000
QUALITY = 72
MAKER = f"{LARGEST_PX[0]}x{LARGEST_PX[1]} q{QUALITY} 1"
"""Of the rules here: pictures made by others are made again."""

LONGEST_S = 30.0
"""A story waits for its picture no longer than this, from when its article was read."""
DECODING_S = 10.0

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError),
    *(ArithmeticError, LookupError, TypeError, AttributeError, MemoryError, RuntimeError),
)
"""What Pillow's readers raise on files that are not what they say."""
_READERS = 8


async def thumbnail_of(desk: Desk, headline: Headline) -> Thumbnail | None:
    """The picture of *headline*, from the store or fetched; None where there is none to be had.

    Only a final failure is recorded; what may pass is tried again by the next run.
    """
    url = headline.image_url
    if url is None or not desk.order.paper.thumbnails:
        return None
    store, day = desk.archive.store, desk.order.edition_date
    under = f"maker={MAKER},private_hosts={desk.settings.fetch.private_hosts}"
    try:
        found = await asyncio.to_thread(store.find_picture, day, url, conditions=under)
        if found is not None:
            return found if isinstance(found, Thumbnail) else None
        try:
            async with asyncio.timeout(LONGEST_S):
                picture = await _made(desk, url)
        except PressrunError as exc:
            if not exc.transient:
                failed = Failed.of(exc, conditions=under, at=utc_now())
                await asyncio.to_thread(store.record_picture, day, url, failed, conditions=under)
            raise
        await asyncio.to_thread(store.record_picture, day, url, picture, conditions=under)
    except (PressrunError, TimeoutError) as exc:
        logger.debug("%d has no picture: %s", headline.rank, exc or f"over {LONGEST_S:g} s")
        return None
    return picture.model_copy(update={"data": b""})


async def _made(desk: Desk, url: str) -> Thumbnail:
    body = await desk.fetcher.fetch_picture(url, MOST_BYTES)
    try:
        return await desk.workers.run(make_thumbnail, body, timeout_s=DECODING_S)
    except TimeoutError as exc:
        raise FetchError(f"{url}: the picture took over {DECODING_S:g} s to decode") from exc
    except WorkerDied as exc:
        raise FetchError(f"{url}: the picture ended the process that decoded it") from exc


def make_thumbnail(body: bytes) -> Thumbnail:
    """The picture in *body* as a small JPEG: the first frame, upright, cut to 3:2.

    Raises:
        FetchError: it is no picture that is shown, or too small or too large to be one.
    """
    from PIL import Image, ImageFile, ImageOps  # only workers decode

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, sets it

    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as opened:
            if opened.width < LEAST_PX[0] or opened.height < LEAST_PX[1]:
                raise FetchError(f"the picture is smaller than {LEAST_PX[0]} x {LEAST_PX[1]}")
            if opened.width * opened.height > MOST_PIXELS:
                raise FetchError(f"the picture has over {MOST_PIXELS} pixels")
            opened.draft("RGB", (2 * LARGEST_PX[0], 2 * LARGEST_PX[1]))
            if opened.width * opened.height > MOST_DECODED:
                raise FetchError(f"the picture has over {MOST_DECODED} pixels to decode")
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
        width = min(upright.width, upright.height * 3 // 2, LARGEST_PX[0])
        size = width, max(width * 2 // 3, 1)
        # In a portrait what matters is rather above the middle.
        cut = ImageOps.fit(upright, size, centering=(0.5, 0.35))
        plain = Image.new("RGB", size, "white")
        plain.paste(cut, mask=cut)
        stream = io.BytesIO()
        plain.save(stream, "JPEG", quality=QUALITY, optimize=True)
    except (*_BROKEN, Image.DecompressionBombError) as exc:
        raise FetchError(f"no picture that can be read: {exc}") from exc
    data = stream.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    return Thumbnail(sha256=sha256, width_px=size[0], height_px=size[1], data=data)


def illustrated(store: Store, edition: Edition) -> Edition:
    """*edition* with the bytes of its pictures, as a renderer is given it.

    A story whose picture is gone or damaged is printed without.
    """
    with ThreadPoolExecutor(_READERS) as readers:
        stories = tuple(readers.map(lambda story: _illustrated(store, story), edition.stories))
    return edition.model_copy(update={"stories": stories})


def _illustrated(store: Store, story: Story) -> Story:
    if story.thumbnail is None:
        return story
    data = store.get_image(story.thumbnail.sha256)
    picture = story.thumbnail.model_copy(update={"data": data}) if data else None
    return story.model_copy(update={"thumbnail": picture})
