"""Which characters the fonts that come with Pressrun have, and what becomes of the others."""

import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from fontTools.ttLib import TTFont

from renderers.breaks import JOINER


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
    "NotoSansSC-Regular.ttf": "71a7f4338a429d954373d14665a3ae983d482a1fc777e1de72e2a3054deed5a4",
    "NotoSansSC-Bold.ttf": "a2212644218bf341c8d05b7240e9fc714faa6785c3974e7c07d9054e39b96639",
    "NotoSerifSC-Bold.ttf": "0d32fbf69f3320cd20788a157803925ffc012b5861b71d2f429647a859cf963c",
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
    """Code points that every face has, and what is not drawn: white space and word joiners."""
    cmaps = []
    for face in FACES:
        with TTFont(BytesIO(face_bytes(face.file)), lazy=True) as font:
            cmaps.append(frozenset(font.getBestCmap() or ()))
    return frozenset.intersection(*cmaps) | {ord("\n"), ord("\t"), ord(JOINER)}


def fit(text: str) -> tuple[str, tuple[str, ...]]:
    """*text* in characters that the fonts have, and those that were replaced by 〓, sorted.

    A character whose compatibility form (NFKC) the fonts have is printed as that form: a
    radical as its ideograph, a styled letter as the plain one. That loses nothing to report. A
    raised one is not: 10⁶ is not 106.
    """
    known = characters()
    substitutes = {}
    missing = []
    for char in sorted(set(text)):
        if ord(char) in known:
            continue
        form = unicodedata.normalize("NFKC", char)
        raised = unicodedata.decomposition(char).startswith("<super>")
        if form.isalnum() and not raised and all(ord(part) in known for part in form):
            substitutes[ord(char)] = form
        else:
            substitutes[ord(char)] = GETA
            missing.append(char)
    return text.translate(substitutes), tuple(missing)


def describe(char: str) -> str:
    """*char* by its number and its name, since it cannot be shown."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
