import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from PIL import Image

from pressrun.errors import RenderError
from renderers.document import make_document
from renderers.fetcher import FontFetcher
from renderers.image import ImageRenderer
from renderers.markup import style_sheet
from renderers.pdf import PdfRenderer
from renderers.sheet import lay_out
from tests.renderers.edition_samples import (
    RARE,
    ROCKET,
    empty_edition,
    make_edition,
    make_story,
    mixed_edition,
    mixed_pdf,
    mixed_pictures,
)


@pytest.fixture(scope="module")
def reader() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(mixed_pdf().data))


@pytest.fixture(scope="module")
def text(reader: pypdf.PdfReader) -> str:
    return squeeze("".join(page.extract_text() for page in reader.pages))


def squeeze(text: str) -> str:
    return "".join(text.split())


def fonts_of(reader: pypdf.PdfReader) -> Iterator[Any]:
    pages: Any = reader.pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


def test_each_story_is_in_the_pdf(text: str) -> None:
    for item in make_document(mixed_edition()).items:
        shown = item.title.replace(RARE, "〓").replace(ROCKET, "〓")
        assert squeeze(shown) in text
        assert squeeze(item.summary) in text


def test_the_pdf_has_pages_an_outline_and_facts(reader: pypdf.PdfReader) -> None:
    assert mixed_pdf().parts == len(reader.pages) > 2
    labels = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    assert labels[0] == "未能刊登"
    assert labels[-1] == "本期说明"
    assert len(labels) == len(mixed_edition().stories) + 2
    assert labels[1].startswith("1")
    assert reader.metadata is not None
    assert reader.metadata.title == "每日要闻 · 2026年10月31日 星期六"
    assert reader.metadata.author == "每日要闻"
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-Hans"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert [round(side) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_the_contents_name_the_page_of_each_story(reader: pypdf.PdfReader) -> None:
    front = reader.pages[0].extract_text()
    assert "目录" in front
    rows = [line for line in front.splitlines() if "央行下调" in line or "初雪" in line]
    assert rows
    assert all(row.split()[-1].isdigit() for row in rows)
    assert f"2 / {len(reader.pages)}" in reader.pages[1].extract_text()


def test_the_pdf_carries_regular_and_bold_of_ours_and_nothing_else(
    reader: pypdf.PdfReader,
) -> None:
    fonts = list(fonts_of(reader))
    assert {str(font["/BaseFont"]).split("+")[1] for font in fonts} == {
        "Pressrun-Sans",
        "Pressrun-Sans-Bold",
    }
    for font in fonts:
        assert "/FontFile2" in font["/FontDescriptor"].get_object()


def test_links_in_the_pdf_are_http_only(reader: pypdf.PdfReader) -> None:
    pages: Any = reader.pages
    targets = [
        note.get_object()["/A"]["/URI"]
        for page in pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert len(set(targets)) == 11
    assert all(str(target).startswith("https://news.example.com/") for target in targets)


def test_a_missing_glyph_is_reported_and_no_box_is_printed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    edition = make_edition((make_story(1, title=f"罕见字{RARE}{ROCKET}"),))
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        (pdf,) = PdfRenderer().render(edition)
    assert caplog.messages == []  # neither ".notdef glyph rendered" nor a dropped rule
    assert pdf.missing_glyphs == (ROCKET, RARE)
    text = pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert "罕见字〓〓" in text
    assert "U+1F680 ROCKET" in text


def test_the_same_edition_makes_the_same_pdf() -> None:
    edition = make_edition((make_story(1),))
    assert PdfRenderer().render(edition) == PdfRenderer().render(edition)


def test_empty_editions_print() -> None:
    (pdf,) = PdfRenderer().render(empty_edition())
    (picture,) = ImageRenderer().render(empty_edition())
    assert pdf.parts == 1
    assert (
        "No story could be printed" in pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    )
    assert 600 < Image.open(io.BytesIO(picture.data)).height < 2000


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x",
        "https://evil.example/",
        "ftp://evil.example/x",
        "data:text/plain,x",
        "pressrun-font:../../pressrun/errors.py",
    ],
)
def test_the_fetcher_refuses_everything_but_our_fonts(url: str) -> None:
    make_fetcher: Any = FontFetcher
    with pytest.raises(ValueError, match="refused"):
        make_fetcher().fetch(url)
    assert make_fetcher().fetch("pressrun-font:NotoSansSC-Bold.ttf").read(4) == b"\0\1\0\0"


@pytest.mark.parametrize(
    "fault", ["#story-2 { display: none }", "#story-2 { position: absolute; top: 999cm }"]
)
def test_a_story_that_no_page_shows_is_an_error(fault: str) -> None:
    edition = make_edition((make_story(1), make_story(2, title="失踪的一条")))
    with pytest.raises(RenderError, match=r"edition\.pdf: 1 of 2 .*失踪的一条"):
        lay_out(edition, style_sheet("faces.css", "print.css") + fault, name="edition.pdf")


def test_pictures_are_1080_wide_within_the_height_and_few_in_colours() -> None:
    pictures = [Image.open(io.BytesIO(part.data)) for part in mixed_pictures()]
    assert [part.name for part in mixed_pictures()][:3] == [
        "edition.png",
        "edition-2.png",
        "edition-3.png",
    ]
    assert {picture.width for picture in pictures} == {1080}
    assert max(picture.height for picture in pictures) <= 2600
    assert {picture.mode for picture in pictures} == {"P"}
    assert mixed_pictures()[0].missing_glyphs == mixed_pdf().missing_glyphs


def test_pictures_are_cut_between_stories_and_end_in_paper() -> None:
    style = style_sheet("faces.css", "picture.css") + "@page { size: 1080px 2600px }"
    pages = lay_out(mixed_edition(), style, name="edition.png").layout.pages
    stories = [anchor for page in pages for anchor in page.anchors if anchor.startswith("story-")]
    assert stories == [item.anchor for item in make_document(mixed_edition()).items]
    assert len(pages) == len(mixed_pictures()) > 2
    for part in mixed_pictures():
        picture = Image.open(io.BytesIO(part.data)).convert("RGB")
        foot = picture.crop((0, picture.height - 24, 1080, picture.height))
        assert foot.getcolors() == [(1080 * 24, foot.getpixel((0, 0)))]
        assert len(picture.crop((64, 0, 1016, 400)).getcolors(10**6) or ()) > 2  # there is ink


def test_another_width_scales_the_picture() -> None:
    (picture,) = ImageRenderer(width_px=540, max_height_px=4000).render(
        make_edition((make_story(1),))
    )
    assert Image.open(io.BytesIO(picture.data)).width == 540
    with pytest.raises(RenderError, match="out of bounds"):
        ImageRenderer(width_px=10)


def test_without_pango_the_error_names_the_packages() -> None:
    code = """
import sys, cffi
def dlopen(self, *names): raise OSError("cannot load library 'libgobject-2.0-0'")
cffi.FFI.dlopen = dlopen
from datetime import UTC, date, datetime
from tests.renderers.edition_samples import make_edition
"""
    # The samples import the renderers, and those must import without Pango.
    code += "from renderers.pdf import PdfRenderer\nPdfRenderer().render(make_edition(()))\n"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=__file__.rpartition("/")[0],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "RenderError: WeasyPrint needs system libraries" in result.stderr
    assert "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0" in result.stderr
    assert result.stdout == ""
