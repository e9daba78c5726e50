"""Which of an article's sentences supports what a sentence of the summary says."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from tasks.summaries.sentences import Sentence, split_sentences
from tasks.verification.folding import Folded, fold


class Passages:
    """An article's text, in which words are looked up and sentences found.

    Offsets are code points of *text*, which is given in NFC.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = Folded(text)
        self._pairs: dict[int, frozenset[tuple[str, str]]] = {}

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The article's sentences in order."""
        return split_sentences(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds the character at *offset*, which is no white space."""
        return self.sentences[bisect_right(self._starts, offset) - 1]

    def best(self, offsets: Iterable[int], sentence: str) -> Sentence:
        """Of the sentences at *offsets* the one that shares most with *sentence*, else the first.

        The very sentence, where it stands there.
        """
        held = {found.start: found for found in map(self.sentence_at, offsets)}
        if len(held) == 1:
            return next(iter(held.values()))
        wanted = _pairs(sentence)
        return max(held.values(), key=lambda found: (self._likeness(wanted, found), -found.start))

    def _likeness(self, wanted: frozenset[tuple[str, str]], sentence: Sentence) -> float:
        """Dice's coefficient: long sentences share a lot with everything."""
        if sentence.start not in self._pairs:
            self._pairs[sentence.start] = _pairs(sentence.text)
        pairs = self._pairs[sentence.start]
        return 2 * len(wanted & pairs) / max(len(wanted) + len(pairs), 1)


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring words of *text*: of Chinese its bigrams."""
    words = fold(text)
    return frozenset(pairwise(words)) | {(word, "") for word in words}
