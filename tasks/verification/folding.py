"""Text -> words that compare: without width, case, accents, spaces and punctuation.

A Han character is a word of its own, so that Chinese needs no segmentation; what is found is
found at the ends of words: "Iran" does not stand in "Tirana".
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

_HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORD = re.compile(rf"[{_HAN}]|(?:(?![{_HAN}_])\w)(?:(?![{_HAN}_])[\w\u0300-\u036f])*")
# A word from one to the other is a Han character, alone: nothing about it folds.
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"


def fold(text: str) -> list[str]:
    """The words of *text* in order, folded."""
    return [
        word if _FIRST_HAN <= word <= _LAST_HAN else _folded(word) for word in _WORD.findall(text)
    ]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in plain if unicodedata.category(char) != "Mn")


class Folded:
    """A text in which words are looked up."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []
        self._at: list[int] = []
        words = []
        at = 1
        for found in _WORD.finditer(text):
            word = found.group()
            if not _FIRST_HAN <= word <= _LAST_HAN:
                word = _folded(word)
            self._starts.append(found.start())
            self._at.append(at)
            at += len(word) + 1
            words.append(word)
        self._joined = f" {' '.join(words)} "
        self.words = words

    @cached_property
    def known(self) -> frozenset[str]:
        """Each word that stands in the text."""
        return frozenset(self.words)

    def find(self, words: Sequence[str], start: int = 0, most: int = 50) -> list[int]:
        """Offsets in the text, from *start* on, where *words* stand one after another.

        At most *most* of them; none for no words.
        """
        offsets: list[int] = []
        if not words or (len(words) == 1 and words[0] not in self.known):
            return offsets
        needle = f" {' '.join(words)} "
        at = self._joined.find(needle, self._folded_offset(start))
        while at >= 0 and len(offsets) < most:
            offsets.append(self._starts[bisect_right(self._at, at + 1) - 1])
            at = self._joined.find(needle, at + 1)
        return offsets

    def _folded_offset(self, start: int) -> int:
        """The place before the first word that begins at *start* or later."""
        index = bisect_right(self._starts, start - 1)
        return self._at[index] - 1 if index < len(self._at) else len(self._joined)
