"""The small pictures of stories: what is made of which file, what is recorded, what it may cost."""

import asyncio
import io
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from PIL import Image, ImageDraw

from pressrun.archive import Archive
from pressrun.errors import FetchError
from pressrun.models import Headline, Thumbnail
from settings import FetchSettings, PaperSettings
from tasks.fetch import Fetcher
from tasks.thumbnail import LARGEST_PX, illustrated, make_thumbnail, thumbnail_of
from tasks.workers import Workers
from tests.pressrun.archive.archive_desk import DAY, Desk

values = Desk()


def drawn(size: tuple[int, int], form: str = "PNG", **more: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(stream, form, **more)
    return stream.getvalue()


def opened(thumbnail: Thumbnail) -> Image.Image:
    image = Image.open(io.BytesIO(thumbnail.data))
    assert image.size == (thumbnail.width_px, thumbnail.height_px)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_jpeg(form: str) -> None:
    made = make_thumbnail(drawn((900, 700), form))
    assert opened(made).size == LARGEST_PX
    assert len(made.data) < 20_000


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((1600, 900), (480, 320)), ((300, 900), (300, 200)), ((150, 90), (135, 90))],
    ids=["wide", "tall", "small"],
)
def test_it_is_cut_to_three_by_two_and_never_enlarged(
    size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    assert opened(make_thumbnail(drawn(size))).size == becomes


def test_nothing_of_the_file_is_left_but_the_picture() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret"
    said = {"exif": exif, "comment": b"secret", "icc_profile": b"secret" * 30}
    made = make_thumbnail(drawn((600, 400), "JPEG", **said))
    assert b"secret" not in made.data
    assert not opened(made).getexif()


def test_a_picture_taken_sideways_stands_upright() -> None:
    image = Image.new("RGB", (600, 600), "black")
    ImageDraw.Draw(image).rectangle((0, 0, 600, 200), fill="white")
    exif, stream = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6  # the first row is the right side
    image.save(stream, "JPEG", exif=exif)
    upright = opened(make_thumbnail(stream.getvalue())).convert("L")
    assert upright.getpixel((460, 160)) > 200  # type: ignore[operator]
    assert upright.getpixel((20, 160)) < 50  # type: ignore[operator]


def test_what_is_transparent_is_white() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(stream, "PNG")
    assert opened(make_thumbnail(stream.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data does not have."""
    body = bytearray(drawn((200, 200)))
    body[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    body[29:33] = zlib.crc32(body[12:29]).to_bytes(4, "big")
    return bytes(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        drawn((400, 300))[:200],
        drawn((1, 1), "GIF"),
        drawn((400, 300), "BMP"),
        drawn((400, 300), "TIFF"),
        claiming(60_000, 60_000),
        claiming(7_000, 7_000),
    ],
    ids=["empty", "svg", "cut", "counter", "bmp", "tiff", "bomb", "too-many-pixels"],
)
def test_what_is_no_picture_to_show_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(FetchError) as caught:
        make_thumbnail(body)
    assert not caught.value.transient


class Shop:
    """A server of pictures; *answers* by path: type and body, or a status."""

    answers: dict[str, tuple[str, bytes] | int]

    def __init__(self) -> None:
        self.answers = {
            "/a.png": ("image/png", drawn((640, 360))),
            "/page": ("text/html", b"<p>"),
            "/broken.jpg": ("image/jpeg", b"no"),
            "/large.jpg": ("image/jpeg", b"x" * 3_000_001),
            "/busy.jpg": 500,
        }
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path)
        answer = self.answers[request.path]
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response(body=answer[1], content_type=answer[0])


@asynccontextmanager
async def serving(shop: Shop) -> AsyncIterator[str]:
    """Where *shop* answers, for the block."""
    runner = web.ServerRunner(web.Server(shop), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as open_workers:
        yield open_workers


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(str(tmp_path / "archive"))


async def pictures(
    shop: Shop, archive: Archive, workers: Workers, *paths: str, runs: int = 1, **paper: Any
) -> list[Thumbnail | None]:
    """What the last of *runs* has of the pictures at *paths*."""
    fetch = FetchSettings(private_hosts=True, host_delay_s=0)
    made: list[Thumbnail | None] = []
    async with serving(shop) as site, Fetcher(fetch) as fetcher:
        desk: Any = SimpleNamespace(
            order=SimpleNamespace(paper=PaperSettings(**paper), edition_date=DAY),
            archive=archive,
            fetcher=fetcher,
            workers=workers,
            settings=SimpleNamespace(fetch=fetch),
        )
        for _ in range(runs):
            headlines = [headline(f"{site}{path}") for path in paths]
            made = list(await asyncio.gather(*(thumbnail_of(desk, one) for one in headlines)))
    return made


def headline(image_url: str | None) -> Headline:
    return values.headline(image_url=image_url)


async def test_a_second_run_asks_nothing_of_what_was_made_or_never_will_be(
    archive: Archive, workers: Workers
) -> None:
    shop = Shop()
    paths = ("/a.png", "/page", "/broken.jpg", "/large.jpg")
    made, *others = await pictures(shop, archive, workers, *paths, runs=2)
    assert made is not None
    assert made.data == b"", "the bytes are in the store"
    assert (made.width_px, made.height_px) == (480, 320)
    assert others == [None, None, None]
    assert sorted(shop.asked) == sorted(paths)


async def test_what_may_pass_is_tried_again_by_the_next_run(
    archive: Archive, workers: Workers
) -> None:
    shop = Shop()
    assert await pictures(shop, archive, workers, "/busy.jpg", runs=2) == [None]
    assert shop.asked == ["/busy.jpg", "/busy.jpg"]


async def test_a_paper_without_pictures_asks_for_none(archive: Archive, workers: Workers) -> None:
    shop = Shop()
    assert await pictures(shop, archive, workers, "/a.png", thumbnails=False) == [None]
    assert shop.asked == []


async def test_a_renderer_is_given_the_bytes_and_the_manifest_is_not(
    archive: Archive, workers: Workers
) -> None:
    [made] = await pictures(Shop(), archive, workers, "/a.png")
    stories = (values.story(1, thumbnail=made), values.story(2))
    edition = values.edition().model_copy(update={"stories": stories})
    shown = illustrated(archive.store, edition)
    assert shown.stories[0].thumbnail is not None
    assert opened(shown.stories[0].thumbnail)
    assert shown.stories[1] == stories[1]
    assert shown.model_dump_json() == edition.model_dump_json()


async def test_a_story_whose_picture_is_gone_is_printed_without(
    archive: Archive, workers: Workers, tmp_path: Path
) -> None:
    [made] = await pictures(Shop(), archive, workers, "/a.png")
    assert made is not None
    edition = values.edition().model_copy(update={"stories": (values.story(1, thumbnail=made),)})
    for image in (tmp_path / "archive" / "store" / "images").rglob("*.jpg"):
        image.write_bytes(b"no more")
    assert illustrated(archive.store, edition).stories[0].thumbnail is None
