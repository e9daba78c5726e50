"""The PDF for those who do not see it: PDF/UA-1 (ISO 14289-1), as far as a program can tell."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdf
import pytest

from pressrun.models import Style
from renderers.document import make_document
from renderers.pdf import PdfRenderer
from tests.renderers.edition_samples import full_edition


@pytest.fixture(scope="module")
def root() -> Any:
    (pdf,) = PdfRenderer().render(full_edition(style=Style(pdf_evidence=True)))
    return pypdf.PdfReader(io.BytesIO(pdf.data)).trailer["/Root"]


@pytest.fixture(scope="module")
def elements(root: Any) -> list[Any]:
    return list(below(root["/StructTreeRoot"]))


def below(element: Any) -> Iterator[Any]:
    """The elements of a structure tree in reading order."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        one = kid.get_object()
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from below(one)


def annotations(root: Any) -> Iterator[Any]:
    for page in root["/Pages"]["/Kids"]:
        for note in page.get_object().get("/Annots", []):
            yield note.get_object()


def test_the_file_says_that_it_is_tagged_and_shows_its_title(root: Any) -> None:
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Lang"] == "zh-Hans"
    facts = root["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in facts
    assert "每日要闻" in facts


def test_headings_skip_no_level_and_begin_with_the_paper(elements: list[Any]) -> None:
    levels = [int(one["/S"][2]) for one in elements if one["/S"] in ("/H1", "/H2", "/H3")]
    assert levels[0] == 1
    assert Counter(levels)[1] == 1
    assert Counter(levels)[3] == len(full_edition().stories)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_only_the_charts_are_tables_and_their_rows_have_headers(elements: list[Any]) -> None:
    tables = [one for one in elements if one["/S"] == "/Table"]
    assert len(tables) == len(make_document(full_edition()).charts) == 2
    for table in tables:
        rows = [one for one in below(table) if one["/S"] == "/TR"]
        assert rows
        for row in rows:
            assert [kid.get_object()["/S"] for kid in row["/K"]] == ["/TH", "/TD", "/TD"]


def test_every_picture_and_bar_has_words(elements: list[Any]) -> None:
    figures = [one for one in elements if one["/S"] == "/Figure"]
    assert any(one["/Alt"].startswith("废盐矿里存电") for one in figures)
    assert all(str(one.get("/Alt", "")).strip() for one in figures)


def test_a_link_is_told_by_what_it_leads_to(root: Any) -> None:
    told = {str(note["/Contents"]) for note in annotations(root) if note["/Subtype"] == "/Link"}
    titles = {item.title for item in make_document(full_edition()).items}
    assert titles <= told
    assert "原文为证 1" in told
    assert not any(one.startswith("s-") for one in told)


def test_every_link_is_tagged_as_one(root: Any) -> None:
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    kinds = {
        parents[note["/StructParent"]].get_object()["/S"]
        for note in annotations(root)
        if note["/Subtype"] == "/Link"
    }
    assert kinds == {"/Link"}


def test_pages_are_read_in_the_order_of_the_structure(root: Any) -> None:
    assert all(page.get_object()["/Tabs"] == "/S" for page in root["/Pages"]["/Kids"])
