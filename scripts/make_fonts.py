r"""Cut the fonts that come with Pressrun out of Noto Sans SC and Noto Serif SC.

    uv pip install --target /tmp/sans justmytype-intl-cjk==0.1.0
    npm install --prefix /tmp/serif @expo-google-fonts/noto-serif-sc@0.4.3
    python scripts/make_fonts.py \
        /tmp/sans/justmytype_intl_cjk/fonts/ofl/notosanssc/*.ttf \
        /tmp/serif/node_modules/@expo-google-fonts/noto-serif-sc/700Bold/*.ttf

Writes renderers/fonts/NotoSansSC-Regular.ttf and -Bold.ttf of the first, which is variable, and
NotoSerifSC-Bold.ttf of the second, which is not; and of the regular one, for the archive's site,
pressrun/archive/web/type.woff2 with the characters of GB 2312. The same sources, fontTools and
Brotli give the same bytes: the SHA-256 that is printed stands in renderers/fonts.py. Static
weights, since a variable font costs a PDF 5 to 9 s of subsetting; subset first, then instantiate,
since the other order takes minutes.
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from fontTools import subset
from fontTools.otlLib import builder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "renderers" / "fonts"
SITE_TYPE = ROOT / "pressrun" / "archive" / "web" / "type.woff2"


class Cut(NamedTuple):
    """A font to make. *release* is the version of its design, for its unique name."""

    family: str
    style: str
    weight: int
    release: str

    @property
    def name(self) -> str:
        """Its PostScript name, which is also that of its file."""
        return f"{self.family.replace(' ', '')}-{self.style}"


SANS = (Cut("Noto Sans SC", "Regular", 400, "2.004"), Cut("Noto Sans SC", "Bold", 700, "2.004"))
SERIF = (Cut("Noto Serif SC", "Bold", 700, "2.003"),)

FEATURES = ["ccmp", "locl", "liga", "kern", "mark", "palt", "halt", "pwid"]
"""What horizontal Chinese and Latin type needs; the vertical and decorative ones go. "pwid"
gives English its narrow quotation marks; "chws" is made here of "halt"."""

BLOCKS = (
    (0x0020, 0x33FF),  # Latin, Greek, Cyrillic, punctuation, signs, radicals, kana
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE30, 0xFE4F),  # compatibility forms
    (0xFF00, 0xFFEF),  # full and half width forms
    (0x20000, 0x3FFFF),  # the few rare ideographs, of names, that the font has at all
)
"""Taken whole, as far as the font has them. Of the ideographs between, the GBK set is taken."""


def characters_of(encoding: str) -> set[int]:
    """Code points of the two-byte part of *encoding*, "gbk" or "gb2312".

    GBK has 20,902 ideographs and the signs beside them; GB 2312 has 6,763, which are nearly all of
    a newspaper's.
    """
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            text = bytes((lead, trail)).decode(encoding, errors="ignore")
            found |= set() if text.isascii() else set(map(ord, text))
    return found


def make_site_type(source: Path) -> Any:
    """The static font *source*, cut for the site and packed for browsers."""
    font: Any = TTFont(source, recalcTimestamp=False)
    tools: Any = subset
    options = tools.Options()
    options.layout_features = ["ccmp", "locl", "halt"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.glyph_names = False
    subsetter = tools.Subsetter(options)
    subsetter.populate(unicodes=characters_of("gb2312"))
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


def make_font(source: Path, cut: Cut) -> Any:
    """A static font of one weight, with the names of *cut*."""
    # The timestamp of the source, not of today: the bytes must not change with the clock.
    font: Any = TTFont(source, recalcTimestamp=False)
    wanted = characters_of("gbk") | {code for low, high in BLOCKS for code in range(low, high + 1)}
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
    if "fvar" in font:
        fix: Any = instancer.instantiateVariableFont
        keep = instancer.OverlapMode.KEEP_AND_SET_FLAGS
        font = fix(font, {"wght": cut.weight}, overlap=keep)
    _close_pairs(font)
    _name(font, cut)
    return font


def _close_pairs(font: Any) -> None:
    """Feature "chws": the first of two signs in a row is half as wide, where the half is blank.

    As CSS Text 4, 8.4 has it for `text-spacing-trim`. Which half is blank tells "halt".
    """
    table = font["GPOS"].table
    half = font["head"].unitsPerEm // 2
    closing, opening = _signs(table, 0), _signs(table, -half)
    value = builder.buildValue({"XAdvance": -half})
    pairs = (closing, closing), (closing, opening), (opening, opening)
    subtable = builder.buildPairPosClassesSubtable(
        dict.fromkeys(pairs, (value, None)), font.getReverseGlyphMap()
    )
    table.LookupList.Lookup.append(builder.buildLookup([subtable]))
    table.LookupList.LookupCount += 1
    feature = otTables.Feature()
    feature.FeatureParams = None
    feature.LookupListIndex = [table.LookupList.LookupCount - 1]
    feature.LookupCount = 1
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "chws", feature
    # Features stand in alphabetical order, and this one comes before all others.
    assert all(record.FeatureTag > "chws" for record in table.FeatureList.FeatureRecord)
    table.FeatureList.FeatureRecord.insert(0, record)
    table.FeatureList.FeatureCount += 1
    for script in table.ScriptList.ScriptRecord:
        every = [
            script.Script.DefaultLangSys,
            *(lang.LangSys for lang in script.Script.LangSysRecord),
        ]
        for system in filter(None, every):
            system.FeatureIndex = [0, *(index + 1 for index in system.FeatureIndex)]
            system.FeatureCount += 1


def _signs(table: Any, shift: int) -> tuple[str, ...]:
    """Glyphs that "halt" moves by *shift*: by 0 where the right half is blank."""
    records = table.FeatureList.FeatureRecord
    halt = next(one.Feature for one in records if one.FeatureTag == "halt")
    found = []
    for index in halt.LookupListIndex:
        for part in table.LookupList.Lookup[index].SubTable:
            glyphs = part.Coverage.glyphs
            values = part.Value if part.Format == 2 else [part.Value] * len(glyphs)
            for glyph, value in zip(glyphs, values, strict=True):
                if getattr(value, "XPlacement", 0) == shift:
                    found.append(glyph)
    return tuple(found)


def _name(font: Any, cut: Cut) -> None:
    names = font["name"]
    keep = {0, 5, 7, 8, 9, 10, 11, 13, 14}  # copyright, version, makers, licence
    names.names = [record for record in names.names if record.nameID in keep]
    full = cut.family if cut.style == "Regular" else f"{cut.family} {cut.style}"
    for name_id, text in {
        1: cut.family,
        2: cut.style,
        3: f"{cut.release};ADBO;{cut.name};GBK cut of Pressrun",
        4: full,
        6: cut.name,
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = cut.weight
    font["OS/2"].fsSelection = 0x20 if cut.style == "Bold" else 0x40
    font["head"].macStyle = 0x01 if cut.style == "Bold" else 0x00
    if "STAT" in font:
        del font["STAT"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sans", type=Path, help="NotoSansSC[wght].ttf")
    parser.add_argument("serif", type=Path, help="NotoSerifSC_700Bold.ttf")
    asked = parser.parse_args()
    for source, cuts in ((asked.sans, SANS), (asked.serif, SERIF)):
        for cut in cuts:
            font = make_font(source, cut)
            target = FOLDER / f"{cut.name}.ttf"
            font.save(target)
            data = target.read_bytes()
            count, mib = len(font.getBestCmap()), len(data) / 2**20
            print(f"{target.name}: {count:,} characters, {mib:.1f} MiB")
            print(f"  {hashlib.sha256(data).hexdigest()}")
    make_site_type(FOLDER / f"{SANS[0].name}.ttf").save(SITE_TYPE)
    print(f"{SITE_TYPE.name}: {SITE_TYPE.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
