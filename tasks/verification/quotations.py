"""Quotations and titles of a summary: each word for word in the article, or unsupported.

A quotation left out of (“……”, "...", "[…]", "[he]") is supported when its pieces stand in the
article in that order. A translated quotation is nobody's words, and never supported.
"""

import re
from collections.abc import Iterator

from pressrun.models import FindingKind
from tasks.verification.claims import Claim
from tasks.verification.folding import fold
from tasks.verification.passages import Passages

_LATIN = "[0-9A-Za-z\u00c0-\u024f]"
_MARKED = re.compile(
    "“([^“”]{1,2000})”|「([^「」]{1,2000})」|『([^『』]{1,2000})』|《([^《》]{1,500})》|"
    '〈([^〈〉]{1,500})〉|＂([^＂]{1,2000})＂|"([^"\n]{1,2000})"|'
    # Not an apostrophe: nothing is left of it, and of its end nothing right.
    rf"(?<!{_LATIN})‘([^‘\n]{{1,1000}}?)’(?!{_LATIN})|"
    rf"(?<!{_LATIN})(?<!')'(?=[^\W\d])([^'\n]{{1,1000}})'(?!{_LATIN})"
)
_LEFT_OUT = re.compile(r"[\[［【(（][^\])\]］】）]{0,60}[\]］】)）]|…+|\.(?:\s?\.){2,}|·{3,}")
_ENDS_OF_GAP = 3000
"""Farthest that the pieces of one quotation may lie apart, in characters."""


def support_quotations(summary: str, passages: Passages) -> Iterator[Claim]:
    """Each quotation and title of *summary*, marks included, in order."""
    for found in _MARKED.finditer(summary):
        if claim := _claim(found.group(), found.start(), passages):
            yield claim


def _claim(marked: str, start: int, passages: Passages) -> Claim | None:
    inner = marked[1:-1]
    if not fold(inner):
        return None
    what = "title" if marked[0] in "《〈" else "quotation"
    return Claim(
        FindingKind.QUOTATION,
        start,
        marked,
        find_quoted(inner, passages),
        f"the {what} does not stand in the article in these words",
    )


def find_quoted(quoted: str, passages: Passages) -> tuple[int, ...]:
    """Where the words of *quoted* stand; of one with something left out, its longest piece."""
    words = fold(quoted)
    if whole := passages.folded.find(words):
        return tuple(whole)
    pieces = [words for piece in _LEFT_OUT.split(quoted) if (words := fold(piece))]
    if len(pieces) == 1:
        return tuple(passages.folded.find(pieces[0]))
    for first in passages.folded.find(pieces[0]) if pieces else ():
        found = [first]
        for piece in pieces[1:]:
            after = passages.folded.find(piece, found[-1] + 1, most=1)
            if not after or after[0] - found[-1] > _ENDS_OF_GAP:
                break
            found += after
        if len(found) == len(pieces):
            longest = max(range(len(pieces)), key=lambda index: len(pieces[index]))
            return (found[longest],)
    return ()
