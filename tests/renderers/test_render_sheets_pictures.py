import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from pressrun.errors import RenderError
from renderers.document import make_document
from renderers.image import HEAD_PX, ImageRenderer
from renderers.pixels import STRIP_PX
from renderers.sheet import lay_out
from renderers.themes import style_sheet
from tests.renderers.edition_samples import (
    empty_edition,
    make_edition,
    make_story,
    make_thumbnail,
    mixed_edition,
    mixed_pdf,
    mixed_pictures,
)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_pictures_are_1080_wide_within_the_height_and_few_in_colours() -> None:
    pictures = [opened(part.data) for part in mixed_pictures()]
    assert [part.name for part in mixed_pictures()][:3] == [
        "edition.png",
        "edition-2.png",
        "edition-3.png",
    ]
    assert {part.media_type for part in mixed_pictures()} == {"image/png"}
    assert {picture.width for picture in pictures} == {1080}
    assert max(picture.height for picture in pictures) <= 2600
    assert {picture.mode for picture in pictures} == {"P"}
    assert mixed_pictures()[0].missing_glyphs == mixed_pdf().missing_glyphs


def test_pictures_are_cut_between_stories_and_end_in_paper() -> None:
    style = style_sheet("faces.css", "picture.css") + "@page { size: 1080px 2600px }"
    pages = lay_out(mixed_edition(), style, "picture", name="edition.png").layout.pages
    stories = [anchor for page in pages for anchor in page.anchors if anchor.startswith("s-")]
    assert stories == [item.anchor for item in make_document(mixed_edition()).items]
    assert len(pages) == len(mixed_pictures()) > 2
    for part in mixed_pictures():
        picture = opened(part.data).convert("RGB")
        foot = picture.crop((0, picture.height - 24, 1080, picture.height))
        assert foot.getcolors() == [(1080 * 24, foot.getpixel((0, 0)))]
        assert len(picture.crop((64, 0, 1016, 400)).getcolors(10**6) or ()) > 2  # there is ink


def test_parts_are_numbered_and_a_lone_picture_is_not() -> None:
    style = style_sheet("faces.css", "picture.css") + "@page { size: 1080px 2600px }"
    layout = lay_out(mixed_edition(), style, "picture", name="edition.png").layout
    open_pdf: Any = pypdfium2.PdfDocument
    with open_pdf(layout.write_pdf()) as pdf:
        heads = [
            page.get_textpage().get_text_bounded(bottom=page.get_height() - HEAD_PX * 0.75)
            for page in pdf
        ]
    assert [head.split()[-3:] for head in heads] == [
        [str(number), "/", str(len(heads))] for number in range(1, len(heads) + 1)
    ]
    assert all(head.startswith("每日要闻") for head in heads[1:])
    (alone,) = ImageRenderer().render(make_edition((make_story(1),)))
    top = opened(alone.data).convert("RGB").crop((0, 0, 1080, 36))
    assert len(top.getcolors() or ()) == 1


def test_a_picture_drawn_in_strips_has_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = make_edition((make_story(1), make_story(2)))
    made = []
    for strip_px in (STRIP_PX, 100_000):
        monkeypatch.setattr("renderers.pixels.STRIP_PX", strip_px)
        made.append(ImageRenderer().render(edition))
    assert made[0] == made[1]


def test_another_width_scales_the_picture() -> None:
    (picture,) = ImageRenderer(width_px=540, max_height_px=4000).render(
        make_edition((make_story(1),))
    )
    assert opened(picture.data).width == 540
    with pytest.raises(RenderError, match="out of bounds"):
        ImageRenderer(width_px=10)


def test_webp_shows_the_same_pixels_in_a_smaller_file() -> None:
    edition = make_edition((make_story(1), make_story(2)))
    (png,) = ImageRenderer().render(edition)
    (webp,) = ImageRenderer(format="webp").render(edition)
    assert (webp.name, webp.media_type) == ("edition.webp", "image/webp")
    assert opened(webp.data).format == "WEBP"
    assert opened(webp.data).convert("RGB").tobytes() == opened(png.data).convert("RGB").tobytes()
    assert len(webp.data) < len(png.data)


def test_a_webp_picture_too_high_for_the_format_and_an_unknown_format_are_refused() -> None:
    with pytest.raises(RenderError, match="set max_height_px to 16383"):
        ImageRenderer(width_px=2160, max_height_px=20_000, format="webp")
    with pytest.raises(RenderError, match="no format is called 'gif'"):
        ImageRenderer(format="gif")  # type: ignore[arg-type]


def test_an_empty_edition_is_a_short_picture() -> None:
    (picture,) = ImageRenderer().render(empty_edition())
    assert 600 < opened(picture.data).height < 2000


def test_a_thumbnail_stays_with_its_story_wherever_the_pictures_are_cut() -> None:
    edition = make_edition(
        tuple(make_story(rank, thumbnail=make_thumbnail()) for rank in range(1, 16))
    )
    style = style_sheet("faces.css", "picture.css") + "@page { size: 1080px 2300px }"
    pages = lay_out(edition, style, "picture", name="edition.png").layout.pages
    shown = [
        (story, picture)
        for page in pages
        for story in boxes(page._page_box, "article")
        for picture in boxes(story, "img")
    ]
    assert len(pages) > 3
    assert len(shown) == 15
    for story, picture in shown:
        assert story.position_y <= picture.position_y
        assert picture.position_y + picture.height <= story.position_y + story.height + 60


def boxes(box: Any, tag: str) -> Iterator[Any]:
    """Boxes of elements called *tag* in *box*."""
    if getattr(box, "element_tag", "") == tag:
        yield box
        return
    for child in getattr(box, "children", ()):
        yield from boxes(child, tag)
