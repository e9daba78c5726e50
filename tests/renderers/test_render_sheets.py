import io
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from pressrun.errors import RenderError
from pressrun.models import Style
from renderers.document import make_document
from renderers.fetcher import FontFetcher
from renderers.pdf import PdfRenderer
from renderers.sheet import lay_out
from renderers.themes import style_sheet
from tests.renderers.edition_samples import (
    LEAD_SENTENCES,
    RARE,
    ROCKET,
    empty_edition,
    full_edition,
    make_edition,
    make_story,
    mixed_edition,
    mixed_pdf,
)


@pytest.fixture(scope="module")
def reader() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(mixed_pdf().data))


@pytest.fixture(scope="module")
def text(reader: pypdf.PdfReader) -> str:
    return squeeze("".join(page.extract_text() for page in reader.pages))


def squeeze(text: str) -> str:
    return "".join(text.split())


def drawn(**facts: Any) -> pypdf.PdfReader:
    (pdf,) = PdfRenderer().render(full_edition(**facts))
    return pypdf.PdfReader(io.BytesIO(pdf.data))


def fonts_of(reader: pypdf.PdfReader) -> Iterator[Any]:
    pages: Any = reader.pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


def outline(reader: pypdf.PdfReader) -> dict[str, list[str]]:
    """The bookmarks: those of the first level, and below each those of the second."""
    found: dict[str, list[str]] = {}
    for entry in reader.outline:
        if isinstance(entry, list):
            found[list(found)[-1]] = [str(one.title) for one in entry if not isinstance(one, list)]
        else:
            found[str(entry.title)] = []
    return found


def test_each_story_is_in_the_pdf(text: str) -> None:
    for item in make_document(mixed_edition()).items:
        shown = item.title.replace(RARE, "〓").replace(ROCKET, "〓")
        assert squeeze(shown) in text
        assert squeeze("".join(span.text for span in item.summary)) in text


def test_the_pdf_has_pages_and_facts(reader: pypdf.PdfReader) -> None:
    assert mixed_pdf().parts == len(reader.pages) > 2
    assert reader.metadata is not None
    assert reader.metadata.title == "每日要闻 · 2026年10月31日 星期六"
    assert reader.metadata.author == "每日要闻"
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-Hans"
    assert [round(side) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_bookmarks_are_the_sections_with_their_stories() -> None:
    edition = full_edition()
    document, marks = make_document(edition), outline(drawn())
    assert document.lead is not None
    assert marks[document.words.lead] == [document.lead.title]
    for part in document.parts:
        assert marks[part.title] == [item.title for item in part.items]
    assert {document.words.overview, document.words.missing, document.words.colophon} <= set(marks)


def test_the_contents_name_the_page_of_each_story(reader: pypdf.PdfReader) -> None:
    front = reader.pages[0].extract_text()
    pages = [squeeze(page.extract_text()) for page in reader.pages]
    _, _, contents = front.partition("目录")
    rows = [row for row in contents.splitlines() if re.match(r"\d\d(\s|$)", row)]
    assert len(rows) == len(mixed_edition().stories)
    for row in rows:
        number, title = int(row[:2]), squeeze(row[2:])
        assert title[:8] in pages[number - 1]
    assert f"2 / {len(reader.pages)}" in reader.pages[1].extract_text()


def test_each_page_but_the_first_is_headed_by_paper_section_and_day(
    reader: pypdf.PdfReader,
) -> None:
    first, *others = [page.extract_text() for page in reader.pages]
    assert first.count("每日要闻") == 1
    for page in others:
        assert "每日要闻" in page
        assert "2026年10月31日" in page
    assert "本期说明" in others[-1]


def test_the_pdf_carries_our_three_faces_and_nothing_else(reader: pypdf.PdfReader) -> None:
    fonts = list(fonts_of(reader))
    assert {str(font["/BaseFont"]).split("+")[1] for font in fonts} == {
        "Pressrun-Sans",
        "Pressrun-Sans-Bold",
        "Pressrun-Serif-Bold",
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


def test_the_evidence_is_in_notes_where_the_paper_wants_it() -> None:
    plain, noted = (
        squeeze("".join(page.extract_text() for page in drawn(style=style).pages))
        for style in (Style(), Style(pdf_evidence=True))
    )
    for sentence in LEAD_SENTENCES:
        assert squeeze(sentence) not in plain
        assert squeeze(sentence) in noted
    assert "52万立方米1压缩空气" in noted


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


def test_an_empty_edition_is_one_page() -> None:
    (pdf,) = PdfRenderer().render(empty_edition())
    assert pdf.parts == 1
    shown = pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert "No story could be printed" in shown


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x",
        "https://evil.example/",
        "ftp://evil.example/x",
        "data:text/plain,x",
        "data:image/svg+xml;base64,x",
        "pressrun-font:../../pressrun/errors.py",
    ],
)
def test_the_fetcher_refuses_everything_but_our_fonts_and_embedded_pictures(url: str) -> None:
    make_fetcher: Any = FontFetcher
    with pytest.raises(ValueError, match="refused"):
        make_fetcher().fetch(url)
    assert make_fetcher().fetch("pressrun-font:NotoSansSC-Bold.ttf").read(4) == b"\0\1\0\0"
    assert make_fetcher().fetch("data:image/jpeg;base64,/9j/").read() == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "fault", ["#{} {{ display: none }}", "#{} {{ position: absolute; top: 999cm }}"]
)
def test_a_story_that_no_page_shows_is_an_error(fault: str) -> None:
    edition = make_edition((make_story(1), make_story(2, title="失踪的一条")))
    lost = make_document(edition).items[1].anchor
    with pytest.raises(RenderError, match=r"edition\.pdf: 1 of 2 .*失踪的一条"):
        lay_out(
            edition,
            style_sheet("faces.css", "print.css") + fault.format(lost),
            "print",
            name="edition.pdf",
        )


@pytest.mark.parametrize("renderer", ["pdf.PdfRenderer", "image.ImageRenderer"])
def test_without_pango_the_error_names_the_packages(renderer: str) -> None:
    module, name = renderer.split(".")
    code = f"""
import sys, cffi
def dlopen(self, *names): raise OSError("cannot load library 'libgobject-2.0-0'")
cffi.FFI.dlopen = dlopen
from tests.renderers.edition_samples import make_edition
from renderers.{module} import {name}
{name}().render(make_edition(()))
"""  # The samples import the renderers, and those must import without Pango.
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
