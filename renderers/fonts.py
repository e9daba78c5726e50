"""Which characters the fonts that come with Pressrun have, and what becomes of the others."""

import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from fontTools.ttLib import TTFont


class Face(NamedTuple):
    """A font that comes with Pressrun, by the name that style sheets have for it."""

    family: str
    weight: int
    file: str


SANS = Face("Pressrun Sans", 400, "NotoSansSC-Regular.ttf")
BOLD = Face("Pressrun Sans", 700, "NotoSansSC-Bold.ttf")
SERIF = Face("Pressrun Serif", 700, "NotoSerifSC-Bold.ttf")
FACES = (SANS, BOLD, SERIF)
"""Noto Sans SC and Noto Serif SC, cut to the GBK set by scripts/make_fonts.py; SIL Open Font
License 1.1. No installed font has their family names: it would be taken instead."""

SHA256 = {
    "NotoSansSC-Regular.ttf": "00c9a973c7c9d8d35cca5fcac47bfc9662193611b3a21dddc6d266b154dcad74",
    "NotoSansSC-Bold.ttf": "960fdd5f82ec0501335b73cdb411b5488adc4ec04630b49ad05e49e030d6e1c0",
    "NotoSerifSC-Bold.ttf": "957b497c186cfec12264f0eb206411f65d901f6c08f77580db93862a6b084265",
}
"""What `pressrun doctor` knows a damaged file by."""

GETA = "〓"
"""Printed for a character that no font has, as Chinese and Japanese printers always did."""


def face_bytes(name: str) -> bytes:
    """The font file *name*, that of one of `FACES`.

    Raises:
        KeyError: it is not one of them.
    """
    if name not in SHA256:
        raise KeyError(name)
    return (files("renderers") / "fonts" / name).read_bytes()


@cache
def characters() -> frozenset[int]:
    """Code points that every face has, and the white space of markup."""
    cmaps = []
    for face in FACES:
        with TTFont(BytesIO(face_bytes(face.file)), lazy=True) as font:
            cmaps.append(frozenset(font.getBestCmap() or ()))
    return frozenset.intersection(*cmaps) | {ord("\n"), ord("\t")}


def fit(text: str) -> tuple[str, tuple[str, ...]]:
    """*text* in characters that the fonts have, and those that were replaced by 〓, sorted.

    A character whose compatibility form (NFKC) the fonts have is printed as that form: a
    radical as its ideograph, a styled letter as the plain one. That loses nothing to report.
    """
    known = characters()
    substitutes = {}
    missing = []
    for char in sorted(set(text)):
        if ord(char) in known:
            continue
        form = unicodedata.normalize("NFKC", char)
        if form.isalnum() and all(ord(part) in known for part in form):
            substitutes[ord(char)] = form
        else:
            substitutes[ord(char)] = GETA
            missing.append(char)
    return text.translate(substitutes), tuple(missing)


def describe(char: str) -> str:
    """*char* by its number and its name, since it cannot be shown."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
