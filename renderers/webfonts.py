"""The fonts of ours cut to what one page shows, as WOFF2 in `data:` addresses."""

import base64
import copy
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, woff2

from renderers.fonts import GETA, Face, face_bytes

FEATURES = ("ccmp", "locl", "liga", "kern", "mark", "halt", "pwid")
"""What the page's type asks for: joined dashes ("locl"), narrow pairs of brackets ("halt"), English
quotation marks ("pwid"), and Latin letters that fit. Together 1 to 3 % of a page's fonts."""

NAMES = (0, 13, 14)
"""The copyright and the licence, which asks to go with every copy."""

QUALITY = 9
"""Of Brotli, 0 to 11; at fontTools' 11 a hundred stories take 1 s longer and are 3 % smaller."""

_compressing = threading.Lock()


def face_rules(shown: Mapping[Face, frozenset[str]]) -> str:
    """`@font-face` rules: each face with the characters *shown* in it.

    The same characters give the same bytes, with the same fontTools and Brotli.
    """
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; '
        f'src: url("data:font/woff2;base64,{_base64(cut_face(face.file, characters))}") '
        'format("woff2") }'
        for face, characters in shown.items()
    )


def cut_face(name: str, shown: frozenset[str]) -> bytes:
    """The font file *name*, one of `FACES`, as WOFF2 with those of the characters *shown* it has.

    What stands for a missing glyph is 〓: Chromium shows it where no font of the reader's has the
    character either.
    """
    # Bounds and dates stay those of the source: the one would take time, the other tell it.
    font: Any = TTFont(
        BytesIO(face_bytes(name)), lazy=True, recalcBBoxes=False, recalcTimestamp=False
    )
    with font:
        font.setGlyphOrder(_glyph_order(name))
        cutter = _cutter()
        cutter.populate(unicodes=sorted({ord(char) for char in shown} | {ord(GETA)}))
        cutter.subset(font)
        _print_geta_for_missing(font)
        font.flavor = "woff2"
        target = BytesIO()
        with _quick_brotli():
            font.save(target, reorderTables=False)
    return target.getvalue()


@cache
def _glyph_order(name: str) -> list[str]:
    """The names of the glyphs, made up from the characters: a tenth of the time of a cut."""
    with TTFont(BytesIO(face_bytes(name)), lazy=True) as font:
        order: list[str] = font.getGlyphOrder()
    return order


def _cutter() -> Any:
    tools: Any = subset  # without type information
    options = tools.Options()
    options.layout_features = list(FEATURES)
    options.name_IDs = list(NAMES)
    options.notdef_outline = True
    options.hinting = False
    options.drop_tables += ["gasp"]
    return tools.Subsetter(options)


def _print_geta_for_missing(font: Any) -> None:
    geta = font.getBestCmap()[ord(GETA)]
    font["glyf"][".notdef"] = copy.deepcopy(font["glyf"][geta])
    font["hmtx"][".notdef"] = font["hmtx"][geta]


@contextmanager
def _quick_brotli() -> Iterator[None]:
    """Have fontTools compress at `QUALITY`, for which it has no option."""
    module: Any = woff2
    with _compressing:
        kept = module.brotli

        def compress(data: bytes, mode: int) -> bytes:
            made: bytes = kept.compress(data, mode=mode, quality=QUALITY)
            return made

        module.brotli = SimpleNamespace(compress=compress, MODE_FONT=kept.MODE_FONT)
        try:
            yield
        finally:
            module.brotli = kept


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
