"""Space between Chinese and Latin, which browsers set by themselves and WeasyPrint does not."""

import re

from renderers.breaks import JOINER

APART = "\u2006"
"""A sixth of an em, after which a line may end."""

TIGHT = "\u202f"
"""Half the width of a space, unbroken: a number stays with what it counts."""

_HAN = "[\u2e80-\u2fdf\u3040-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WORD = "[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff]"
_TAGS = f"{JOINER}?(?:<[^>]*>)*"

_SEAM = re.compile(
    rf"<[^>]*>|(?P<tight>(?<=[0-9])(?={_TAGS}{_HAN}))"
    rf"|(?<={_HAN})(?={_TAGS}{_WORD})|(?<={_WORD})(?={_TAGS}{_HAN})"
)


def spaced(html: str) -> str:
    """*html* with a thin space wherever its text goes over from Chinese to Latin or back.

    A word counts as next to the one before where only a word joiner or tags are between. CSS calls
    this `text-autospace` (CSS Text 4, 8.2) and takes an eighth of an em. The fonts have no such
    spaces: HarfBuzz makes them of the ordinary one, as which they are found when text is copied.
    """
    head, body, rest = html.partition("<body>")
    return head + body + _SEAM.sub(_seam, rest)


def _seam(found: re.Match[str]) -> str:
    return found[0] or (TIGHT if found["tight"] is not None else APART)
