import base64
import hashlib
import re
import subprocess
import sys
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import Any

import html5lib
import pytest
from fontTools.ttLib import TTFont, woff2

from pressrun.archive.frames import frame_of
from pressrun.archive.leafing import characters_of_links
from renderers.fonts import BOLD, FACES, GETA, SANS, SERIF, Face, characters
from renderers.html import OF_THE_SHEET, SHOWN_IN, HtmlRenderer
from renderers.markup import characters_in
from renderers.themes import style_sheet
from renderers.webfonts import cut_face
from tests.renderers.edition_samples import RARE, full_edition, full_html, mixed_edition, mixed_html


@cache
def fonts_of_the_page() -> dict[Face, bytes]:
    rules = re.findall(
        r'font-family: "([^"]+)"; font-weight: (\d+); src: url\("data:font/woff2;base64,([^"]+)',
        full_html(),
    )
    faces = {(face.family, str(face.weight)): face for face in FACES}
    return {
        faces[family, weight]: base64.b64decode(data, validate=True)
        for family, weight, data in rules
    }


def opened(data: bytes) -> Any:
    return TTFont(BytesIO(data))


def shown(face: Face) -> set[str]:
    """What a browser prints in *face*, by another parser than the renderer's."""
    tree: Any = html5lib.parse(full_html(), namespaceHTMLElements=False)
    found: dict[Face, set[str]] = {face: set() for face in FACES}

    def walk(node: Any, of: Face) -> None:
        if not isinstance(node.tag, str):  # a comment
            return
        inside = next((face for face, names in SHOWN_IN.items() if node.tag in names), of)
        found[inside] |= set(node.text or "")
        for child in node:
            walk(child, inside)
            found[inside] |= set(child.tail or "")

    walk(tree.find("body"), SANS)
    return found[face]


@pytest.mark.parametrize("face", FACES)
def test_each_character_of_a_face_that_our_fonts_have_comes_with_the_page(face: Face) -> None:
    cut = {chr(code) for code in opened(fonts_of_the_page()[face]).getBestCmap()}
    wanted = {char for char in shown(face) if ord(char) in characters()} - {"\n"}
    assert len(wanted) > 20
    added = OF_THE_SHEET | characters_of_links(frame_of(full_edition()))  # by sheet and site
    assert cut == wanted | {GETA} | (added if face == SANS else set())


def test_a_face_comes_without_the_characters_of_the_others() -> None:
    sets = [set(opened(data).getBestCmap()) for data in fonts_of_the_page().values()]
    assert len(sets) == 3
    assert all(one - other for one in sets for other in sets if one is not other)


def test_the_sheet_prints_in_a_face_what_the_renderer_cuts_for_it_and_names_ours_first() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", style_sheet("page.css"), flags=re.DOTALL)
    bold, serif = set(), set()
    for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        names = {re.sub(r"[.:].*", "", one.split()[-1]) for one in selectors.split(",")}
        if "font-weight: 700" in declarations or "font: 700" in declarations:
            bold |= names
        if "var(--serif)" in declarations:
            serif |= names
    assert re.search(r'--sans: "Pressrun Sans",', sheet)
    assert re.search(r'--serif: "Pressrun Serif",', sheet)
    assert serif == SHOWN_IN[SERIF]
    assert bold == SHOWN_IN[SERIF] | SHOWN_IN[BOLD] - {"b"}  # which is bold by itself


def test_a_character_that_no_font_has_is_a_geta_and_not_a_box() -> None:
    for data in fonts_of_the_page().values():
        font = opened(data)
        assert ord(RARE) not in font.getBestCmap()
        geta = font.getBestCmap()[ord(GETA)]
        assert font.getGlyphID(".notdef") == 0
        assert font["glyf"][".notdef"] == font["glyf"][geta]
        assert font["hmtx"][".notdef"] == font["hmtx"][geta]


def test_what_chinese_and_english_type_need_of_the_font_stays() -> None:
    font = opened(cut_face(SANS.file, frozenset("他说——“好”。")))
    substitutions, positions = (
        {record.FeatureTag for record in font[table].table.FeatureList.FeatureRecord}
        for table in ("GSUB", "GPOS")
    )
    assert {"locl", "pwid"} <= substitutions  # dashes that join; English quotation marks
    assert "halt" in positions  # signs of half the width
    assert str(font["name"].getName(13, 3, 1)).startswith("This Font Software is licensed")
    assert "Adobe" in str(font["name"].getName(0, 3, 1))


def test_the_same_edition_makes_the_same_page_in_another_process() -> None:
    code = """
import hashlib
from renderers.html import HtmlRenderer
from tests.renderers.edition_samples import mixed_edition
(page,) = HtmlRenderer().render(mixed_edition())
print(hashlib.sha256(page.data).hexdigest())
"""
    digest = hashlib.sha256(mixed_html().encode()).hexdigest()
    (again,) = HtmlRenderer().render(mixed_edition())
    assert hashlib.sha256(again.data).hexdigest() == digest
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() == digest


def test_a_cut_leaves_the_compressor_as_it_was() -> None:
    cut_face(BOLD.file, frozenset("字"))
    module: Any = woff2
    assert isinstance(module.brotli, ModuleType)


def test_the_characters_shown_are_those_between_the_tags() -> None:
    html = '<head><title>x</title><body><h2 id="y">甲<a href="#z">&amp;</a></h2><b>丙</b>乙&lt;'
    shown = {SERIF: frozenset({"h1", "h2"}), BOLD: frozenset({"b"})}
    assert characters_in(html, shown, SANS) == {
        SERIF: frozenset("甲&"),
        BOLD: frozenset("丙"),
        SANS: frozenset("乙<"),
    }
