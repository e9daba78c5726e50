"""Where a headline may be broken: between words, which Chinese does not set apart. Pure."""

import re
from itertools import pairwise
from unicodedata import east_asian_width

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")

BOUND = frozenset("的了着过地得们吗呢吧之年月日里上下中内外前后")
"""Words that belong to the one before; another of one character goes with the one after."""

WHOLE = re.compile(r"(《[^《》]{1,12}》|【[^【】]{1,12}】|“[^“”]{1,8}”|「[^「」]{1,8}」)")
"""The title of a work, a rubric, and a word or two in quotation marks, which no line parts."""

CLAUSE = re.compile(r"(?<![\sA-Za-z0-9])\s+(?![A-Za-z])|(?<=\S{4}[，：；！？])(?=\S)")
"""Where a headline is best broken: at a space that parts no Latin words, or after a sign that a
few words stand before."""

JOINER = "\u2060"
"""Word joiner: no line ends there. Browsers copy it with the text; of a PDF's text it is no part,
since Pango has no glyph for it."""

SHORT_EM = 12
"""What fits on every line that a headline is set in, on paper, picture and card."""

WIDOW_CHARS = 2
"""A word as short as this takes the one before along to a last line."""

_ANYWHERE = re.compile(r"(?<=\S)(?=[^\s\x00-\x7f])|(?<=[^\s\x00-\x7f])(?=\S)")
_IN_WORDS = re.compile(r"(?<=\w)(?=[^\W\x00-\x7f])|(?<=[^\W\x00-\x7f])(?=\w)")
_LAST = re.compile(r"(?<=\S) (?=\S{1,4}$)")


def clauses(title: str) -> tuple[tuple[str, ...], ...]:
    """*title* clause by clause, each cut between its words; one clause if it is not Chinese.

    Signs are left within a piece: a browser breaks there by itself, and knows on which side. A
    number stays with what it counts. Where a piece begins with a space, there was one.
    """
    if not HAN.search(title):
        return ((title,),)
    kept = [range(found.start() + 1, found.end()) for found in WHOLE.finditer(title)]
    ends = [found.start() for found in CLAUSE.finditer(title)]
    ends = [end for end in ends if not any(end in inside for inside in kept)]
    parts = [title[start:end] for start, end in pairwise([0, *ends, len(title)])]
    return tuple(_pieces(part) for part in parts if part.strip()) or ((title,),)


def joined(broken: tuple[tuple[str, ...], ...]) -> str:
    """The title that `clauses` has *broken*, for a layout that breaks a line after any ideograph.

    Short clauses are held together, and of the others the words, by word joiners; a short last
    word of English by a space that does not break.
    """
    title = "".join("".join(pieces) for pieces in broken)
    return "".join(map(_joined, broken)) if HAN.search(title) else _LAST.sub("\u00a0", title)


def _joined(pieces: tuple[str, ...]) -> str:
    clause = "".join(pieces)
    if _em(clause.strip()) <= SHORT_EM:
        return _ANYWHERE.sub(JOINER, clause)
    if len(pieces) > 1 and len(pieces[-1]) <= WIDOW_CHARS:
        pieces = (*pieces[:-2], pieces[-2] + pieces[-1])
    return "".join(
        _whole(part) if number % 2 else _IN_WORDS.sub(JOINER, part)
        for piece in pieces
        for number, part in enumerate(WHOLE.split(piece))
    )


def _whole(text: str) -> str:
    return _ANYWHERE.sub(JOINER, text.replace(" ", "\u00a0"))


def _em(text: str) -> float:
    return sum(1.0 if east_asian_width(char) in "WFA" else 0.6 for char in text)


def _pieces(clause: str) -> tuple[str, ...]:
    found, before = [""], ""
    for word in _words(clause):
        may_end = len(before) > 1 or before in BOUND
        if HAN.match(before[-1:]) and may_end and word[0].isalnum() and word not in BOUND:
            found.append(word)
        else:
            found[-1] += word
        before = word
    return tuple(found)


def _words(text: str) -> list[str]:
    import rjieba  # a quarter of a second and 35 MB, which only Chinese text needs

    words: list[str] = []
    for number, part in enumerate(WHOLE.split(text)):
        words += [part] if number % 2 else rjieba.cut(part)
    return words
