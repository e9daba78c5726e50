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

from renderers.fonts import FACES, GETA, characters
from renderers.html import BOLD, HtmlRenderer
from renderers.markup import characters_in, style_sheet
from renderers.webfonts import FAMILY, cut_face
from tests.renderers.edition_samples import RARE, mixed_edition, mixed_html


@cache
def fonts_of_the_page() -> dict[int, bytes]:
    rules = re.findall(
        r"font-weight: (\d+); src: url\(\"data:font/woff2;base64,([^\"]+)", mixed_html()
    )
    return {int(weight): base64.b64decode(data, validate=True) for weight, data in rules}


def opened(data: bytes) -> Any:
    return TTFont(BytesIO(data))


def shown(weight: int) -> set[str]:
    """What a browser prints in *weight*, by another parser than the renderer's."""
    tree = html5lib.parse(mixed_html(), namespaceHTMLElements=False)
    found: dict[int, set[str]] = {400: set(), 700: set()}

    def walk(node: Any, of: int) -> None:
        inside = 700 if node.tag in {"h1", "h2", "dt"} else of
        found[inside] |= set(node.text or "")
        for child in node:
            walk(child, inside)
            found[inside] |= set(child.tail or "")

    walk(tree.find("body"), 400)
    return found[weight]


@pytest.mark.parametrize("weight", [400, 700])
def test_each_character_of_a_weight_that_our_fonts_have_comes_with_the_page(weight: int) -> None:
    cut = {chr(code) for code in opened(fonts_of_the_page()[weight]).getBestCmap()}
    wanted = {char for char in shown(weight) if ord(char) in characters()} - {"\n"}
    assert len(wanted) > 50
    assert cut == wanted | {GETA}


def test_a_weight_comes_without_the_characters_of_the_other() -> None:
    regular, bold = (set(opened(data).getBestCmap()) for data in fonts_of_the_page().values())
    assert regular - bold
    assert bold - regular


def test_the_sheet_prints_in_bold_what_the_renderer_cuts_bold_and_names_our_family_first() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", style_sheet("page.css"), flags=re.DOTALL)
    bold = set()
    for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        if weights := re.findall(r"font-weight:\s*(\w+)", declarations):
            assert weights == ["700"]
            bold |= {selector.split()[-1] for selector in selectors.split(",")}
        for stack in re.findall(r"font(?:-family)?:([^;]+)", declarations):
            assert re.match(rf'[\d. /rem]*"{FAMILY}",', stack)
    assert bold == BOLD


def test_a_character_that_no_font_has_is_a_geta_and_not_a_box() -> None:
    for data in fonts_of_the_page().values():
        font = opened(data)
        assert ord(RARE) not in font.getBestCmap()
        geta = font.getBestCmap()[ord(GETA)]
        assert font.getGlyphID(".notdef") == 0
        assert font["glyf"][".notdef"] == font["glyf"][geta]
        assert font["hmtx"][".notdef"] == font["hmtx"][geta]


def test_what_chinese_and_english_type_need_of_the_font_stays() -> None:
    font = opened(cut_face(FACES[0], frozenset("他说——“好”。")))
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
    cut_face(FACES[1], frozenset("字"))
    module: Any = woff2
    assert isinstance(module.brotli, ModuleType)


def test_the_characters_shown_are_those_between_the_tags() -> None:
    html = '<head><title>x</title><body><h2 data-label="y">甲<a href="#z">&amp;</a></h2><p>乙&lt;'
    assert characters_in(html, frozenset({"h1", "h2"})) == (frozenset("甲&"), frozenset("乙<"))
