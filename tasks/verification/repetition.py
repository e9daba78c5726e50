"""Whether a text says the same again and again, as models do that have lost the thread."""

import re
from collections import Counter

from tasks.summaries.sentences import Sentence
from tasks.verification.folding import fold

_ONE_CHARACTER = re.compile(r"([^\s\d])\1{9,}")
_LONGEST_LOOP = 8
"""In words: "and the market and the market ..."."""


def repeated(text: str, sentences: list[Sentence]) -> tuple[int, str, str] | None:
    """Where *text* begins to repeat itself, the words, and how; none when it does not.

    A character ten times; a sentence of four words or more twice; up to eight words four times
    on end, eight words of it at least; six words (ten characters of Chinese) three times.
    """
    if found := _ONE_CHARACTER.search(text):
        return found.start(), found.group()[:20], "one character again and again"
    said: set[tuple[str, ...]] = set()
    for sentence in sentences:
        words = tuple(fold(sentence.text))
        if len(words) >= 4 and len(sentence.text) >= 8 and words in said:
            return sentence.start, sentence.text, "the same sentence twice"
        said.add(words)
    words_of_all = fold(text)
    if loop := _loop(words_of_all):
        return 0, "", f"{_shown(loop)} again and again"
    size = 6 if text.isascii() or sum(map(len, words_of_all)) > 2 * len(words_of_all) else 10
    if phrase := _phrase(words_of_all, size):
        return 0, "", f"{_shown(phrase)} three times"
    return None


def _loop(words: list[str]) -> list[str]:
    """Words that follow on themselves four times or more."""
    for size in range(1, _LONGEST_LOOP + 1):
        needed = max(3 * size - 1, 8 - size)
        run = 0
        for index in range(size, len(words)):
            run = run + 1 if words[index] == words[index - size] else 0
            if run >= needed and not words[index].isdecimal():
                return words[index - size + 1 : index + 1]
    return []


def _phrase(words: list[str], size: int) -> tuple[str, ...]:
    """*size* words that stand there three times."""
    grams = Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
    phrase, times = max(grams.items(), key=lambda item: item[1], default=((), 0))
    return phrase if times >= 3 else ()


def _shown(words: list[str] | tuple[str, ...]) -> str:
    wide = all(len(word) == 1 for word in words)
    return repr(("" if wide else " ").join(words))
