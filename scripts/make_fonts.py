"""Cut the fonts that come with Pressrun out of the variable Noto Sans SC.

    uv pip install --target /tmp/source justmytype-intl-cjk==0.1.0
    python scripts/make_fonts.py /tmp/source/justmytype_intl_cjk/fonts/ofl/notosanssc/*.ttf

Writes renderers/fonts/NotoSansSC-Regular.ttf and -Bold.ttf. The same source and the same
fontTools give the same bytes. Static weights, since a variable font costs a PDF 5 to 9 s of
subsetting; subset first, then instantiate, since the other order takes minutes.
"""

import argparse
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FOLDER = Path(__file__).resolve().parent.parent / "renderers" / "fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}

FEATURES = ["ccmp", "locl", "liga", "kern", "mark", "palt", "halt", "pwid"]
"""What horizontal Chinese and Latin type needs; the vertical and decorative ones go. "pwid"
gives English its narrow quotation marks."""

BLOCKS = (
    (0x0020, 0x33FF),  # Latin, Greek, Cyrillic, punctuation, signs, radicals, kana
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE30, 0xFE4F),  # compatibility forms
    (0xFF00, 0xFFEF),  # full and half width forms
    (0x20000, 0x3FFFF),  # the few rare ideographs, of names, that the font has at all
)
"""Taken whole, as far as the font has them. Of the ideographs between, the GBK set is taken."""


def gbk_characters() -> set[int]:
    """Code points of the two-byte part of GBK: 20,902 ideographs and the signs beside them."""
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            text = bytes((lead, trail)).decode("gbk", errors="ignore")
            found |= {ord(text)} if len(text) == 1 else set()
    return found


def make_font(source: Path, style: str, weight: int) -> Any:
    """A static font of one weight, with the names of its *style*."""
    # The timestamp of the source, not of today: the bytes must not change with the clock.
    font: Any = TTFont(source, recalcTimestamp=False)
    wanted = gbk_characters() | {code for low, high in BLOCKS for code in range(low, high + 1)}
    tools: Any = subset  # without type information, as is the instancer
    options = tools.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.drop_tables += ["BASE", "vhea", "vmtx", "VVAR", "VORG"]
    options.name_IDs = ["*"]
    options.glyph_names = False
    subsetter = tools.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    cut: Any = instancer.instantiateVariableFont
    font = cut(font, {"wght": weight}, overlap=instancer.OverlapMode.KEEP_AND_SET_FLAGS)
    _name(font, style, weight)
    return font


def _name(font: Any, style: str, weight: int) -> None:
    names = font["name"]
    keep = {0, 5, 7, 8, 9, 10, 11, 13, 14}  # copyright, version, makers, licence
    names.names = [record for record in names.names if record.nameID in keep]
    full = "Noto Sans SC" if style == "Regular" else f"Noto Sans SC {style}"
    for name_id, text in {
        1: "Noto Sans SC",
        2: style,
        3: f"2.004;ADBO;NotoSansSC-{style};GBK cut of Pressrun",
        4: full,
        6: f"NotoSansSC-{style}",
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = 0x01 if style == "Bold" else 0x00
    if "STAT" in font:
        del font["STAT"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="NotoSansSC[wght].ttf")
    source = parser.parse_args().source
    for style, weight in WEIGHTS.items():
        font = make_font(source, style, weight)
        target = FOLDER / f"NotoSansSC-{style}.ttf"
        font.save(target)
        size = target.stat().st_size / 2**20
        print(f"{target.name}: {len(font.getBestCmap()):,} characters, {size:.1f} MiB")


if __name__ == "__main__":
    main()
